// Looks at the lag of a cluster again and again: commits first, then ends, then each row judged. Commits are followed
// in
// __consumer_offsets where that may be read, and a group is then asked for by Admin calls once; elsewhere every group
// is asked at each look. At rest a look that follows costs two small requests a leader. Bounds: those of GroupBook and
// EndBook; 200,000 records of
// __consumer_offsets between two looks (more: all groups are asked again). Thread: one; calls block.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <set>

#include "app/engine/cluster/commits_follower.h"
#include "app/engine/cluster/end_reader.h"
#include "app/engine/cluster/target.h"
#include "app/engine/lag/alarms.h"
#include "app/engine/lag/end_book.h"
#include "app/engine/lag/group_book.h"
#include "app/engine/lag/past_lag.h"
#include "app/engine/lag/time_lag.h"

namespace nova::engine {

struct LagOptions {
    QStringList groups, topics;    // patterns with `*`; empty: all
    qint64 alarmAfterMs = 15'000;  // a threshold passed for so long fires
    bool follow = true;            // __consumer_offsets, where it may be read
};

class LagWatch {
public:
    static constexpr int groupsALook = 256;  // asked or described in one look, where commits are followed
    static constexpr std::size_t mostQueued = 200'000;
    static kit::Result<std::unique_ptr<LagWatch>> make(const Target& target, const LagOptions& options = {});
    ~LagWatch();

    // Blocks until commits of before the start are known (or will not be), at most `timeoutMs`.
    void catchUp(int timeoutMs) const;
    // Never fails as a whole: what is not told has its own reason, and `trouble` says when nothing is.
    LagSample look();
    // Reads the time lag of those rows that are in alarm or `wanted`, as far as 20 reads a second go. Judges the
    // alarms.
    void measure(LagSample& sample, const std::function<bool(const LagRow&)>& wanted);
    // Points of before the start, of one topic of a group: those that this turn told, none twice; after a look. Asks
    // nothing while the read budget is spent, nor before all commits of then are read.
    QVector<PastPoint> past(const QString& group, const QString& topic);

    [[nodiscard]] bool backlog() const { return m_backlog; }  // groups were never asked yet: look again at once
    [[nodiscard]] const QVector<LagMark>& marks() const { return m_book.marks(); }
    [[nodiscard]] const Alarms& alarms() const { return m_alarms; }
    void setRules(const QVector<LagRule>& rules) { m_alarms.setRules(rules); }  // from the next look on
    void mark(const LagMark& mark) { m_book.mark(mark); }

private:
    LagWatch(const Target& target, const LagOptions& options, GroupReader groups, EndReader ends, RecordReader records);
    void take(const rd_kafka_message_t& message, bool live);  // on the follower's thread
    void drain(qint64 nowMs);
    void listGroups(qint64 nowMs);
    void askGroups(LagSample& sample, bool followed);
    void describeGroups(qint64 nowMs, bool followed);
    void refreshTopics(qint64 nowMs);
    void readEnds(qint64 nowMs);
    void readEndsAgain(qint64 nowMs);
    void makeRows(LagSample& sample, bool followed);
    void makeRow(const QString& group, GroupEntry& entry, const PartitionKey& key, GroupPartition& partition,
                 qint64 nowMs, bool followed);
    [[nodiscard]] bool wantsTopic(const QString& topic) const;
    [[nodiscard]] QString coordinatorTrouble(const QString& group) const;

    Target m_target;
    LagOptions m_options;
    GroupReader m_groups;
    EndReader m_ends;
    RecordReader m_records;
    GroupBook m_book;
    EndBook m_endBook;
    TimeLag m_timeLag;
    PastLag m_pastLag;
    Alarms m_alarms;
    QString m_outage;   // the groups could not even be listed
    QString m_missing;  // some could not
    qint64 m_listAtMs = 0, m_topicsAtMs = 0, m_endsAtMs = 0, m_startsAtMs = 0;
    quint64 m_changes = 0;
    std::vector<PartitionKey> m_needed;  // sorted
    std::set<PartitionKey> m_readTwice;  // ends read again in this look
    bool m_backlog = false;

    std::mutex m_mutex;
    std::vector<std::pair<OffsetsTopicRecord, bool>> m_queue;  // guarded; true: live
    bool m_overflowed = false;                                 // guarded
    std::unique_ptr<CommitsFollower> m_follower;               // last: its thread ends first
};

}  // namespace nova::engine
