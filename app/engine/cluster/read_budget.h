// How many bytes all reads of one session may take in a second, together: attaching must not hurt production. A bucket
// that fills steadily and holds one second's worth; readers pay for what they fetched and wait before they fetch more.
// Thread: any.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>

namespace nova::engine {

class ReadBudget {
public:
    explicit ReadBudget(std::int64_t bytesPerSecond) : m_rate(bytesPerSecond) {}
    void setBytesPerSecond(std::int64_t rate);  // 0: no limit
    [[nodiscard]] std::int64_t bytesPerSecond() const { return m_rate; }

    // Counts what was fetched.
    void pay(std::int64_t bytes);
    // How long a reader should fetch nothing; 0: go on.
    [[nodiscard]] std::chrono::milliseconds wait() const;

    [[nodiscard]] std::int64_t bytes() const { return m_bytes; }        // since start
    [[nodiscard]] std::int64_t requests() const { return m_requests; }  // of the console to the brokers, since start
    void countRequests(std::int64_t requests) { m_requests += requests; }

private:
    void earn() const;  // under m_mutex
    std::atomic<std::int64_t> m_rate, m_bytes{0}, m_requests{0};
    mutable std::mutex m_mutex;
    mutable double m_debt = 0;  // guarded: bytes paid and not yet earned back
    mutable std::chrono::steady_clock::time_point m_at = std::chrono::steady_clock::now();
};

}  // namespace nova::engine
