#include "tests/support/oracle/history.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace nova::test {

std::int64_t steadyNs() {
    return std::chrono::steady_clock::now().time_since_epoch().count();
}

void History::add(Op op) {
    const std::lock_guard lock(m_mutex);
    m_ops.push_back(std::move(op));
}

std::vector<Op> History::ops() const {
    const std::lock_guard lock(m_mutex);
    auto all = m_ops;
    std::ranges::stable_sort(all, {}, &Op::begun);
    return all;
}

int History::count(Kind kind, Answer answer) const {
    const std::lock_guard lock(m_mutex);
    return static_cast<int>(
        std::ranges::count_if(m_ops, [&](const Op& op) { return op.kind == kind && op.answer == answer; }));
}

std::string History::summary() const {
    constexpr std::array names{"createPost", "updatePost",  "deletePost", "like",     "unlike", "follow",
                               "unfollow",   "sendMessage", "markRead",   "markSeen", "upload", "read"};
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto kind = static_cast<Kind>(i);
        const int ok = count(kind, Answer::ok), fail = count(kind, Answer::fail), info = count(kind, Answer::info);
        if (ok + fail + info == 0) continue;
        text += std::string(text.empty() ? "" : ", ") + names[i] + " " + std::to_string(ok) + " ok " +
                std::to_string(fail) + " fail " + std::to_string(info) + " info";
    }
    return text;
}

}  // namespace nova::test
