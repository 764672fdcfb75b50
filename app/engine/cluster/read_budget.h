// How many bytes all reads of one session may take in a second, together: attaching must not hurt production. A bucket
// that fills steadily and holds one second's worth. The Kafka handles of a ReadSession count each request and pay for
// each response as it arrives, so that a reader of Kafka only waits before it fetches more; the readers of other stores
// (KeyReader, RowReader, MetricsReader) pay for what they got themselves. Thread: any.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>

namespace nova::engine {

class ReadBudget {
public:
    static constexpr std::chrono::milliseconds longestTurn{2'000};

    explicit ReadBudget(std::int64_t bytesPerSecond) : m_rate(bytesPerSecond) {}
    void setBytesPerSecond(std::int64_t rate);  // 0: no limit
    [[nodiscard]] std::int64_t bytesPerSecond() const { return m_rate; }

    // Counts what was fetched. Never for what a Kafka handle of the session fetched: it has paid already.
    void pay(std::int64_t bytes);
    // How long a reader should fetch nothing; 0: go on.
    [[nodiscard]] std::chrono::milliseconds wait() const;
    // Waits for that, but no longer than `longestTurn`: a small question is asked in the end.
    void waitTurn() const;

    [[nodiscard]] std::int64_t bytes() const { return m_bytes; }        // since start
    [[nodiscard]] std::int64_t requests() const { return m_requests; }  // of the console to the brokers, since start
    // Of one kind, by Kafka's API key (1: Fetch, 2: ListOffsets, 3: Metadata …).
    [[nodiscard]] std::int64_t requests(int apiKey) const { return m_byApi.at(slotOf(apiKey)); }
    void countRequest(int apiKey);

private:
    static constexpr std::size_t apis = 128;
    static std::size_t slotOf(int apiKey) { return static_cast<std::size_t>(apiKey) % apis; }
    void earn() const;  // under m_mutex
    std::atomic<std::int64_t> m_rate, m_bytes{0}, m_requests{0};
    std::array<std::atomic<std::int64_t>, apis> m_byApi{};
    mutable std::mutex m_mutex;
    mutable double m_debt = 0;  // guarded: bytes paid and not yet earned back
    mutable std::chrono::steady_clock::time_point m_at = std::chrono::steady_clock::now();
};

}  // namespace nova::engine
