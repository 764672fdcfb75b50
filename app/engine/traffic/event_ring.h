// The bounded store of the newest events, in the order of their arrival. Bound: rows and bytes, whichever is reached
// first. Each topic has a guaranteed share (half of the ring divided by the topics seen): when the oldest chunk of
// 1,024 rows leaves, the rows of topics that hold no more than their share are kept apart, so a busy topic cannot push
// out quiet ones. What leaves is counted. Thread: append from one thread; snapshot() and counters from any. A snapshot
// shares the chunks, nothing is copied.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "app/engine/traffic/event.h"

namespace nova::engine {

class EventRing {
public:
    static constexpr std::size_t chunkRows = 1024;
    struct Chunk;
    struct KeptChunk;
    using Kept = std::vector<std::shared_ptr<const KeptChunk>>;

    // Two numbers for a row. Its sequence, given on arrival, never changes: remember rows by it. Its row number is its
    // place in this snapshot: first() … last() - 1 without gaps, the newest always last() - 1; for all but the rows
    // kept apart at the front both are the same, and only the numbers of those at the front change as others leave.
    class Snapshot {
    public:
        [[nodiscard]] std::uint64_t first() const { return m_last - m_rows; }  // row number of the oldest
        [[nodiscard]] std::uint64_t last() const { return m_last; }            // one past the newest
        [[nodiscard]] std::uint64_t rows() const { return m_rows; }
        [[nodiscard]] std::uint64_t dropped() const { return m_dropped; }
        [[nodiscard]] std::size_t bytes() const { return m_bytes; }
        [[nodiscard]] std::int64_t takenMs() const { return m_takenMs; }  // Unix ms
        // nullptr outside [first(), last()). Valid as long as this snapshot (or a copy of it) lives.
        [[nodiscard]] const Event* at(std::uint64_t row) const;
        [[nodiscard]] std::uint64_t sequence(std::uint64_t row) const;  // row in [first(), last())
        // Where a sequence is now; none: it has left, or has not come yet.
        [[nodiscard]] std::optional<std::uint64_t> rowOf(std::uint64_t sequence) const;
        [[nodiscard]] const Event* bySequence(std::uint64_t sequence) const;
        // The first row whose record time is `timeMs` or later; last() when there is none. Looks at one number a chunk
        // and at the rows of one chunk.
        [[nodiscard]] std::uint64_t rowAtTime(std::int64_t timeMs) const;
        // The newest `rows` of it: what a paused view keeps, while the ring goes on. Holds on to no more memory than
        // the chunks of those rows.
        [[nodiscard]] Snapshot newest(std::uint64_t rows) const;

    private:
        friend class EventRing;
        [[nodiscard]] std::uint64_t keptRows() const { return m_mainFirst - first(); }
        [[nodiscard]] std::uint64_t keptEnd() const;
        std::shared_ptr<const Kept> m_kept;                  // rows older than m_mainFirst, sparse in sequence
        std::vector<std::shared_ptr<const Chunk>> m_chunks;  // dense from m_mainFirst
        std::uint64_t m_mainFirst = 0, m_last = 0, m_rows = 0, m_dropped = 0;
        std::size_t m_bytes = 0;
        std::int64_t m_takenMs = 0;
    };

    explicit EventRing(std::size_t maxRows = 1'048'576, std::size_t maxBytes = 512u << 20);
    ~EventRing();
    void append(std::vector<Event>&& events);
    void clear();  // from the appending thread; sequences go on
    // An empty one whose sequences begin where these end; and its rows instead of these, at once. While nothing is
    // appended.
    [[nodiscard]] std::unique_ptr<EventRing> successor() const;
    void replaceBy(EventRing& successor);
    [[nodiscard]] Snapshot snapshot() const;
    [[nodiscard]] std::size_t maxRows() const { return m_maxRows; }
    [[nodiscard]] std::size_t maxBytes() const { return m_maxBytes; }

private:
    struct Amount {
        std::size_t rows = 0, bytes = 0;
    };
    struct Lane {                // of one topic; the appending thread's
        Amount main, kept;       // rows in the dense part, and kept apart
        Amount taken;            // while a chunk leaves: rows of it that stay
        bool full = false;       // while a chunk leaves: no older row of the topic stays
        std::size_t doomed = 0;  // of `kept`: oldest rows beyond the share, gone at the next sweep
    };
    void publish();
    void dropOldest();
    [[nodiscard]] std::vector<std::size_t> survivors(const Chunk& chunk);
    void doom(Lane& lane, const Amount& share);
    void sweep();
    [[nodiscard]] bool isOver() const;

    const std::size_t m_maxRows, m_maxBytes;
    // Of the appending thread.
    std::unordered_map<std::uint16_t, Lane> m_lanes;
    std::uint64_t m_next = 0;
    std::size_t m_mainBytes = 0, m_keptBytes = 0, m_doomed = 0;

    mutable std::mutex m_mutex;
    std::deque<std::shared_ptr<Chunk>> m_chunks;  // changed under m_mutex, as all below; read without by the appender
    std::shared_ptr<const Kept> m_kept;
    std::uint64_t m_first = 0, m_last = 0;  // of the dense part
    std::size_t m_keptRows = 0, m_bytes = 0;
};

}  // namespace nova::engine
