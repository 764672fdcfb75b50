// nova-console status: each process and dependency of the local Nova.
#pragma once

#include "app/commands/command.h"

namespace nova::commands {

int runStatus(const Arguments& arguments);

}  // namespace nova::commands
