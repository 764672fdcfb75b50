// Consumer groups as Kafka knows them: names and states, members with their partitions, committed offsets. Admin calls
// of librdkafka 2.0.2, one group a call, at most `inFlight` at once (see AskSlots). Thread: one; calls block, at most
// until their timeout.
#pragma once

#include <QString>
#include <QVector>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "app/engine/cluster/ask_slots.h"
#include "app/engine/cluster/session.h"

namespace nova::engine {

struct GroupListing {
    QString group, state;  // "Stable", "Empty", "PreparingRebalance", "CompletingRebalance", "Dead", "Unknown"
    QString protocolType;  // "consumer", or "" of a group that only commits; librdkafka 2.0.2 lists no others
};

struct GroupList {
    QVector<GroupListing> groups;
    QString missing;  // why some are not among them, the broker's own text; empty: all are
};

struct GroupMember {
    QString id, clientId, host;
    QVector<std::pair<QString, int>> partitions;  // topic, partition
};

struct GroupDescription {
    QString group, state;
    bool membersKnown = false;  // false: the broker lists the group and does not describe it (see `trouble`)
    QString coordinator, assignor, trouble;  // trouble: the broker's own text
    QVector<GroupMember> members;
};

using PartitionKey = std::pair<std::string, int>;  // topic, partition

struct GroupOffsets {
    QString group, trouble;                          // trouble: these offsets could not be read; the broker's own text
    std::map<PartitionKey, std::int64_t> committed;  // only those committed
    bool asked = true;                               // false: no time was left to ask (see `trouble`)
};

class GroupReader {
public:
    static constexpr int inFlight = AskSlots::slots;
    static kit::Result<GroupReader> make(const ReadSession& session);

    // Each broker lists the groups that it coordinates; one that does not answer hides its own. Error: none answered.
    kit::Result<GroupList> list(int timeoutMs) const;
    // In any order, each as it comes; one bad group is its own `trouble` and spoils no other: where no answer comes,
    // the call waits for 2 s, or a moment for those `hungBefore`, and an answer that comes later is told by a later
    // call.
    kit::Result<void> describe(const QStringList& groups, int timeoutMs,
                               const std::function<void(GroupDescription)>& each,
                               const std::set<QString>& hungBefore = {}) const;
    kit::Result<void> offsets(const QStringList& groups, int timeoutMs, const std::function<void(GroupOffsets)>& each,
                              const std::set<QString>& hungBefore = {}) const;

private:
    struct Asking {
        kit::kafka::Queue queue;
        AskSlots slots;
    };
    GroupReader(kit::kafka::Handle handle, ReadSession session);
    AskSlots::Ways ways(const Asking& asking, const std::function<void(std::uint64_t, const QString&)>& ask,
                        const std::function<void(const QString&, rd_kafka_event_t*)>& answered) const;
    ReadSession m_session;
    kit::kafka::Handle m_handle;
    std::unique_ptr<Asking> m_offsets, m_descriptions;  // after the handle: their queues end before it does
};

}  // namespace nova::engine
