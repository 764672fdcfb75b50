// Where the partitions that groups read begin and end, as last told, with its age; and the last ten ends, one each 10
// s, for Burrow's rules. Bounds: the partitions that are read, about 300 B each. Values only. Thread: one.
#pragma once

#include <map>

#include "app/engine/cluster/end_reader.h"
#include "app/engine/lag/burrow.h"

namespace nova::engine {

struct EndEntry {
    std::optional<qint64> start, end, lso;
    QString trouble;      // of the last read; empty: it told
    qint64 readAtMs = 0;  // of the last that told
    EndRing ring;
    qint64 ringAtMs = 0;
};

class EndBook {
public:
    // A read that did not tell keeps what was told before, as old as it is.
    void tell(const PartitionKey& key, const PartitionEnds& ends, qint64 nowMs);
    void keepOnly(const std::vector<PartitionKey>& sorted);
    [[nodiscard]] const EndEntry* find(const PartitionKey& key) const;
    [[nodiscard]] std::optional<qint64> end(const PartitionKey& key) const;

private:
    std::map<PartitionKey, EndEntry> m_entries;
};

}  // namespace nova::engine
