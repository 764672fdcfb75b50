// Work that a thread of its own does again and again: at start, then so long after each round, and sooner when woken.
// Thread: any; the work is done on one.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace nova::kit {

class Periodic {
public:
    Periodic(std::chrono::milliseconds every, std::function<void()> round)
        : m_every(every), m_round(std::move(round)) {}
    ~Periodic() { stop(); }
    Periodic(const Periodic&) = delete;
    Periodic& operator=(const Periodic&) = delete;
    void start();     // once
    void stop();      // after the round in hand, which may ask stopping() to end sooner; for good
    void wake();      // the next round begins at once, or right after the one in hand
    bool stopping();

private:
    void run();

    const std::chrono::milliseconds m_every;
    const std::function<void()> m_round;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_woken = false, m_stopping = false;  // guarded
    std::thread m_thread;
};

}  // namespace nova::kit
