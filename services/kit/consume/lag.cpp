#include "kit/consume/lag.h"

#include <algorithm>

#include "kit/runtime/metrics.h"

namespace nova::kit::consume {

void LagProbe::attach(rd_kafka_t* handle) {
    const std::lock_guard lock(m_mutex);
    m_handle = handle;
}

void LagProbe::seen(const Position& position, std::int64_t offset) {
    const std::lock_guard lock(m_mutex);
    m_next.try_emplace(position, offset);
}

void LagProbe::done(const Position& position, std::int64_t next) {
    const std::lock_guard lock(m_mutex);
    m_next[position] = next;
}

void LagProbe::clear() {
    const std::lock_guard lock(m_mutex);
    for (const auto& [position, next] : m_next) set(position, 0);
    m_next.clear();
}

void LagProbe::collect() {
    const std::lock_guard lock(m_mutex);
    if (!m_handle) return;
    for (const auto& [position, next] : m_next) {
        std::int64_t low = 0, high = 0;
        if (rd_kafka_get_watermark_offsets(m_handle, position.first.c_str(), position.second, &low, &high)) continue;
        if (high >= 0) set(position, std::max<std::int64_t>(0, high - next));
    }
}

void LagProbe::set(const Position& position, std::int64_t lag) const {
    m_metrics
        .gauge("nova_consumer_lag", "Records not handled yet",
               {{"topic", position.first}, {"partition", std::to_string(position.second)}})
        .set(static_cast<double>(lag));
}

}  // namespace nova::kit::consume
