// Consumer groups as Kafka knows them: names and states, members with their partitions, committed offsets. Admin calls
// of librdkafka 2.0.2, one group a call, at most `inFlight` at once. Thread: one; calls block until their timeout.
#pragma once

#include <QString>
#include <QVector>
#include <atomic>
#include <functional>
#include <map>
#include <optional>

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
    QString group, trouble;                      // trouble: these offsets could not be read; the broker's own text
    std::map<PartitionKey, std::int64_t> committed;  // only those committed
};

class GroupReader {
public:
    static constexpr int inFlight = 64;
    static kit::Result<GroupReader> make(const ReadSession& session);

    // Each broker lists the groups that it coordinates; one that does not answer hides its own. Error: none answered.
    kit::Result<GroupList> list(int timeoutMs) const;
    // In any order, each as it comes; one bad group is its own `trouble` and spoils no other.
    kit::Result<void> describe(const QStringList& groups, int timeoutMs,
                               const std::function<void(GroupDescription)>& each) const;
    kit::Result<void> offsets(const QStringList& groups, int timeoutMs,
                              const std::function<void(GroupOffsets)>& each) const;

private:
    GroupReader(kit::kafka::Handle handle, ReadSession session)
        : m_session(std::move(session)), m_handle(std::move(handle)) {}
    ReadSession m_session;
    kit::kafka::Handle m_handle;
};

}  // namespace nova::engine
