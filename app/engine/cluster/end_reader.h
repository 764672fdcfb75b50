// Where partitions begin and end: log start, high watermark and last stable offset of many partitions, one ListOffsets
// round a leader and 1,000 partitions (its client searches each answer's list from the front). Two handles, since the
// client's isolation level decides whether the end told is the high watermark or the last stable offset. A partition
// without a leader, or whose leader does not answer, is told with its own trouble and spoils no other. Thread: one;
// calls block, at most `timeoutMs` a leader.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "app/engine/cluster/group_reader.h"
#include "app/engine/cluster/session.h"

namespace nova::engine {

struct PartitionEnds {
    std::optional<std::int64_t> start, end, lso;  // log start, high watermark, last stable offset
    std::string trouble;                          // why something is not told, in the broker's words
};

struct OffsetAtTime {
    std::optional<std::int64_t> offset;  // none: no record is of this time or later
    std::string trouble;                 // why it is not told, in the broker's words
};

class EndReader {
public:
    static constexpr std::size_t perCall = 1'000;
    static kit::Result<EndReader> make(const ReadSession& session);

    // One metadata request: which topics there are, with how many partitions, and who leads them.
    kit::Result<void> refresh(int timeoutMs);
    [[nodiscard]] int partitionsOf(const std::string& topic) const;  // 0: there is no such topic, or not known
    [[nodiscard]] bool hasLeader(const PartitionKey& key) const;
    [[nodiscard]] const std::map<std::string, int>& topics() const { return m_topics; }

    // All asked for are in the answer. With `starts` the log starts too, a third round.
    std::map<PartitionKey, PartitionEnds> read(const std::vector<PartitionKey>& which, bool starts, int timeoutMs);
    // The first offset whose record is of this time (Unix ms) or later, one time a partition; all asked for are in the
    // answer. One ListOffsets round a leader.
    std::map<PartitionKey, OffsetAtTime> atTimes(const std::map<PartitionKey, std::int64_t>& times,
                                                 int timeoutMs) const;

private:
    EndReader(ReadSession session, kit::kafka::Handle uncommitted, kit::kafka::Handle committed)
        : m_session(std::move(session)), m_uncommitted(std::move(uncommitted)), m_committed(std::move(committed)) {}
    using Answer = std::map<PartitionKey, PartitionEnds>;
    // Those whose round failed as a whole.
    std::vector<PartitionKey> readOnce(const std::vector<PartitionKey>& which, bool starts, int timeoutMs,
                                       Answer& answer);
    bool ask(rd_kafka_t* handle, const std::vector<PartitionKey>& which, std::int64_t time, int timeoutMs,
             std::optional<std::int64_t> PartitionEnds::*field, Answer& answer);

    ReadSession m_session;
    kit::kafka::Handle m_uncommitted, m_committed;
    std::map<std::string, int> m_topics;
    std::map<PartitionKey, int> m_leaders;  // −1: none
};

}  // namespace nova::engine
