// Stands between a Kafka client and its broker, passes every byte on, and counts what it sees: requests by kind, as
// their headers say, and the bytes of the answers. What a client claims to have asked for is held against it.
// 127.0.0.1, a free port, a thread of its own. Thread: any.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace nova::test {

class CountingProxy {
public:
    explicit CountingProxy(int brokerPort);
    ~CountingProxy();  // and every connection through it
    [[nodiscard]] int port() const { return m_port; }

    static constexpr int produce = 0, fetch = 1, listOffsets = 2, metadata = 3, offsetFetch = 9, listGroups = 16;
    [[nodiscard]] std::int64_t requests() const { return m_requests; }
    [[nodiscard]] std::int64_t requests(int apiKey) const { return m_byApi.at(static_cast<std::size_t>(apiKey)); }
    [[nodiscard]] std::int64_t bytes() const { return m_bytes; }  // of answers
    [[nodiscard]] int connections() const { return m_connections; }
    [[nodiscard]] std::set<std::string> clients(int apiKey) const;  // the client ids of those requests
    [[nodiscard]] std::string summary() const;                      // "3 Metadata(3), …": for a test that fails
    void reset();

private:
    // Finds the heads of the requests in what a client sends, however it is cut.
    struct Splitter {
        std::string head;         // of a request: its length, API key and client id
        std::int64_t toSkip = 0;  // bytes left of the one before
    };
    void acceptAll();
    void pass(int client);
    void count(Splitter& splitter, const char* data, std::size_t size);

    int m_target, m_listener = -1, m_port = 0;
    std::atomic<bool> m_stopping{false};
    std::atomic<std::int64_t> m_requests{0}, m_bytes{0};
    std::atomic<int> m_connections{0};
    std::array<std::atomic<std::int64_t>, 128> m_byApi{};
    mutable std::mutex m_mutex;
    std::map<int, std::set<std::string>> m_clients;  // guarded
    std::vector<std::thread> m_threads;              // guarded
    std::thread m_acceptor;
};

}  // namespace nova::test
