// SIGTERM and SIGINT as a value to wait for. Make it first in main: it blocks both in this thread and in all made
// later.
#pragma once

#include <chrono>
#include <memory>

namespace nova::kit {

class StopSignal {
public:
    // From the signal on, the process has `limit` to end by itself; then it is ended hard with exit status 1.
    explicit StopSignal(std::chrono::seconds limit);
    ~StopSignal();
    [[nodiscard]] bool requested() const;
    // True as soon as a stop is requested, false when `timeout` passed first. Thread: any.
    bool waitFor(std::chrono::milliseconds timeout);
    void wait();
    void request();  // as if the signal had come
private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::kit
