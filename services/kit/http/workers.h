// A bounded pool of threads for work that may block. Threads are made when all others are busy, up to a most.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace nova::kit {

class Workers {
public:
    // `late`: the job waited in the queue for longer than the pool allows and should only be refused.
    using Job = std::function<void(bool late)>;

    Workers(int most, std::size_t queueLimit, std::chrono::seconds queueTime);
    ~Workers();            // as stop()
    bool submit(Job job);  // false: the queue is full, or the pool has stopped
    void stop();           // drops what waits, ends when the jobs in hand have ended
private:
    struct Waiting {
        Job job;
        std::chrono::steady_clock::time_point since;
    };
    void run();

    const std::size_t m_most;
    const std::size_t m_queueLimit;
    const std::chrono::seconds m_queueTime;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<Waiting> m_queue;
    std::vector<std::thread> m_threads;
    std::size_t m_idle = 0;
    bool m_over = false;
};

}  // namespace nova::kit
