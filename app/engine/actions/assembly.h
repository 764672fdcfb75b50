// From the parts of a trace to the action they make. Pure: the same parts, whatever order they came in, give the same
// action.
#pragma once

#include "app/engine/actions/action.h"
#include "app/engine/actions/trace_parts.h"

namespace nova::engine {

// How long ago the last part came, as far as it matters: after 2 s nothing more is expected of a trace that names
// nothing missing; after 30 s what is missing is given up.
enum class Quiet { no, settled, givenUp };
inline constexpr std::int64_t settledAfterMs = 2'000, givenUpAfterMs = 30'000;
inline Quiet quietOf(std::int64_t silentMs) {
    return silentMs >= givenUpAfterMs ? Quiet::givenUp : silentMs >= settledAfterMs ? Quiet::settled : Quiet::no;
}

Action assemble(const std::string& traceId, const TraceParts& parts, const Subscriptions& subscriptions, Quiet quiet);
// A root with an action's name, or an event whose root has not come: what a list of user actions shows.
bool isUserAction(const Action& action);

}  // namespace nova::engine
