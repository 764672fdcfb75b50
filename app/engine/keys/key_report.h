// All that is known of one event, post or key: idempotency keys, versions, effects, consumers. Shape: contract §7
// (`keys ID`). What was not asked is never shown as not there: see `sources`. Values only.
#pragma once

#include <QMap>
#include <QString>
#include <QVector>
#include <optional>

#include "app/engine/actions/action.h"
#include "app/engine/traffic/event.h"

namespace nova::engine {

struct KeyState {
    QString key, group;
    QString state = QStringLiteral("unknown");  // done, leased, absent, unknown
    std::optional<double> ttlSeconds;           // none: absent, no expiry, or unknown
    std::optional<int> duplicates, staleSkips;  // none: unknown (no spans)
    QString setBy;                              // "feed-service/0"; empty: unknown
    QString setAt;                              // "nova.content.events p3 @ 51880"; empty: unknown
    bool otherPayload = false;                  // same key, other payload was seen
};

struct VersionState {
    QString source;  // "postgres", "feed-service gate", "redis"
    QString key;
    std::optional<qint64> version;
    QString drift;  // "equal", "behind by 1", "ahead by 1", "missing", "unknown"
};

struct EffectState {
    QString kind;    // "row", "feed", "notification", "likes", "snapshot"
    QString where;   // "posts 0193…", "feed:0193…"
    QString detail;  // "version 3", "score 1732…, rank 0"
    QString state;   // "there", "absent", "unknown"
};

struct ConsumerState {
    QString group;
    std::optional<qint64> lagAtEvent, committed;  // offsets; committed now
    bool passed = false;                          // its committed offset is beyond the event
    QString outcome = QStringLiteral("unknown");  // of the contract
    QString member, error;
    int tries = 0;  // 0: unknown
};

struct KeyReport {
    QString asked, kind;  // kind: "event", "post", "key", "user", "unknown"
    std::optional<Event> event;
    QVector<KeyState> keys;
    QVector<VersionState> versions;
    QVector<EffectState> effects;
    QVector<ConsumerState> consumers;
    QVector<QString> causedEvents;  // ids of events of the same trace that came of it
    QString traceId;
    QVector<Source> sources;
    [[nodiscard]] bool nothingKnown() const;
};

}  // namespace nova::engine
