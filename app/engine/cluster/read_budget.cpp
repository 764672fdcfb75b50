#include "app/engine/cluster/read_budget.h"

#include <algorithm>
#include <cmath>
#include <thread>

namespace nova::engine {

void ReadBudget::setBytesPerSecond(std::int64_t rate) {
    const std::lock_guard lock(m_mutex);
    earn();
    m_rate = rate;
}

void ReadBudget::pay(std::int64_t bytes) {
    m_bytes += bytes;
    const std::lock_guard lock(m_mutex);
    earn();
    m_debt += static_cast<double>(bytes);
}

void ReadBudget::countRequest(int apiKey) {
    ++m_requests;
    ++m_byApi.at(slotOf(apiKey));
}

std::chrono::milliseconds ReadBudget::wait() const {
    const std::lock_guard lock(m_mutex);
    earn();
    const auto rate = static_cast<double>(m_rate.load());
    if (rate <= 0 || m_debt <= rate) return std::chrono::milliseconds{0};  // one second's worth may be taken at once
    return std::chrono::milliseconds{static_cast<std::int64_t>(std::ceil((m_debt - rate) / rate * 1'000))};
}

void ReadBudget::waitTurn() const {
    constexpr std::chrono::milliseconds slice{20};
    const auto until = std::chrono::steady_clock::now() + longestTurn;
    for (auto left = wait(); left.count() > 0 && std::chrono::steady_clock::now() < until; left = wait())
        std::this_thread::sleep_for(std::min(left, slice));
}

void ReadBudget::earn() const {
    const auto now = std::chrono::steady_clock::now();
    const std::chrono::duration<double> since = now - m_at;
    m_at = now;
    // What was read without a limit is no debt of the time that has one.
    m_debt = m_rate <= 0 ? 0.0 : std::max(0.0, m_debt - since.count() * static_cast<double>(m_rate.load()));
}

}  // namespace nova::engine
