// The lag of before the start: of each commit that lay in __consumer_offsets, its offset and the log's end then, which
// is the first offset whose record is of a later time, or the end of today where there is none. The end is therefore as
// good as the times that the records bear: where they bear none, where the commit lies beyond it, or where what lay
// there is deleted, there is no point; on a compacted topic it is an upper bound. Asked of one topic of one group at a
// time, latest commits first, each once; what failed again after 30 s. Bounds: 20 points a partition; 5 calls of 100
// partitions a turn, which is a look. Thread: one.
#pragma once

#include <QVector>
#include <functional>
#include <map>

#include "app/engine/cluster/end_reader.h"
#include "app/engine/lag/group_book.h"

namespace nova::engine {

struct PastPoint {
    int partition = 0;
    qint64 atMs = 0, lag = 0;  // when it was committed; offsets
};

class PastLag {
public:
    static constexpr std::size_t partitionsACall = 100;
    static constexpr int callsATurn = 5;
    static constexpr qint64 againAfterMs = 30'000;
    using Ask = std::function<std::map<PartitionKey, OffsetAtTime>(const std::map<PartitionKey, std::int64_t>& times)>;
    explicit PastLag(Ask ask) : m_ask(std::move(ask)) {}

    // `partitions`: of the group, as of the last look; what was told is taken from them.
    QVector<PastPoint> turn(std::map<PartitionKey, GroupPartition>& partitions, const std::string& topic, qint64 nowMs);

private:
    static void take(GroupPartition& partition, const OffsetAtTime& answer, qint64 nowMs, QVector<PastPoint>& points);
    Ask m_ask;
};

}  // namespace nova::engine
