// All that a diagnosis is judged by, as values; what is not known says so. Gathered by DiagnosisDesk. Thread: any.
#pragma once

#include <optional>

#include "app/engine/lag/diagnosis.h"

namespace nova::engine {

// How a consumer's calls to one dependency went: lately, and in the minutes before.
struct DependencyFacts {
    QString name;               // "PostgreSQL", "Redis", "S3", "social-service"
    int calls = 0, failed = 0;  // lately
    double medianMs = 0;        // lately; 0 without calls
    int callsBefore = 0;
    double medianBeforeMs = 0;
    double share = 0;  // of the time of the lately finished handlings, 0…1
    QString error;     // of the latest that failed
};

// A process as its supervisor sees it.
struct PartFacts {
    QString name;  // "feed-service", "postgres"
    int replica = 0;
    QString state;  // contract §7: ready degraded paused stopped …
    QString note;
    int restarts = 0;
    bool isStore = false;  // kafka, postgres, redis, s3
};

struct DiagnosisFacts {
    static constexpr int recentSeconds = 30;  // "lately" of spans

    qint64 atMs = 0;
    LagRow row;                  // the partition in question
    QVector<LagRow> partitions;  // of this group and topic, the one in question among them
    QVector<LagPoint> history;   // of the partition, oldest first
    GroupState group;
    QVector<LagMark> marks;  // of the group, the last ten minutes

    bool spansKnown = false;
    QString spansWhyNot;  // "topic otlp_spans is missing"
    StuckRecord record;
    QVector<DependencyFacts> dependencies;

    bool supervised = false;  // a local Nova: `parts` tell
    QVector<PartFacts> parts;

    bool deadLettersKnown = false;
    int deadLetters = 0;  // of this group and topic, the last ten minutes
};

}  // namespace nova::engine
