// Pushes new notifications to the sockets of those they concern, through realtime-chat-service. Each is tried once,
// with a short deadline: the row stands whatever becomes of the push, and a client that (re)connects reads what it
// missed. Bounded: 10,000 wait; what is more is dropped and counted
// (nova_notification_pushes_total{outcome="dropped"}). Thread: any.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "kit/trace/span.h"

namespace nova::kit {
class Metrics;
class RpcClients;
}  // namespace nova::kit

namespace nova::notification {

class Names;

struct Push {
    std::string recipientId, id, type, actorId, postId;  // id: the notification's; postId empty with a follow
    kit::trace::Context trace;                           // of the user action; may be invalid
    bool online = true;                                  // false: no socket is known, only the span is made
};

class Pusher {
public:
    Pusher(kit::RpcClients& clients, Names& names, kit::Metrics& metrics)
        : m_clients(clients), m_names(names), m_metrics(metrics) {}
    ~Pusher() { stop(); }
    void start();
    void stop();                                    // pushes what waits, for a second at most
    void add(std::vector<Push> pushes);             // soon, by threads of its own
    void pushNow(const std::vector<Push>& pushes);  // on this thread, done on return

private:
    void run();
    std::vector<Push> take();
    void push(const Push& push, const std::string& handle);
    void count(const char* outcome, double n = 1);

    kit::RpcClients& m_clients;
    Names& m_names;
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
