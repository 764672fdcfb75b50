#include "app/engine/lag/past_lag.h"

#include "app/engine/lag/due.h"

namespace nova::engine {
namespace {

constexpr std::int64_t anyTimeMs = 1;  // the first record that bears a time at all

}  // namespace

void PastLag::take(GroupPartition& partition, const OffsetAtTime& answer, qint64 nowMs, QVector<PastPoint>& points) {
    auto& [commits, times, failedAtMs] = partition.past;
    if (!answer.trouble.empty()) {
        failedAtMs = nowMs;
        return;
    }
    if (times == GroupPast::Times::asked) {
        times = answer.offset ? GroupPast::Times::borne : GroupPast::Times::unknown;
        if (!answer.offset) commits.clear();
        return;
    }
    // No later record: it may be that none bears a time.
    if (!answer.offset && times == GroupPast::Times::unknown) {
        times = GroupPast::Times::asked;
        return;
    }
    times = GroupPast::Times::borne;
    const auto commit = commits.takeLatest();
    const auto& row = partition.row;
    const auto end = answer.offset ? std::optional<qint64>(*answer.offset) : row.logEnd;
    if (!end || *end < commit.offset) return;
    const bool deleted = row.logStart && *row.logStart > 0 && *end <= *row.logStart && *end > commit.offset;
    if (!deleted) points.append({row.partition, commit.atMs, *end - commit.offset});
}

QVector<PastPoint> PastLag::turn(std::map<PartitionKey, GroupPartition>& partitions, const std::string& topic,
                                 qint64 nowMs) {
    QVector<PastPoint> points;
    for (int call = 0; call < callsATurn; ++call) {
        std::map<PartitionKey, std::int64_t> times;
        for (auto it = partitions.lower_bound({topic, 0}); it != partitions.end() && it->first.first == topic; ++it) {
            const auto& past = it->second.past;
            const bool waits = past.failedAtMs > 0 && !isDue(nowMs, past.failedAtMs, againAfterMs);
            if (past.commits.isEmpty() || waits) continue;
            // A record of the commit's own millisecond was there already.
            times[it->first] = past.times == GroupPast::Times::asked ? anyTimeMs : past.commits.latest().atMs + 1;
            if (times.size() == partitionsACall) break;
        }
        if (times.empty()) break;
        for (const auto& [key, answer] : m_ask(times)) take(partitions.at(key), answer, nowMs, points);
    }
    return points;
}

}  // namespace nova::engine
