// Looks at a cluster: metadata, the end of each partition, the list of groups; configuration when asked. No record is
// read, and nothing is tailed. Thread: one; calls block until their timeouts.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <span>

#include "app/engine/cluster/cluster_look.h"
#include "app/engine/cluster/group_reader.h"
#include "app/engine/cluster/session.h"

namespace nova::engine {

class ClusterReader {
public:
    static kit::Result<ClusterReader> make(const ReadSession& session);

    // Rates are those since the look before; the first has none. Error: the metadata could not be read, in the broker's
    // own words; all else is told per part in the look.
    kit::Result<ClusterLook> look(int timeoutMs);
    // Of each topic; in batches, so that no answer is large.
    void configs(const QStringList& topics, int timeoutMs, const std::function<void(TopicConfig)>& each) const;

private:
    using Clock = std::chrono::steady_clock;
    struct Reading {
        std::int64_t end = 0;
        Clock::time_point at;
    };
    ClusterReader(ReadSession session, kit::kafka::Handle handle, GroupReader groups)
        : m_session(std::move(session)), m_handle(std::move(handle)), m_groups(std::move(groups)) {}
    void readEnds(ClusterLook& look, int timeoutMs);
    using Asked = std::pair<PartitionKey, PartitionRow*>;
    // All of one leader; false: it did not answer.
    bool askLeader(std::span<const Asked> asked, int timeoutMs, ClusterLook& look);
    void measure(const PartitionKey& key, PartitionRow& row);
    void readGroups(ClusterLook& look, int timeoutMs);

    ReadSession m_session;
    kit::kafka::Handle m_handle;
    GroupReader m_groups;
    std::map<PartitionKey, Reading> m_before;  // of partitions that the last look had
};

}  // namespace nova::engine
