// nova-console traffic: tails or scans the topics.
#pragma once

#include "app/commands/command.h"

namespace nova::commands {

int runTraffic(const Arguments& arguments);

}  // namespace nova::commands
