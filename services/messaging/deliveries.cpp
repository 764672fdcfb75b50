#include "messaging/deliveries.h"

#include "contract/topics.h"
#include "kit/http/websocket_frames.h"
#include "kit/rpc/client.h"
#include "kit/trace/span.h"
#include "nova/rpc/v1/realtime.grpc.pb.h"

namespace nova::messaging {
namespace {

constexpr std::chrono::seconds patience{1};

kit::Result<void> push(kit::RpcClients& clients, const std::string& token, const rpc::v1::PushRequest& request,
                       kit::trace::Span& span) {
    auto reply = kit::unary<rpc::v1::Realtime>(clients, {"realtime-chat-service", "Realtime/Push", token, patience},
                                               &rpc::v1::Realtime::Stub::Push, request);
    if (!reply) {
        span.fail(reply.error().what);
        return reply.error();
    }
    span.set(contract::attr::effect, "push");
    span.set(contract::attr::recipients, std::int64_t{reply.value().delivered()});
    return kit::outcome::success();
}

}  // namespace

kit::Result<void> Deliveries::sent(const Message& message, const std::string& token) {
    kit::trace::Span span("push", kit::trace::SpanKind::client, "push");
    rpc::v1::PushRequest request;
    request.set_user_id(message.toId);
    request.set_frame(kit::frame::message({.id = message.id,
                                           .conversationId = message.conversationId,
                                           .from = message.fromId,
                                           .text = message.text,
                                           .sentAt = message.sentAt,
                                           .inboxSeq = message.inboxSeq},
                                          span.context()));
    request.set_conversation_id(message.conversationId);
    request.set_seq(message.seq);
    request.set_inbox_seq(message.inboxSeq);
    return push(m_clients, token, request, span);
}

kit::Result<void> Deliveries::read(const Message& message, const std::string& token) {
    kit::trace::Span span("push", kit::trace::SpanKind::client, "push");
    rpc::v1::PushRequest request;
    request.set_user_id(message.fromId);
    request.set_frame(kit::frame::read(message.id, *message.readAt, span.context()));
    return push(m_clients, token, request, span);
}

}  // namespace nova::messaging
