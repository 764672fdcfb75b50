// All that is known of an event, a post, a user, a message or a key, asked of Kafka, the spans, Redis and PostgreSQL as
// far as the target has them. Reads only: Redis is never asked for KEYS, PostgreSQL answers in read-only transactions,
// topics are read around the time in the id and no further than a bound. What a source did not answer is unknown.
#pragma once

#include <QObject>
#include <atomic>
#include <memory>

#include "app/engine/cluster/target.h"
#include "app/engine/keys/key_report.h"
#include "app/engine/keys/key_scan.h"
#include "app/engine/keys/topic_groups.h"

namespace nova::engine {

class LookupWorker;

struct KeyQuery {
    QString id;                  // as typed: an id, a handle or a key of Redis
    std::optional<Event> event;  // known already: it is not searched for
    QString group;               // only this group; empty: all
};

// Blocks, seconds at most where the bound of a topic is reached. Thread: any, one client set a call.
// `groups`: kept from one lookup to the next.
KeyReport lookUp(const Target& target, const KeyQuery& query, TopicGroups& groups, const std::atomic<bool>& stop);
KeyReport lookUp(const Target& target, const KeyQuery& query, const std::atomic<bool>& stop);
KeyReport lookUp(const Target& target, const QString& id, const std::atomic<bool>& stop);

// The same for a window, on a thread of its own: the newest request counts, an older one still running is given up.
// Thread: main; signals come there.
class KeyLookup final : public QObject {
    Q_OBJECT
public:
    explicit KeyLookup(Target target, QObject* parent = nullptr);
    ~KeyLookup() override;  // stops and joins

    void setTarget(Target target);       // gives up what runs
    quint64 request(const QString& id);  // the number that found() comes with
    quint64 request(const Event& event);
    void scan(const QString& pattern);  // one at a time; a newer one ends the former
    void stopScan();                    // scanned() comes with what was found so far, though nothing was yet

Q_SIGNALS:
    void found(const nova::engine::KeyReport& report, quint64 request);
    void scanned(const nova::engine::KeyScan& scan);  // of the newest; at most 10 a second; the last with `ended`

private:
    quint64 start(KeyQuery query);
    Target m_target;
    quint64 m_last = 0, m_lastScan = 0;
    QString m_scanPattern;  // of the newest
    TopicGroups m_groups;   // of the lookups' thread
    std::unique_ptr<LookupWorker> m_lookups, m_scans;  // last: they end first
};

}  // namespace nova::engine
