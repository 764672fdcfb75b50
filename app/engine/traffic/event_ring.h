// The bounded store of the newest events. Bound: rows and bytes, whichever is reached first; the oldest chunk (1,024
// rows) leaves and is counted. Thread: append from one thread; snapshot() and counters from any. A snapshot shares the
// chunks, nothing is copied.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "app/engine/traffic/event.h"

namespace nova::engine {

class EventRing {
public:
    static constexpr std::size_t chunkRows = 1024;
    struct Chunk;

    class Snapshot {
    public:
        [[nodiscard]] std::uint64_t first() const { return m_first; }  // sequence of the oldest row
        [[nodiscard]] std::uint64_t last() const { return m_last; }    // one past the newest
        [[nodiscard]] std::uint64_t dropped() const { return m_dropped; }
        [[nodiscard]] std::size_t bytes() const { return m_bytes; }
        // nullptr when it has left the ring. Valid as long as this snapshot lives.
        [[nodiscard]] const Event* at(std::uint64_t sequence) const;

    private:
        friend class EventRing;
        std::vector<std::shared_ptr<const Chunk>> m_chunks;
        std::uint64_t m_first = 0, m_last = 0, m_dropped = 0;
        std::size_t m_bytes = 0;
    };

    explicit EventRing(std::size_t maxRows = 1'048'576, std::size_t maxBytes = 512u << 20);
    ~EventRing();
    void append(std::vector<Event>&& events);
    [[nodiscard]] Snapshot snapshot() const;
    [[nodiscard]] std::size_t maxRows() const { return m_maxRows; }

private:
    void dropOldest();
    mutable std::mutex m_mutex;
    std::deque<std::shared_ptr<Chunk>> m_chunks;  // guarded by m_mutex, as all below
    std::uint64_t m_first = 0, m_last = 0, m_dropped = 0;
    std::size_t m_bytes = 0;
    const std::size_t m_maxRows, m_maxBytes;
};

}  // namespace nova::engine
