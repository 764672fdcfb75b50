#include "app/engine/lag/past_commits.h"

#include <utility>

namespace nova::engine {

// The latest gives way to one that comes too soon after the one before it.
void PastCommits::place(const One& commit) {
    const auto size = m_commits.size();
    if (size >= 2 && commit.atMs - m_commits[size - 2].atMs < m_everyMs)
        m_commits.back() = commit;
    else
        m_commits.push_back(commit);
}

void PastCommits::add(const One& commit) {
    if (commit.atMs <= 0 || (!m_commits.empty() && commit.atMs < m_commits.back().atMs)) return;
    place(commit);
    if (m_commits.size() <= most) return;
    // Of three in a row the outer two lie so far apart: no more than 19 are left.
    constexpr qint64 share = 9;
    m_everyMs = (m_commits.back().atMs - m_commits.front().atMs) / share + 1;
    for (const auto& one : std::exchange(m_commits, {})) place(one);
}

PastCommits::One PastCommits::takeLatest() {
    const auto one = m_commits.back();
    m_commits.pop_back();
    return one;
}

}  // namespace nova::engine
