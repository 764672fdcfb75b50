// nova-console up: starts a local Nova and owns it until interrupted or told to stop.
#pragma once

#include "app/commands/command.h"

namespace nova::commands {

int runUp(const Arguments& arguments);

}  // namespace nova::commands
