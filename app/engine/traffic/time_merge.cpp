#include "app/engine/traffic/time_merge.h"

#include <algorithm>

namespace nova::engine {

void TimeMerge::add(Event&& event) {
    const auto time = m_time.of(event);
    m_bytes += event.bytes();
    m_heap.push_back({time, m_count++, std::move(event)});
    std::push_heap(m_heap.begin(), m_heap.end(), isLater);
    while (m_heap.size() > mostEvents || (m_bytes > mostBytes && m_heap.size() > 1)) release();
}

void TimeMerge::reached(std::int64_t timeMs) {
    while (!m_heap.empty() && m_heap.front().timeMs < timeMs) release();
}

void TimeMerge::flush() {
    while (!m_heap.empty()) release();
    m_time.clear();
}

void TimeMerge::release() {
    std::pop_heap(m_heap.begin(), m_heap.end(), isLater);
    Event event = std::move(m_heap.back().event);
    m_heap.pop_back();
    m_bytes -= event.bytes();
    m_next(std::move(event));
}

}  // namespace nova::engine
