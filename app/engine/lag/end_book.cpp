#include "app/engine/lag/end_book.h"

#include <algorithm>

#include "app/engine/lag/due.h"

namespace nova::engine {

void EndBook::tell(const PartitionKey& key, const PartitionEnds& ends, qint64 nowMs) {
    auto& entry = m_entries[key];
    entry.trouble = QString::fromStdString(ends.trouble);
    if (ends.start) entry.start = ends.start;
    if (!ends.trouble.empty() || !ends.end) return;
    // A topic made anew: what was stored of the old one's ends says nothing.
    if (entry.end && *ends.end < *entry.end) entry.ring.clear();
    entry.end = ends.end;
    entry.lso = ends.lso;
    entry.readAtMs = nowMs;
    if (entry.ring.size() > 0 && !isDue(nowMs, entry.ringAtMs, burrowEndEveryMs)) return;
    entry.ring.add(*ends.end);
    entry.ringAtMs = nowMs;
}

void EndBook::keepOnly(const std::vector<PartitionKey>& sorted) {
    std::erase_if(m_entries,
                  [&](const auto& entry) { return !std::binary_search(sorted.begin(), sorted.end(), entry.first); });
}

const EndEntry* EndBook::find(const PartitionKey& key) const {
    const auto found = m_entries.find(key);
    return found == m_entries.end() ? nullptr : &found->second;
}

std::optional<qint64> EndBook::end(const PartitionKey& key) const {
    const auto* entry = find(key);
    return entry ? entry->end : std::nullopt;
}

}  // namespace nova::engine
