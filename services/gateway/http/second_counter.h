// How much happened within the current second, per key: what rate limits and sampling ask. Thread: any.
// Bounded: what is counted is forgotten when the second ends, and no more than 100,000 keys are told apart within one.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <unordered_map>

namespace nova::gateway {

class SecondCounter {
public:
    using Clock = std::chrono::steady_clock;

    explicit SecondCounter(int limit) : m_limit(limit) {}

    // True for the first `limit` calls with this key in one second.
    bool take(const std::string& key, Clock::time_point now = Clock::now()) {
        const auto second = std::chrono::floor<std::chrono::seconds>(now);
        const std::lock_guard lock(m_mutex);
        if (second != m_second || m_counts.size() > mostKeys) {
            m_second = second;
            m_counts.clear();
        }
        return ++m_counts[key] <= m_limit;
    }

private:
    static constexpr std::size_t mostKeys = 100'000;
    const int m_limit;
    std::mutex m_mutex;
    std::chrono::time_point<Clock, std::chrono::seconds> m_second{};
    std::unordered_map<std::string, int> m_counts;
};

}  // namespace nova::gateway
