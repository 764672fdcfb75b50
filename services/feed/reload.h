// Asking the owner of posts: after a gap in their versions, and for events of the design's first form, which bear no
// state.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "feed/decode.h"
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

// Puts the owner's states in the place of those without an author. Those that it does not know stay as they are; when
// it does not answer, they become its error.
void complete(std::vector<kit::Result<Change>>& changes, const Reload& reload);

}  // namespace nova::feed
