// How far around a time a lookup reads. Unix ms.
#pragma once

#include <QtGlobal>
#include <array>
#include <vector>

namespace nova::engine::window {

inline constexpr qint64 beforeMs = 2'000, closelyBeforeMs = 100;  // the clocks of an id and of a broker differ
inline constexpr qint64 lateMs = 60'000;                          // back from now: what was sent again just now
inline constexpr std::array<qint64, 4> afterMs{5'000, 30'000, 3 * 60'000, 10 * 60'000};  // the longest that fits

inline std::vector<qint64> endsAfter(qint64 timeMs) {
    std::vector<qint64> ends;
    for (const auto after : afterMs) ends.push_back(timeMs + after);
    return ends;
}

}  // namespace nova::engine::window
