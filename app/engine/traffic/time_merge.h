// Puts what several partitions give into the order of time, as they are read: within a partition by offset, a record
// whose clock ran back takes the time of the one before it. An event waits until no partition can give an older one.
// Bound: 65,536 waiting events and 64 MiB of them; beyond it the oldest goes first, though an older one may yet come.
// Thread: one at a time.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "app/engine/traffic/event.h"

namespace nova::engine {

// The time by which a record is placed: its own, or that of the latest before it in its partition.
class PlacingTime {
public:
    std::int64_t of(const Event& event) {
        auto& latest = m_latest.try_emplace({event.topic, event.partition}, event.timestampMs).first->second;
        return latest = std::max(latest, event.timestampMs);
    }
    void clear() { m_latest.clear(); }

private:
    std::map<std::pair<std::uint16_t, int>, std::int64_t> m_latest;
};

class TimeMerge {
public:
    static constexpr std::size_t mostEvents = 65'536, mostBytes = 64u << 20;
    explicit TimeMerge(std::function<void(Event&&)> next) : m_next(std::move(next)) {}
    void add(Event&& event);
    void reached(std::int64_t timeMs);  // all that is added from now on has this time or a later one
    void flush();                       // the end of one reading; another one may begin

private:
    struct Waiting {
        std::int64_t timeMs = 0;
        std::uint64_t number = 0;  // of arrival
        Event event;
    };
    static bool isLater(const Waiting& a, const Waiting& b) {
        return std::pair(a.timeMs, a.number) > std::pair(b.timeMs, b.number);
    }
    void release();

    const std::function<void(Event&&)> m_next;
    std::vector<Waiting> m_heap;  // the oldest first
    PlacingTime m_time;
    std::size_t m_bytes = 0;
    std::uint64_t m_count = 0;
};

}  // namespace nova::engine
