// nova-console down: stops the local Nova from elsewhere.
#pragma once

#include "app/commands/command.h"

namespace nova::commands {

int runDown(const Arguments& arguments);

}  // namespace nova::commands
