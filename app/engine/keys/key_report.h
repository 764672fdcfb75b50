// All that is known of one event, post or key: idempotency keys, versions, effects, consumers. Shape: contract §7
// (`keys ID`). What was not asked is never shown as not there: see `sources`. Values only.
#pragma once

#include <QMap>
#include <QMetaType>
#include <QString>
#include <QVector>
#include <optional>

#include "app/engine/actions/action.h"
#include "app/engine/traffic/event.h"

namespace nova::engine {

struct KeyState {
    QString key, group;                         // group empty: the key names none
    QString state = QStringLiteral("unknown");  // done, leased, absent, unknown
    std::optional<double> ttlSeconds;           // none: absent, no expiry, or unknown
    std::optional<int> duplicates, staleSkips;  // none: unknown (no spans, or none in the part of them that was read)
    bool atLeast = false;                       // those two are known for a part of the spans: there may be more
    QString setBy;                              // "feed-service/0"; empty: unknown
    QString setAt;                              // "nova.content.events p3 @ 51880"; empty: unknown
    bool otherPayload = false;                  // same key, other payload was seen
    std::optional<bool> payloadsCompared;       // none: the records were not read, or not whole, or not all
    QString keyTemplate;                        // "processed:{group}:{event_id}"
    QString eventId;                            // of whose event; empty: not known
    QString why;              // of absent and unknown: "expired: …", "never: …", "lost: …"; a sentence
    QString outcome;          // of the group's first consume span: "done"; empty: unknown
    double ttlOfSeconds = 0;  // the whole time of which ttlSeconds is left; 0: not known
};

struct VersionState {
    QString source;  // "postgres posts", "feed-service gate", "redis"
    QString key;
    std::optional<qint64> version;
    QString drift;  // against the owner's row: "equal", "behind by 1", "ahead by 1", "missing", "unknown"
    std::optional<qint64> durable;  // the owner's
    bool owner = false;             // this is the owner's own row
};

struct EffectState {
    QString kind;    // "row", "feed", "notification", "likes", "snapshot", "unread", "socket"
    QString where;   // "posts 0193…", "feed:0193…"
    QString detail;  // "version 3", "score 1732…, rank 0"
    QString state;   // "there", "absent", "unknown"
};

struct ConsumerState {
    QString group;  // empty: all groups that could not be asked, see lagWhy
    std::optional<qint64> lagAtEvent, committed;  // offsets; committed now
    bool passed = false;                          // its committed offset is beyond the event
    QString outcome = QStringLiteral("unknown");  // of the contract
    QString member, error;
    int tries = 0;   // 0: unknown
    QString lagWhy;  // of an unknown lagAtEvent: what is missing
};

// One time that a group was handed an event, by its consume span.
struct Delivery {
    QString eventId, group, member, outcome, error;
    QString topic;
    int partition = -1;
    qint64 offset = -1;
    qint64 startUs = 0, endUs = 0;  // Unix µs
    int tries = 0;
    QString effect;         // "feed 3, push 1": what it did, for how many users; empty: nothing that is told
    bool replayed = false;  // the record handed over was a replay
};

// A record that carries the same ce_id as the event looked up, or belongs to the same post or action.
struct RelatedEvent {
    QString eventId, type, topic, traceId;
    int partition = -1;
    qint64 offset = -1, timeMs = 0, version = -1;
};

// Which records were read for an answer: those appended in this time, of the topics concerned.
struct SearchReach {
    qint64 fromMs = 0, untilMs = 0;  // Unix ms; 0: nothing was read
    qint64 records = 0;
    bool limited = false;  // there were more than the bound: not all of the time was read
    QString trouble;       // of a partition that could not be read
    qint64 gapFromMs = 0, gapUntilMs = 0;  // limited: nothing in between was read; 0: it is not known what was left out
};

struct KeyReport {
    QString asked, kind;  // kind: "event", "post", "message", "user", "media", "key", "unknown"
    QString group;        // asked for this one only; empty: all
    std::optional<Event> event;
    QVector<KeyState> keys;
    QVector<VersionState> versions;
    QVector<EffectState> effects;
    QVector<ConsumerState> consumers;
    QVector<QString> causedEvents;  // ids of events of the same trace that came of it
    QString traceId;
    QString user;                   // handle of the event's acting user; empty: not known
    QVector<Source> sources;        // kafka, spans, redis, postgres
    QVector<Delivery> deliveries;   // by time
    QVector<RelatedEvent> records;  // all records of this ce_id that were found, by time
    QVector<RelatedEvent> related;  // events of the same post or user and those caused, by time
    QStringList notes;              // sentences: what was not searched, what is odd
    SearchReach events, spans;      // what was read for it
    bool interrupted = false;       // what of the sources was not read says so
    qint64 atMs = 0;                // when it was asked, Unix ms: TTLs run from here
    qint64 tookMs = 0;              // until all sources had answered
    [[nodiscard]] bool nothingKnown() const;
    [[nodiscard]] const Source* source(const QString& name) const;
};

}  // namespace nova::engine

Q_DECLARE_METATYPE(nova::engine::KeyReport)
