// Whether it is time again for what is done each so often, by the wall clock. One that was set back (by NTP, by hand)
// makes it due at once: else nothing would be asked until the clock is where it was. Pure.
#pragma once

#include <QtGlobal>

namespace nova::engine {

[[nodiscard]] constexpr bool isDue(qint64 nowMs, qint64 lastMs, qint64 everyMs) {
    return nowMs < lastMs || nowMs - lastMs >= everyMs;
}

}  // namespace nova::engine
