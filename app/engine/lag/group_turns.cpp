#include "app/engine/lag/group_turns.h"

#include <algorithm>

#include "app/engine/lag/due.h"

namespace nova::engine {
namespace {

constexpr qint64 leastPauseMs = 1'000, mostPauseMs = 30'000;
constexpr int mostDoublings = 5;

qint64 pauseMs(int failures) {
    return std::min(mostPauseMs, leastPauseMs << std::min(failures - 1, mostDoublings));
}

}  // namespace

GroupTurn turnOf(const std::map<QString, GroupEntry>& groups, bool followed, int most, qint64 nowMs) {
    using Waiting = std::pair<qint64, const QString*>;  // since when
    std::vector<Waiting> good, failed;
    for (const auto& [name, entry] : groups) {
        const bool asksNothing = followed && entry.asked && entry.triedAtMs > 0;
        if (entry.failures == 0 && !asksNothing)
            good.emplace_back(entry.triedAtMs, &name);
        else if (entry.failures > 0 && isDue(nowMs, entry.triedAtMs, pauseMs(entry.failures)))
            failed.emplace_back(entry.triedAtMs, &name);
    }
    const auto longestFirst = [](const Waiting& a, const Waiting& b) { return a.first < b.first; };
    std::stable_sort(good.begin(), good.end(), longestFirst);
    std::stable_sort(failed.begin(), failed.end(), longestFirst);
    GroupTurn turn;
    const auto room = [&] { return !followed || turn.ask.size() < most; };
    for (auto at = good.begin(); at != good.end() && room(); ++at) turn.ask.append(*at->second);
    turn.more = turn.ask.size() < static_cast<qsizetype>(good.size());
    for (auto at = failed.begin(); at != failed.end() && room(); ++at) {
        turn.ask.append(*at->second);
        turn.failedBefore.insert(*at->second);
    }
    return turn;
}

}  // namespace nova::engine
