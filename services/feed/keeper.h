// Runs the fan-out jobs, rebuilds a lost Redis and fills up full feeds that lost posts, on a thread of its own: woken
// when jobs were added, and each second.
#pragma once

#include <string>

#include "kit/runtime/periodic.h"

namespace nova::feed {

class FanOutJobs;
class Rebuilder;

class Keeper {
public:
    Keeper(FanOutJobs& jobs, Rebuilder& rebuilder) : m_jobs(jobs), m_rebuilder(rebuilder) {}
    void start() { m_rounds.start(); }
    void stop() { m_rounds.stop(); }  // after the chunk or page in hand
    void wake() { m_rounds.wake(); }  // thread: any

private:
    void keep();
    // What failed, or "".
    std::string work();

    FanOutJobs& m_jobs;
    Rebuilder& m_rebuilder;
    std::string m_failed;                                                  // of the last round
    kit::Periodic m_rounds{std::chrono::seconds{1}, [this] { keep(); }};  // last: uses the others
};

}  // namespace nova::feed
