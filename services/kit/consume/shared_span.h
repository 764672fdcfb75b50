// One piece of work done for several records of a batch: a statement, a pipeline. The first trace gets the real span,
// every other trace a copy with the same times that links to it, so that each action shows its own effect. Thread: one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kit/consume/handler.h"

namespace nova::kit {

class SharedSpan {
public:
    // `owners`: contexts of the records' consume spans; those not sampled are left out. Current until the end, as any
    // Span.
    SharedSpan(std::string_view name, std::string_view hopKind, const std::vector<trace::Context>& owners);
    ~SharedSpan();
    SharedSpan(const SharedSpan&) = delete;
    SharedSpan& operator=(const SharedSpan&) = delete;
    void set(std::string_view key, std::int64_t value);  // on all
    void fail(std::string_view error);
    // What the work did for one record's user action: contract::attr::effect and ::recipients.
    void effect(const trace::Context& owner, std::string_view effect, std::int64_t recipients);

private:
    struct Copy {
        trace::Context owner;
        std::vector<std::pair<std::string, std::string>> text;
        std::vector<std::pair<std::string, std::int64_t>> numbers;
    };
    void record(const Copy& copy, std::chrono::nanoseconds duration) const;

    std::string m_name, m_hopKind, m_error;
    std::vector<Copy> m_copies;
    trace::Context m_first;
    WallTime m_start;
    std::chrono::steady_clock::time_point m_begin;
    trace::Span m_span;  // last: begins when all else is ready
};

}  // namespace nova::kit
