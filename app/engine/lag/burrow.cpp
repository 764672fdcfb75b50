#include "app/engine/lag/burrow.h"

#include <QCoreApplication>
#include <algorithm>

#include "app/engine/lag/lag_rules.h"

namespace nova::engine {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("nova::engine::Burrow", text);
}

bool stopped(const CommitRing& commits, qint64 nowMs) {
    return nowMs - commits.last().atMs > commits.last().atMs - commits[0].atMs;
}

bool recentlyAtZero(const CommitRing& commits, const EndRing& ends) {
    for (int i = 0; i < ends.size(); ++i)
        if (ends[i] <= commits.last().offset) return true;
    return false;
}

bool rewound(const CommitRing& commits) {
    for (int i = 1; i < commits.size(); ++i) {
        if (commits[i].offset >= commits[i - 1].offset) continue;
        bool reachedAgain = false;
        for (int later = i + 1; later < commits.size(); ++later)
            reachedAgain = reachedAgain || commits[later].offset >= commits[i - 1].offset;
        if (!reachedAgain) return true;
    }
    return false;
}

bool everAtZero(const CommitRing& commits, qint64 allowedLag) {
    for (int i = 0; i < commits.size(); ++i)
        if (commits[i].lag && *commits[i].lag <= allowedLag) return true;
    return false;
}

bool stalled(const CommitRing& commits) {
    for (int i = 1; i < commits.size(); ++i)
        if (commits[i].offset != commits[0].offset) return false;
    return true;
}

// Lags that are not known say nothing; with fewer than two known there is nothing to compare.
bool neverFell(const CommitRing& commits) {
    std::optional<qint64> before;
    int compared = 0;
    for (int i = 0; i < commits.size(); ++i) {
        if (!commits[i].lag) continue;
        if (before && *commits[i].lag < *before) return false;
        if (before) ++compared;
        before = commits[i].lag;
    }
    return compared > 0;
}

}  // namespace

std::optional<qint64> lagAtCommit(qint64 offset, std::optional<qint64> end) {
    if (!end) return std::nullopt;
    return std::max<qint64>(0, *end - offset);
}

LagStatus burrowStatus(const CommitRing& commits, const EndRing& ends, qint64 currentLag, qint64 nowMs,
                       qint64 allowedLag) {
    if (commits.size() < burrowIntervals || currentLag <= allowedLag) return LagStatus::ok;
    if (stopped(commits, nowMs) && !recentlyAtZero(commits, ends)) return LagStatus::stop;
    if (rewound(commits)) return LagStatus::rewind;
    if (everAtZero(commits, allowedLag)) return LagStatus::ok;
    if (stalled(commits)) return LagStatus::stall;
    if (neverFell(commits)) return LagStatus::warn;
    return LagStatus::ok;
}

QString burrowReason(LagStatus status, const CommitRing& commits, qint64 nowMs) {
    if (commits.size() < burrowIntervals) return tr("watching, %1 of %2").arg(commits.size()).arg(burrowIntervals);
    switch (status) {
        case LagStatus::stop:
            return tr("no commit for %1 s; its last ten took %2 s")
                .arg((nowMs - commits.last().atMs) / 1'000)
                .arg(static_cast<double>(commits.last().atMs - commits[0].atMs) / 1'000, 0, 'f', 1);
        case LagStatus::rewind:
            return tr("the commits went back");
        case LagStatus::stall:
            return tr("its last ten commits are all %1").arg(grouped(commits.last().offset));
        case LagStatus::warn:
            return tr("the lag did not fall over its last ten commits");
        default:
            return {};
    }
}

}  // namespace nova::engine
