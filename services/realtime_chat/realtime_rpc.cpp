#include "realtime_chat/realtime_rpc.h"

#include <nlohmann/json.hpp>

#include "kit/rpc/server.h"
#include "kit/trace/span.h"
#include "realtime_chat/json_field.h"
#include "realtime_chat/presence_store.h"
#include "realtime_chat/pusher.h"

namespace nova::realtime_chat {
namespace {

using Json = nlohmann::json;

kit::Result<struct Push> toPush(const rpc::v1::PushRequest& request) {
    if (!kit::isUuid(request.user_id())) return kit::badInput("user_id is no user id");
    const auto frame = Json::parse(request.frame(), nullptr, false);
    if (!frame.is_object()) return kit::badInput("the frame is no JSON object");
    struct Push push;
    push.userId = request.user_id();
    push.frame = request.frame();
    push.conversationId = request.conversation_id();
    push.seq = request.seq();
    push.inboxSeq = request.inbox_seq();
    if (!push.conversationId.empty()) return push;
    const std::string type = textOf(frame, "type"), about = textOf(frame, type == "read" ? "message_id" : "id");
    if (!about.empty()) push.fact = type + ":" + about;
    push.at = kit::parseRfc3339(textOf(frame, "at"));
    return push;
}

}  // namespace

grpc::Status RealtimeRpc::Push(grpc::ServerContext* context, const rpc::v1::PushRequest* request,
                               rpc::v1::PushReply* reply) {
    return kit::serveCall(
        *context, {"Realtime/Push", &m_tokens, kit::NeedsUser::no, m_delayMs},
        [&](const kit::Claims&) -> kit::Result<void> {
            auto push = toPush(*request);
            if (!push) return push.error();
            if (!request->connection().empty()) {
                reply->set_delivered(m_pusher.here(push.value(), request->connection()).connections);
                return kit::outcome::success();
            }
            auto places = m_presence.places({request->user_id()}, {kit::trace::current()});
            if (!places) return places.error();
            const auto reached = m_pusher.everywhere(push.value(), places.value()[request->user_id()]);
            if (reached.error) return *reached.error;
            reply->set_delivered(reached.connections);
            return kit::outcome::success();
        });
}

}  // namespace nova::realtime_chat
