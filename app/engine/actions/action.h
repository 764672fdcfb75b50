// One user action as measured: from spans of otlp_spans and the events they caused. Times: ms since the root's start,
// raw clocks, may be negative. Values; thread: any.
#pragma once

#include <QDateTime>
#include <QMap>
#include <QMetaType>
#include <QString>
#include <QStringList>
#include <QVector>
#include <optional>

#include "app/engine/actions/design.h"

namespace nova::engine {

struct Hop {
    QString id, parent;  // span id (16 hex), or "event:<id>:<group>" for a hop built from an event; parent may be empty
    QString name, service, replica;  // "Content/CreatePost", "content-service", "content-service/0"
    QString kind;                    // http grpc sql outbox produce kafka consume redis s3 push
    bool client = false;             // the calling side of grpc or http
    double startMs = 0, durationMs = 0;
    std::optional<double> budgetMs;  // counted from budgetFromMs
    // startMs, but where several hops share a budget: the first one's (outbox wait → in Kafka).
    double budgetFromMs = 0;
    QString topic, eventId, group, outcome;  // empty where they do not apply
    int partition = -1;
    qint64 offset = -1;
    QString effect;  // "feed", "unfeed" …
    int recipients = -1;
    int statements = -1;
    int tries = 0;
    QString error;         // of a failed span
    bool pending = false;  // built from an event or a key: the span has not come, durationMs is unknown

    double endMs() const { return startMs + durationMs; }
    // What is left of the budget when this hop begins: ms from its own start; may be negative.
    std::optional<double> budgetLeftMs() const {
        return budgetMs ? std::optional(*budgetMs - (startMs - budgetFromMs)) : std::nullopt;
    }
};

struct Source {
    QString name, state, detail;  // state: ok not-configured refused unreachable
};

struct Action {
    QString traceId, action, user;  // user: handle where known, else id
    qint64 startedUs = 0;           // Unix µs: zero of all times here
    std::optional<double> ackMs, clientAckMs, firstVisibleMs, visibleMs;
    bool complete = false, failed = false;
    bool repeated = false;  // it was so already: answered, and nothing was published
    bool sync = false;      // contract §6: nothing is published, the chain ran before the answer
    QVector<Hop> hops;  // by start
    QStringList notes;
    QVector<Source> sources;

    const Hop* hop(const QString& id) const;
    // When the user had the answer, as far as it is known: where the caller sits, else at the gateway.
    std::optional<double> answeredAtMs() const { return clientAckMs ? clientAckMs : ackMs; }
};

}  // namespace nova::engine

Q_DECLARE_METATYPE(nova::engine::Action)
