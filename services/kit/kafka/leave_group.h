// Takes a static member out of its consumer group at once, as Kafka's own admin client does; librdkafka 2.0.2 has no
// call for it, and a static member that closes keeps its partitions until its session ends. Plaintext brokers only.
// Thread: any; blocks for a few round trips, each at most `timeout`.
#pragma once

#include <chrono>
#include <string>

#include "kit/runtime/error.h"

namespace nova::kit::kafka {

// transient: no broker of the list answered, or the group's coordinator refused.
Result<void> leaveGroup(const std::string& bootstrap, const std::string& group, const std::string& instanceId,
                        std::chrono::milliseconds timeout);

}  // namespace nova::kit::kafka
