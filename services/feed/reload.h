// Asking the owner of posts after a gap in their versions.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "feed/states.h"
#include "kit/runtime/error.h"

namespace nova::kit {
class RpcClients;
}

namespace nova::feed {

// The present state of these posts, deleted ones too; the unknown are left out.
using Reload = std::function<kit::Result<std::vector<PostState>>(const std::vector<std::string>& ids)>;
// By Content/GetPosts, within a second.
Reload ownerReload(kit::RpcClients& clients);

}  // namespace nova::feed
