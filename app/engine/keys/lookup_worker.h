// One thread that does the latest of what it was given; a newer task stops the one that runs. Thread: any.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace nova::engine {

class LookupWorker {
public:
    using Task = std::function<void(const std::atomic<bool>& stop)>;
    LookupWorker() : m_thread([this] { run(); }) {}
    ~LookupWorker();  // stops and joins
    LookupWorker(const LookupWorker&) = delete;
    LookupWorker& operator=(const LookupWorker&) = delete;
    void give(Task task);
    bool stop();  // drops what waits, too: true where something did

private:
    void run();
    std::mutex m_mutex;
    std::condition_variable m_wake;
    Task m_next;            // guarded by m_mutex
    bool m_ending = false;  // guarded by m_mutex
    std::atomic<bool> m_stop{false};
    std::thread m_thread;  // last: begins when all else is ready
};

}  // namespace nova::engine
