// The JSON text of what the WebSocket door sends (contract §7). Thread: any.
#pragma once

#include <string>

#include "kit/runtime/ids.h"
#include "kit/trace/span.h"

namespace nova::kit::frame {

struct Message {
    std::string id, conversationId, from, text;
    WallTime sentAt;
    std::int64_t inboxSeq = 0;  // gapless over all that the receiver was sent: by it a client knows what it missed
};

// `push`: the span of the push; without a valid one the frame names a trace of its own, not sampled.
std::string message(const Message& message, const trace::Context& push);
std::string read(const std::string& messageId, WallTime at, const trace::Context& push);
// What the client sent was not obeyed. `code` as in GraphQL's extensions; `messageId` empty: about no message.
std::string error(const std::string& code, const std::string& text, const std::string& messageId = {});

}  // namespace nova::kit::frame
