// nova-console prepare: Kafka's jars, its class archive and the template folders, once per machine.
#pragma once

#include "app/commands/command.h"

namespace nova::commands {

int runPrepare(const Arguments& arguments);

}  // namespace nova::commands
