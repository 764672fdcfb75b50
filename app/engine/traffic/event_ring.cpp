#include "app/engine/traffic/event_ring.h"

namespace nova::engine {

// Rows never move once written: the storage is reserved whole, so readers of older rows are undisturbed by the writer.
struct EventRing::Chunk {
    std::uint64_t first = 0;
    std::size_t bytes = 0;
    std::vector<Event> rows;
};

EventRing::EventRing(std::size_t maxRows, std::size_t maxBytes) : m_maxRows(maxRows), m_maxBytes(maxBytes) {}
EventRing::~EventRing() = default;

void EventRing::append(std::vector<Event>&& events) {
    const std::lock_guard lock(m_mutex);
    for (auto& event : events) {
        if (m_chunks.empty() || m_chunks.back()->rows.size() == chunkRows) {
            auto chunk = std::make_shared<Chunk>();
            chunk->first = m_last;
            chunk->rows.reserve(chunkRows);
            m_chunks.push_back(std::move(chunk));
        }
        const std::size_t size = event.bytes();
        m_chunks.back()->rows.push_back(std::move(event));
        m_chunks.back()->bytes += size;
        m_bytes += size;
        ++m_last;
        while (m_chunks.size() > 1 && (m_last - m_first > m_maxRows || m_bytes > m_maxBytes)) dropOldest();
    }
}

void EventRing::dropOldest() {
    const auto& oldest = *m_chunks.front();
    m_dropped += oldest.rows.size();
    m_first += oldest.rows.size();
    m_bytes -= oldest.bytes;
    m_chunks.pop_front();
}

EventRing::Snapshot EventRing::snapshot() const {
    const std::lock_guard lock(m_mutex);
    Snapshot copy;
    copy.m_chunks.assign(m_chunks.begin(), m_chunks.end());
    copy.m_first = m_first;
    copy.m_last = m_last;
    copy.m_dropped = m_dropped;
    copy.m_bytes = m_bytes;
    return copy;
}

const Event* EventRing::Snapshot::at(std::uint64_t sequence) const {
    if (sequence < m_first || sequence >= m_last) return nullptr;
    const std::size_t index = (sequence - m_first) / chunkRows;
    const Chunk& chunk = *m_chunks[index];
    return chunk.rows.data() + (sequence - chunk.first);
}

}  // namespace nova::engine
