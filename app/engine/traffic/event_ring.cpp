#include "app/engine/traffic/event_ring.h"

#include <algorithm>
#include <chrono>
#include <limits>

namespace nova::engine {
namespace {

constexpr std::int64_t noTime = std::numeric_limits<std::int64_t>::min();
constexpr std::size_t sweepAtLeast = 4'096;  // doomed rows

}  // namespace

// Rows never move once written: the storage is reserved whole, so readers of older rows are undisturbed by the writer.
struct EventRing::Chunk {
    std::uint64_t first = 0;
    std::size_t bytes = 0;
    std::int64_t latestMs = noTime;  // of its rows; readers look at it only where another chunk follows
    std::vector<Event> rows;
};

// Written once, before it can be seen.
struct EventRing::KeptChunk {
    std::uint64_t before = 0;  // rows in the chunks in front of it
    std::int64_t latestMs = noTime;
    std::vector<std::uint64_t> sequences;
    std::vector<std::shared_ptr<const Event>> rows;
};

namespace {

// Kept chunks are full but for the last one, which is copied before it grows.
class KeptBuilder {
public:
    using Kept = EventRing::Kept;
    KeptBuilder() = default;
    explicit KeptBuilder(const Kept& base) : m_full(base) {
        if (m_full.empty() || m_full.back()->rows.size() == EventRing::chunkRows) return;
        m_tail = std::make_shared<EventRing::KeptChunk>(*m_full.back());
        m_full.pop_back();
    }
    void add(std::uint64_t sequence, std::shared_ptr<const Event> event) {
        if (!m_tail) {
            m_tail = std::make_shared<EventRing::KeptChunk>();
            if (!m_full.empty()) m_tail->before = m_full.back()->before + m_full.back()->rows.size();
        }
        m_tail->latestMs = std::max(m_tail->latestMs, event->timestampMs);
        m_tail->sequences.push_back(sequence);
        m_tail->rows.push_back(std::move(event));
        if (m_tail->rows.size() == EventRing::chunkRows) m_full.push_back(std::move(m_tail));
    }
    std::shared_ptr<const Kept> done() {
        if (m_tail) m_full.push_back(std::move(m_tail));
        return std::make_shared<const Kept>(std::move(m_full));
    }

private:
    Kept m_full;
    std::shared_ptr<EventRing::KeptChunk> m_tail;
};

}  // namespace

EventRing::EventRing(std::size_t maxRows, std::size_t maxBytes)
    : m_maxRows(maxRows), m_maxBytes(maxBytes), m_kept(std::make_shared<Kept>()) {}
EventRing::~EventRing() = default;

bool EventRing::isOver() const {
    return m_next - m_first + m_keptRows > m_maxRows || m_mainBytes + m_keptBytes > m_maxBytes;
}

void EventRing::append(std::vector<Event>&& events) {
    for (auto& event : events) {
        if (m_chunks.empty() || m_chunks.back()->rows.size() == chunkRows) {
            auto chunk = std::make_shared<Chunk>();
            chunk->first = m_next;
            chunk->rows.reserve(chunkRows);
            const std::lock_guard lock(m_mutex);
            m_chunks.push_back(std::move(chunk));
        }
        const std::size_t size = event.bytes();
        auto& lane = m_lanes[event.topic];
        ++lane.main.rows;
        lane.main.bytes += size;
        m_mainBytes += size;
        m_chunks.back()->latestMs = std::max(m_chunks.back()->latestMs, event.timestampMs);
        m_chunks.back()->rows.push_back(std::move(event));
        m_chunks.back()->bytes += size;
        ++m_next;
        while (m_chunks.size() > 1 && isOver()) dropOldest();
    }
    publish();
}

void EventRing::publish() {
    const std::lock_guard lock(m_mutex);
    m_last = m_next;
    m_bytes = m_mainBytes + m_keptBytes;
}

void EventRing::clear() {
    std::deque<std::shared_ptr<Chunk>> gone;
    m_lanes.clear();
    m_mainBytes = m_keptBytes = m_doomed = 0;
    const std::lock_guard lock(m_mutex);
    gone.swap(m_chunks);
    m_kept = std::make_shared<Kept>();
    m_keptRows = m_bytes = 0;
    m_first = m_last = m_next;
}

std::unique_ptr<EventRing> EventRing::successor() const {
    auto next = std::make_unique<EventRing>(m_maxRows, m_maxBytes);
    next->m_next = next->m_first = next->m_last = m_next;
    return next;
}

void EventRing::replaceBy(EventRing& successor) {
    m_lanes.swap(successor.m_lanes);
    m_next = successor.m_next;
    m_mainBytes = successor.m_mainBytes;
    m_keptBytes = successor.m_keptBytes;
    m_doomed = successor.m_doomed;
    const std::lock_guard lock(m_mutex);
    m_chunks.swap(successor.m_chunks);
    m_kept.swap(successor.m_kept);
    m_first = successor.m_first;
    m_last = successor.m_last;
    m_keptRows = successor.m_keptRows;
    m_bytes = successor.m_bytes;
}

// Of the chunk that leaves, the newest rows of each topic that has less than its share among the rows behind it;
// indices, oldest first.
std::vector<std::size_t> EventRing::survivors(const Chunk& chunk) {
    const Amount share{m_maxRows / 2 / m_lanes.size(), m_maxBytes / 2 / m_lanes.size()};
    for (auto& [topic, lane] : m_lanes) lane.taken = {}, lane.full = false;
    for (const auto& row : chunk.rows) {
        auto& lane = m_lanes[row.topic];
        --lane.main.rows;
        lane.main.bytes -= row.bytes();
    }
    std::vector<std::size_t> stay;
    for (std::size_t i = chunk.rows.size(); i-- > 0;) {
        const auto& row = chunk.rows[i];
        auto& lane = m_lanes[row.topic];
        const std::size_t size = row.bytes();
        lane.full = lane.full || lane.main.rows + lane.taken.rows >= share.rows ||
                    lane.main.bytes + lane.taken.bytes + size > share.bytes;
        if (lane.full) continue;
        ++lane.taken.rows;
        lane.taken.bytes += size;
        stay.push_back(i);
    }
    std::reverse(stay.begin(), stay.end());
    for (auto& [topic, lane] : m_lanes) doom(lane, share);
    return stay;
}

// Marks the oldest kept rows of a topic that its share has no room for any more.
void EventRing::doom(Lane& lane, const Amount& share) {
    const Amount used{lane.main.rows + lane.taken.rows, lane.main.bytes + lane.taken.bytes};
    const std::size_t alive = lane.kept.rows - lane.doomed;
    std::size_t room = lane.full || used.rows >= share.rows ? 0 : share.rows - used.rows;
    // By bytes as by the average of the kept rows: exact figures would mean to walk them.
    if (lane.kept.rows > 0 && lane.kept.bytes > 0) {
        const std::size_t left = share.bytes > used.bytes ? share.bytes - used.bytes : 0;
        room = std::min(room, left * lane.kept.rows / lane.kept.bytes);
    }
    if (alive <= room) return;
    lane.doomed += alive - room;
    m_doomed += alive - room;
}

void EventRing::dropOldest() {
    const auto oldest = m_chunks.front();
    const auto stay = survivors(*oldest);
    std::shared_ptr<const Kept> kept = m_kept;
    if (!stay.empty()) {
        KeptBuilder builder(*kept);
        for (const std::size_t i : stay) {
            const auto& row = oldest->rows[i];
            builder.add(oldest->first + i, std::make_shared<const Event>(row));
            auto& lane = m_lanes[row.topic];
            ++lane.kept.rows;
            lane.kept.bytes += row.bytes();
            m_keptBytes += row.bytes();
        }
        kept = builder.done();
    }
    m_mainBytes -= oldest->bytes;
    {
        const std::lock_guard lock(m_mutex);
        m_kept.swap(kept);
        m_keptRows += stay.size();
        m_first += oldest->rows.size();
        m_chunks.pop_front();
    }
    if (m_doomed > std::max(sweepAtLeast, m_keptRows / 8) || (m_doomed > 0 && m_chunks.size() <= 1)) sweep();
}

// Lets go of the doomed rows, oldest of each topic first. Other rows are not copied.
void EventRing::sweep() {
    KeptBuilder builder;
    std::size_t rows = 0;
    for (const auto& chunk : *m_kept) {
        for (std::size_t i = 0; i < chunk->rows.size(); ++i) {
            const auto& event = chunk->rows[i];
            auto& lane = m_lanes[event->topic];
            if (lane.doomed > 0) {
                --lane.doomed;
                --lane.kept.rows;
                lane.kept.bytes -= event->bytes();
                m_keptBytes -= event->bytes();
                continue;
            }
            builder.add(chunk->sequences[i], event);
            ++rows;
        }
    }
    m_doomed = 0;
    auto kept = builder.done();
    const std::lock_guard lock(m_mutex);
    m_kept.swap(kept);
    m_keptRows = rows;
}

EventRing::Snapshot EventRing::snapshot() const {
    Snapshot copy;
    copy.m_takenMs =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
            .count();
    const std::lock_guard lock(m_mutex);
    copy.m_chunks.assign(m_chunks.begin(), m_chunks.end());
    copy.m_kept = m_kept;
    copy.m_mainFirst = m_first;
    copy.m_last = m_last;
    copy.m_rows = m_last - m_first + m_keptRows;
    copy.m_dropped = m_last - copy.m_rows;
    copy.m_bytes = m_bytes;
    return copy;
}

// Counted as KeptChunk::before is: one past the newest kept row.
std::uint64_t EventRing::Snapshot::keptEnd() const {
    return m_kept->back()->before + m_kept->back()->rows.size();
}

const Event* EventRing::Snapshot::at(std::uint64_t row) const {
    if (row < first() || row >= m_last) return nullptr;
    if (row >= m_mainFirst) {
        const Chunk& chunk = *m_chunks[(row - m_chunks.front()->first) / chunkRows];
        return chunk.rows.data() + (row - chunk.first);
    }
    // Kept chunks are full but for the last: the place follows from the number.
    const std::uint64_t place = keptEnd() - (m_mainFirst - row);
    const std::uint64_t base = m_kept->front()->before;
    const KeptChunk& chunk = *(*m_kept)[(place - base) / chunkRows];
    return chunk.rows[place - chunk.before].get();
}

std::uint64_t EventRing::Snapshot::sequence(std::uint64_t row) const {
    if (row >= m_mainFirst) return row;
    const std::uint64_t place = keptEnd() - (m_mainFirst - row);
    const KeptChunk& chunk = *(*m_kept)[(place - m_kept->front()->before) / chunkRows];
    return chunk.sequences[place - chunk.before];
}

std::optional<std::uint64_t> EventRing::Snapshot::rowOf(std::uint64_t sequence) const {
    if (sequence >= m_mainFirst) return sequence < m_last ? std::optional(sequence) : std::nullopt;
    if (keptRows() == 0) return std::nullopt;
    std::uint64_t low = first(), high = m_mainFirst;
    while (low < high) {
        const std::uint64_t middle = low + (high - low) / 2;
        if (this->sequence(middle) < sequence)
            low = middle + 1;
        else
            high = middle;
    }
    return low < m_mainFirst && this->sequence(low) == sequence ? std::optional(low) : std::nullopt;
}

const Event* EventRing::Snapshot::bySequence(std::uint64_t sequence) const {
    const auto row = rowOf(sequence);
    return row ? at(*row) : nullptr;
}

std::uint64_t EventRing::Snapshot::rowAtTime(std::int64_t timeMs) const {
    const auto within = [&](std::uint64_t from, std::uint64_t until) {
        for (std::uint64_t row = std::max(from, first()); row < until; ++row) {
            if (at(row)->timestampMs >= timeMs) return row;
        }
        return until;
    };
    std::uint64_t row = first();
    for (std::size_t i = 0; keptRows() > 0 && i < m_kept->size(); ++i) {
        const auto& chunk = *(*m_kept)[i];
        const std::uint64_t end = m_mainFirst - (keptEnd() - chunk.before - chunk.rows.size());
        if (chunk.latestMs >= timeMs && (row = within(row, end)) < end) return row;
        row = end;
    }
    for (std::size_t i = 0; i < m_chunks.size(); ++i) {
        const bool isLast = i + 1 == m_chunks.size();
        const std::uint64_t end = isLast ? m_last : std::min(m_last, m_chunks[i + 1]->first);
        if ((isLast || m_chunks[i]->latestMs >= timeMs) && (row = within(row, end)) < end) return row;
        row = end;
    }
    return m_last;
}

EventRing::Snapshot EventRing::Snapshot::newest(std::uint64_t rows) const {
    Snapshot part = *this;
    part.m_rows = std::min(rows, m_rows);
    const std::uint64_t start = m_last - part.m_rows;
    if (start >= m_mainFirst) {
        part.m_kept = std::make_shared<Kept>();
        part.m_mainFirst = start;
        std::erase_if(part.m_chunks, [&](const auto& chunk) { return chunk->first + chunkRows <= start; });
    } else {
        const std::uint64_t place = keptEnd() - (m_mainFirst - start);
        auto kept = std::make_shared<Kept>(*m_kept);
        std::erase_if(*kept, [&](const auto& chunk) { return chunk->before + chunk->rows.size() <= place; });
        part.m_kept = std::move(kept);
    }
    return part;
}

}  // namespace nova::engine
