// Pushes new notifications to the sockets of those they concern, through realtime-chat-service, with a short deadline.
// A push stays pending in PostgreSQL until it was answered for; the sweeper (push_sweeper.h) tells what failed, what
// did not fit (10,000 wait, the others are counted as outcome="left") and what a dead process left. A socket knows a
// notification that comes again by its id. Thread: any.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "notification/store.h"

namespace nova::kit {
class Metrics;
class RpcClients;
}  // namespace nova::kit

namespace nova::notification {

class Names;

class Pusher {
public:
    Pusher(kit::RpcClients& clients, Names& names, Store& store, kit::Metrics& metrics)
        : m_clients(clients), m_names(names), m_store(store), m_metrics(metrics) {}
    ~Pusher() { stop(); }
    void start();
    void stop();                                    // pushes what waits, for a second at most
    void add(std::vector<Push> pushes);             // soon, by threads of its own
    // On this thread, done on return; how many were answered for.
    std::size_t pushNow(const std::vector<Push>& pushes);

private:
    void run();
    std::vector<Push> take();
    // False: nobody knows what became of it.
    bool push(const Push& push, const std::string& handle);
    void count(const char* outcome, double n = 1);

    kit::RpcClients& m_clients;
    Names& m_names;
    Store& m_store;
    kit::Metrics& m_metrics;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<Push> m_waiting;  // guarded
    bool m_stopping = false;     // guarded
    std::chrono::steady_clock::time_point m_stopBy;
    std::vector<std::thread> m_threads;
};

// The frame of the contract, as JSON. `handle` empty: not known.
std::string frameOf(const Push& push, const std::string& handle, const std::string& traceparent);

}  // namespace nova::notification
