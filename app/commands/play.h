// nova-console play: a scenario through the real gateway, measured.
#pragma once

#include "app/commands/command.h"

namespace nova::commands {

int runPlay(const Arguments& arguments);

}  // namespace nova::commands
