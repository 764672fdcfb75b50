// All that a diagnosis is judged by, as values; what is not known says so. Gathered by DiagnosisDesk. Thread: any.
#pragma once

#include "app/engine/lag/diagnosis.h"

namespace nova::engine {

// How a consumer's calls to one dependency went: lately (30 s), and in the minutes before.
struct DependencyFacts {
    QString name;               // "PostgreSQL", "Redis", "S3", "social-service"
    int calls = 0, failed = 0;  // lately
    int failedInRow = 0;        // the latest ones: none since went well
    int failedRecords = 0;      // whose handling those in a row were part of
    double medianMs = 0;        // lately; 0 without calls
    int callsBefore = 0;
    double medianBeforeMs = 0;
    double share = 0;    // of the time of lately finished handlings, 0…1
    int othersFine = 0;  // calls of other services to it that went well since that row began
    QString error;       // of the latest that failed
};

// A process as its supervisor sees it.
struct PartFacts {
    QString name;  // "feed-service", "postgres"
    int replica = 0;
    QString state;  // contract §7: ready degraded paused stopped …
    QString note;
    bool isStore = false;  // kafka, postgres, redis, s3
};

struct DiagnosisFacts {
    static constexpr qint64 recentMs = 30'000;  // "lately"

    qint64 atMs = 0;
    LagRow row;                  // the partition in question
    QVector<LagRow> partitions;  // of this group and topic, the one in question among them
    QVector<LagPoint> history;   // of the partition, oldest first
    qint64 committedSinceMs = 0,
           lsoSinceMs = 0;  // Unix ms since when they are what they are, as far as watched; 0: not
    GroupState group;
    QVector<LagMark> marks;  // of the group, the last ten minutes

    bool spansKnown = false;
    QString spansWhyNot;  // "topic otlp_spans is missing", "whether there are spans is not known: …"
    StuckRecord record;
    QVector<DependencyFacts> dependencies;

    bool supervised = false;  // a local Nova: `parts` tell
    QVector<PartFacts> parts;

    bool deadLettersKnown = false;
    int deadLetters = 0;  // of this group and topic, among the latest

    [[nodiscard]] qint64 stillMs() const { return committedSinceMs > 0 ? atMs - committedSinceMs : 0; }
};

}  // namespace nova::engine
