// How fast a log grows, how fast a group reads it, and when it will have caught up, over the last minute. In: log end
// per second, out: commits per second. Time to catch up: the lag over its fall per second, the slope of a least-squares
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
    // A look; offsets that went back begin a new window.
    void add(qint64 atMs, qint64 end, qint64 committed);
    // With this look as the newest point. None within the first 2 s.
    [[nodiscard]] Rates rates() const;

private:
    struct Point {
        qint64 atMs = 0, end = 0, committed = 0;
    };
    Latest<Point, spanMs / everyMs + 1> m_points;
    Point m_now;
};

}  // namespace nova::engine
