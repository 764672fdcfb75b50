// Keeps an owner that has fallen silent (hung, not dead: a dead one refuses at once) from holding all workers of the
// gateway. While it has answered nobody for 600 ms, it holds at most 64 calls; further ones are refused at once.
// A slow owner that still answers is not touched. Thread: any.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "kit/runtime/error.h"

namespace nova::gateway {

class Bulkhead {
public:
    using Clock = std::chrono::steady_clock;

    explicit Bulkhead(int most = 64, Clock::duration silence = std::chrono::milliseconds{600})
        : m_most(most), m_silence(silence) {}

    template <typename Call>
    auto run(const std::string& owner, Call call) -> decltype(call()) {
        if (!enter(owner)) return refusal(owner);
        Stay stay{*this, owner};
        auto done = call();
        stay.answered = done.has_value() || !done.error().retryable();
        return done;
    }
    bool enter(const std::string& owner);  // true: leave() must follow
    void leave(const std::string& owner, bool answered);

private:
    struct Stay {
        Bulkhead& bulkhead;
        const std::string& owner;
        bool answered = false;
        ~Stay() { bulkhead.leave(owner, answered); }
    };
    struct Calls {
        int underWay = 0;
        Clock::time_point lastAnswer;  // or when the first of those under way began
    };
    static kit::Error refusal(const std::string& owner);

    const int m_most;
    const Clock::duration m_silence;
    std::mutex m_mutex;
    std::map<std::string, Calls> m_owners;  // guarded; bound: the owners there are
};

}  // namespace nova::gateway
