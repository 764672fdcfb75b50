// A message as it stands in the store.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kit/runtime/ids.h"

namespace nova::messaging {

struct Message {
    std::string id, conversationId, fromId, toId, text;
    std::int64_t seq = 0;       // in its conversation, gapless from 1
    std::int64_t inboxSeq = 0;  // over all that the receiver was sent, gapless from 1, in the order of commits
    kit::WallTime sentAt;
    std::optional<kit::WallTime> readAt;
};

struct MessagePage {
    std::vector<Message> messages;
    bool hasMore = false;
    std::int64_t inboxSeq = 0;  // Store::received: of the newest message to the caller, listed or not
};

}  // namespace nova::messaging
