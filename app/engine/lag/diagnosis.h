// Why a partition lags: one cause with its evidence, or "unknown" with what was looked at. Pure: judged from facts that
// others gathered. Thread: any.
#pragma once

#include <QMetaType>
#include <QString>
#include <QVector>

#include "app/engine/lag/lag_types.h"

namespace nova::engine {

struct DiagnosisFacts;

enum class Cause {
    unknown,
    producerBurst,
    slowDependency,
    poisonRecord,
    rebalanceLoop,
    consumerDead,
    consumerPaused,
    openTransaction,
    skewedKeys,
    tooManyConsumers
};
QString causeWord(Cause cause);  // "producer-burst" …

struct DiagnosisEvidence {
    QString text;  // "in 1 204/s against 310/s a minute ago"
    bool supports = true;
};

struct Diagnosis {
    Cause cause = Cause::unknown;
    QString sentence;            // for a person, with the dependency, member or partition named
    // What supports the cause first; then what was looked at and speaks against others.
    QVector<DiagnosisEvidence> evidence;
    QVector<QString> missing;    // evidence that this cluster does not give: "no spans: topic otlp_spans is missing"
};

// The first of these that the facts bear out: rebalance loop, consumer paused, consumer dead, open transaction, slow
// dependency, poison record, skewed keys, producer burst, more consumers than partitions; else unknown. What keeps a
// group from reading at all is asked before what makes it slow, for the former feigns the latter.
Diagnosis diagnose(const DiagnosisFacts& facts);

// One step of a handler, as its span tells it.
struct Attempt {
    qint64 atMs = 0;  // Unix ms, its begin
    double tookMs = 0;
    QString what;        // "claim keys"
    QString dependency;  // "PostgreSQL", "Redis", "S3", "social-service"; empty: the handler itself
    QString error;       // empty: it went well
};

// The record at a committed offset, and what its group last did with it.
struct StuckRecord {
    QString topic;
    int partition = 0;
    qint64 committed = 0;
    qint64 offset = -1;  // of the record: the first at or after `committed`; -1: not read
    QString whyNot;      // the broker's own text, or "nothing is there: the group has read all"
    QString type, eventId, key, traceId;
    qint64 timeMs = 0, bytes = 0;
    bool undecodable = false;

    bool spansKnown = false;          // consume spans are read and this record's trace is among them
    QString spansWhyNot;              // "topic otlp_spans is missing", "this record's trace was not sampled"
    qint64 polledAtMs = 0;            // when the group last fetched it; 0: not told
    int polls = 0;                    // how often
    QString replica, outcome, error;  // of its consume span, once there is one
    int tries = 0;                    // told by the consume span, else rounds counted
    QVector<Attempt> attempts;        // oldest first, the last 30
    [[nodiscard]] int failures() const {
        int count = 0;
        for (const auto& attempt : attempts) count += attempt.error.isEmpty() ? 0 : 1;
        return count;
    }
};

// The answer to "Why?".
struct Diagnosed {
    QString group, topic;
    int partition = 0;
    qint64 atMs = 0;
    StuckRecord record;
    Diagnosis diagnosis;
};

}  // namespace nova::engine

Q_DECLARE_METATYPE(nova::engine::Diagnosed)
