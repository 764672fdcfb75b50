#include "gateway/resolvers/input.h"
#include "gateway/resolvers/resolvers.h"
#include "kit/runtime/ids.h"
#include "kit/runtime/times.h"

namespace nova::gateway {
namespace {

using graphql::Call;
using graphql::Resolved;
using graphql::Value;

MessageView viewOf(const rpc::v1::ChatMessage& message) {
    MessageView view{message.id(),
                     message.conversation_id(),
                     message.from_id(),
                     message.to_id(),
                     message.text(),
                     kit::timeOf(message.sent_at()),
                     {}};
    if (message.has_read_at()) view.readAt = kit::timeOf(message.read_at());
    return view;
}

Resolved messages(const Call& call, GatewayRequest& request, const kit::Claims&) {
    rpc::v1::ListMessagesRequest asked;
    asked.set_with_id(call.arguments.text("with"));
    asked.set_before(call.arguments.text("before"));
    const std::int64_t first = call.arguments.number("first", 50);
    if (auto wrong = input::first(first)) return std::move(*wrong);
    asked.set_first(static_cast<std::int32_t>(first));
    if (!asked.before().empty() && !kit::isUuid(asked.before()))
        return input::bad("\"before\" is the id of a message.");
    if (!kit::isUuid(asked.with_id())) return Resolved::List{};
    const auto reply = request.owners().listMessages(request.caller(), asked);
    if (!reply) return withoutOwner(call, request, reply.error(), Resolved::List{});
    Resolved::List list;
    for (const auto& message : reply.value().messages()) list.emplace_back(object(viewOf(message)));
    return list;
}

// Whether the receiver exists is messaging-service's to find out: it keeps whom it knows.
Resolved sendMessage(const Call& call, GatewayRequest& request, const kit::Claims&) {
    rpc::v1::SendMessageRequest asked;
    asked.set_to_id(call.arguments.text("to"));
    asked.set_text(call.arguments.text("text"));
    asked.set_idempotency_key(request.idempotencyKey());
    if (auto wrong = input::messageText(asked.text())) return std::move(*wrong);
    if (!kit::isUuid(asked.to_id())) return input::notFound("There is no such user.");
    const auto reply = request.owners().sendMessage(request.caller(), asked);
    if (!reply) return failureOf(reply.error());
    return object(viewOf(reply.value()));
}

Resolved markRead(const Call& call, GatewayRequest& request, const kit::Claims&) {
    rpc::v1::MarkReadRequest asked;
    asked.set_message_id(call.arguments.text("messageId"));
    if (!kit::isUuid(asked.message_id())) return input::notFound("There is no such message.");
    const auto reply = request.owners().markRead(request.caller(), asked);
    if (!reply) return failureOf(reply.error());
    return object(viewOf(reply.value()));
}

}  // namespace

void addMessages(graphql::Resolvers& r) {
    r.root("Query.messages", signedIn(messages));
    r.root("Mutation.sendMessage", signedIn(sendMessage));
    r.root("Mutation.markRead", signedIn(markRead));
    r.each<MessageView>("Message.id", [](const MessageView& view) { return Value(view.id); });
    r.each<MessageView>("Message.conversationId", [](const MessageView& view) { return Value(view.conversationId); });
    r.each<MessageView>("Message.from", [](const MessageView& view) { return object(UserView{view.fromId, {}, {}}); });
    r.each<MessageView>("Message.to", [](const MessageView& view) { return object(UserView{view.toId, {}, {}}); });
    r.each<MessageView>("Message.text", [](const MessageView& view) { return Value(view.text); });
    r.each<MessageView>("Message.sentAt", [](const MessageView& view) { return timeValue(view.sentAt); });
    r.each<MessageView>("Message.readAt",
                        [](const MessageView& view) { return view.readAt ? timeValue(*view.readAt) : Value(); });
}

}  // namespace nova::gateway
