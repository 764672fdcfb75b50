#include "app/engine/actions/action.h"

#include <algorithm>

namespace nova::engine {

const Hop* Action::hop(const QString& id) const {
    const auto found = std::find_if(hops.begin(), hops.end(), [&](const Hop& h) { return h.id == id; });
    return found == hops.end() ? nullptr : &*found;
}

}  // namespace nova::engine
