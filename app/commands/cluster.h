// nova-console cluster: what Kafka itself knows of a cluster.
#pragma once

#include "app/commands/command.h"

namespace nova::commands {

int runCluster(const Arguments& arguments);

}  // namespace nova::commands
