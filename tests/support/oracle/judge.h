// The verdict over a running Nova: settle, read its world, check; caches may follow a little later, so it is tried
// again. Thread: the caller's; blocks.
#pragma once

#include <functional>
#include <string>

#include "tests/support/live_nova.h"
#include "tests/support/oracle/history.h"
#include "tests/support/oracle/world.h"

namespace nova::test {

// What still stands against it after `limitMs`, one line each; "" as soon as there is nothing. `world` is read anew for
// each attempt.
std::string judge(const LiveNova& nova, const History& history, const std::function<World()>& world,
                  int limitMs = 10'000);

}  // namespace nova::test
