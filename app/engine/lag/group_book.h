// What is known of every consumer group: listing, members, commits and their latest ten, from Admin answers and from
// records of
// __consumer_offsets, whichever came last. Remarks when a group rebalances or its commits go back. Bounds: 200,000
// partitions of groups (more are left out and counted), about 1 kB each; 100 marks. Values only. Thread: one.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "app/engine/cluster/group_reader.h"
#include "app/engine/lag/burrow.h"
#include "app/engine/lag/lag_types.h"
#include "app/engine/lag/past_commits.h"
#include "app/engine/lag/rates.h"
#include "app/engine/traffic/offsets_topic.h"

namespace nova::engine {

// Of before the start, and how far PastLag has asked what they mean.
struct GroupPast {
    PastCommits commits;
    enum class Times { unknown, asked, borne } times = Times::unknown;  // whether the topic's records bear times
    qint64 failedAtMs = 0;                                              // 0: it did not
};

struct GroupPartition {
    std::optional<qint64> committed, lastCommitted;  // lastCommitted: of a commit that is gone
    qint64 commitAtMs = 0;                           // the coordinator's clock; 0: not known
    CommitRing commits;
    GroupPast past;
    RateWindow window;
    LagRow row;  // of the last look
};

struct GroupEntry {
    GroupListing listing;
    GroupDescription description;
    bool listed = false;     // by the broker, or alive by its records since
    bool asked = false;      // its commits were asked for once
    bool described = false;  // its members were told
    bool stale = false;      // … and may be others by now
    bool stirred = false;    // a record of it came since the last listing
    int generation = -1;     // by its records; −1: none was seen
    qint64 describedAtMs = 0;
    qint64 triedAtMs = 0;  // when its commits were asked for the last time; 0: never, or all are to be asked anew
    int failures = 0;      // of asking for its commits, since that went well
    QString trouble;       // its commits could not be read
    std::map<PartitionKey, GroupPartition> partitions;
    std::map<PartitionKey, int> owners;  // index into description.members
};

class GroupBook {
public:
    static constexpr int mostPartitions = 200'000, mostMarks = 100;
    using Ends = std::function<std::optional<qint64>(const PartitionKey&)>;

    explicit GroupBook(std::function<bool(const QString& group)> wanted = {}) : m_wanted(std::move(wanted)) {}

    // Groups no longer listed, and without a record since the last listing, are forgotten; not so where some may be
    // missing from the list.
    void list(const QVector<GroupListing>& groups, qint64 nowMs, bool isWhole = true);
    void describe(const GroupDescription& description, qint64 nowMs);
    void offsets(const GroupOffsets& offsets, qint64 nowMs);
    void askAnew();  // some records were not seen: what is known of all groups may be old
    // `end`: the ends of the last look, for the lag at commit time. `live`: of now, not of the time before the start.
    void record(const OffsetsTopicRecord& record, bool live, const Ends& end, qint64 nowMs);
    // Every partition of a topic that a group has to do with is its partition; `partitionsOf`: 0 for topics not known.
    void complete(const std::function<int(const std::string& topic)>& partitionsOf);

    [[nodiscard]] const std::map<QString, GroupEntry>& groups() const { return m_groups; }
    [[nodiscard]] std::map<QString, GroupEntry>& groups() { return m_groups; }
    [[nodiscard]] const QVector<LagMark>& marks() const { return m_marks; }  // oldest first
    void mark(const LagMark& mark);
    [[nodiscard]] int partitions() const { return m_count; }
    [[nodiscard]] int leftOut() const { return m_leftOut; }
    [[nodiscard]] quint64 changes() const { return m_changes; }  // counts what adds or removes partitions

private:
    GroupEntry* entryOf(const QString& group);
    GroupPartition* partitionOf(GroupEntry& entry, const PartitionKey& key);
    void commit(const OffsetCommitRecord& commit, bool live, const Ends& end, qint64 nowMs);
    void metadata(const GroupMetadataRecord& record, qint64 nowMs);
    void setMembers(GroupEntry& entry, GroupDescription description, qint64 atMs, bool tellsOfRebalance);
    void forget(std::map<QString, GroupEntry>::iterator entry);

    std::function<bool(const QString&)> m_wanted;
    std::map<QString, GroupEntry> m_groups;
    QVector<LagMark> m_marks;
    int m_count = 0, m_leftOut = 0;
    quint64 m_changes = 0;
};

}  // namespace nova::engine
