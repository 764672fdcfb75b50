// One background thread that runs the fan-out jobs and rebuilds a lost Redis. Woken when jobs were added, and each
// second.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace nova::feed {

class FanOutJobs;
class Rebuilder;

class Keeper {
public:
    Keeper(FanOutJobs& jobs, Rebuilder& rebuilder) : m_jobs(jobs), m_rebuilder(rebuilder) {}
    ~Keeper() { stop(); }
    void start();
    void stop();  // after the chunk or page in hand
    void wake();  // thread: any

private:
    void run();
    bool stopping();
    // What failed, or "".
    std::string work();

    FanOutJobs& m_jobs;
    Rebuilder& m_rebuilder;
    std::mutex m_mutex;
    std::condition_variable m_woken;
    bool m_wake = false, m_stopping = false;  // guarded
    std::thread m_thread;
};

}  // namespace nova::feed
