// How fast a log grows, how fast a group reads it, and when it will have caught up, over the last minute. In: log end
// per second, of a group without a commit, too; out: offsets committed per second, without those that left the log
// unread. Time to catch up: the lag over its fall per second, the slope of a least-squares
// line through the lags; its error is the slope's standard error carried over. Bounds: 13 points, one each 5 s. Pure.
// Thread: any.
#pragma once

#include <optional>

#include "app/engine/lag/burrow.h"

namespace nova::engine {

struct Rates {
    std::optional<double> inPerSecond, outPerSecond;
    std::optional<double> catchUpSeconds, catchUpError;
};

class RateWindow {
public:
    static constexpr int everyMs = 5'000, spanMs = 60'000;
    // A look; offsets that went back begin a new window. What lies below `start` is not there to be read.
    void add(qint64 atMs, qint64 end, std::optional<qint64> committed, qint64 start = 0);
    // With this look as the newest point. None within the first 2 s.
    [[nodiscard]] Rates rates() const;

private:
    struct Point {
        qint64 atMs = 0, end = 0;
        std::optional<qint64> read;  // offsets since the first commit of the window; none: no commit
    };
    void addRead(Rates& rates, int first) const;
    Latest<Point, spanMs / everyMs + 1> m_points;
    Point m_now;
    qint64 m_committed = 0, m_position = 0;  // where there is a commit; the position is never below the log's start
};

}  // namespace nova::engine
