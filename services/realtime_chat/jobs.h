// Work that may block (Redis, calls of other services), off the I/O thread, now or later. Bound: 20,000 jobs.
// Thread: any.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace nova::realtime_chat {

class Jobs {
public:
    using Job = std::function<void()>;
    explicit Jobs(int threads);
    ~Jobs();  // as stop()
    // Jobs that are due run in the order of their times. False: too many wait, or stopped.
    bool run(Job job, std::chrono::milliseconds in = {});
    void stop();  // drops what waits, ends when the jobs in hand have ended

private:
    using Clock = std::chrono::steady_clock;
    void work();

    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::multimap<Clock::time_point, Job> m_waiting;
    bool m_over = false;
    std::vector<std::thread> m_threads;
};

}  // namespace nova::realtime_chat
