// nova-console actions: the latest user actions, or one with all its hops.
#pragma once

#include "app/commands/command.h"

namespace nova::commands {

int runActions(const Arguments& arguments);

}  // namespace nova::commands
