// nova-console lag: each group × topic × partition with its lag, status and owner.
#pragma once

#include "app/commands/command.h"

namespace nova::commands {

int runLag(const Arguments& arguments);

}  // namespace nova::commands
