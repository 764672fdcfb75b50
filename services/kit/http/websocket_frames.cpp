#include "kit/http/websocket_frames.h"

#include <nlohmann/json.hpp>

namespace nova::kit::frame {
namespace {

using Json = nlohmann::ordered_json;

std::string traceparent(const trace::Context& push) {
    return (push.valid() ? push : trace::Context::fresh(false)).traceparent();
}

// Text from users is valid UTF-8 already; anything else would be a fault of ours and is shown as one.
std::string text(const Json& frame) {
    return frame.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string message(const Message& message, const trace::Context& push) {
    return text({{"type", "message"},
                 {"id", message.id},
                 {"conversation_id", message.conversationId},
                 {"from", message.from},
                 {"text", message.text},
                 {"sent_at", rfc3339(message.sentAt)},
                 {"inbox_seq", message.inboxSeq},
                 {"traceparent", traceparent(push)}});
}

std::string read(const std::string& messageId, WallTime at, const trace::Context& push) {
    return text({{"type", "read"}, {"message_id", messageId}, {"at", rfc3339(at)}, {"traceparent", traceparent(push)}});
}

std::string error(const std::string& code, const std::string& what, const std::string& messageId) {
    Json frame{{"type", "error"}, {"code", code}, {"message", what}};
    if (!messageId.empty()) frame["message_id"] = messageId;
    return text(frame);
}

}  // namespace nova::kit::frame
