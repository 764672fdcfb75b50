// nova-console keys: all that is known of an event, a post or a key, or which keys there are.
#pragma once

#include "app/commands/command.h"

namespace nova::commands {

int runKeys(const Arguments& arguments);

}  // namespace nova::commands
