// nova-console fault kill|stop|pause|resume|restart PART[/REPLICA], fault scale SERVICE N: trouble made on a local
// Nova.
#pragma once

#include "app/commands/command.h"

namespace nova::commands {

int runFault(const Arguments& arguments);

}  // namespace nova::commands
