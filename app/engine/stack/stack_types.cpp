#include "app/engine/stack/stack_types.h"

#include <array>

namespace nova::stack {

QString stateName(PartState state) {
    static constexpr std::array names{"waiting", "starting", "ready",   "degraded",
                                      "paused",  "stopping", "stopped", "failed"};
    return QLatin1String(names[static_cast<std::size_t>(state)]);
}

}  // namespace nova::stack
