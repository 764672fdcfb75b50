#include "messaging/messaging_rpc.h"

#include "kit/rpc/mode.h"
#include "kit/rpc/server.h"
#include "kit/runtime/times.h"
#include "messaging/messages.h"
#include "messaging/store.h"

namespace nova::messaging {
namespace {

using kit::Claims;
using kit::NeedsUser;
using kit::Result;

void fill(rpc::v1::ChatMessage* to, const Message& message) {
    to->set_id(message.id);
    to->set_conversation_id(message.conversationId);
    to->set_from_id(message.fromId);
    to->set_to_id(message.toId);
    to->set_text(message.text);
    to->set_seq(message.seq);
    to->set_inbox_seq(message.inboxSeq);
    kit::setTime(to->mutable_sent_at(), message.sentAt);
    if (message.readAt) kit::setTime(to->mutable_read_at(), *message.readAt);
}

Result<void> answer(rpc::v1::ChatMessage* reply, const Result<Message>& message) {
    if (!message) return message.error();
    fill(reply, message.value());
    return kit::outcome::success();
}

Result<void> answer(rpc::v1::ListMessagesReply* reply, const Result<MessagePage>& page) {
    if (!page) return page.error();
    for (const auto& message : page.value().messages) fill(reply->add_messages(), message);
    reply->set_has_more(page.value().hasMore);
    reply->set_inbox_seq(page.value().inboxSeq);
    return kit::outcome::success();
}

}  // namespace

grpc::Status MessagingRpc::SendMessage(grpc::ServerContext* context, const rpc::v1::SendMessageRequest* request,
                                       rpc::v1::ChatMessage* reply) {
    return kit::serveCall(
        *context, {"Messaging/SendMessage", &m_tokens, NeedsUser::yes, m_config.rpcDelayMs}, [&](const Claims& user) {
            const Caller caller{user.userId, kit::bearerToken(*context), kit::requestMode(*context, m_config)};
            return answer(reply,
                          m_messages.send(caller, request->to_id(), request->text(), request->idempotency_key()));
        });
}

grpc::Status MessagingRpc::ListMessages(grpc::ServerContext* context, const rpc::v1::ListMessagesRequest* request,
                                        rpc::v1::ListMessagesReply* reply) {
    return kit::serveCall(
        *context, {"Messaging/ListMessages", &m_tokens, NeedsUser::yes, m_config.rpcDelayMs}, [&](const Claims& user) {
            return answer(reply, m_store.list(user.userId, request->with_id(), request->first(), request->before()));
        });
}

grpc::Status MessagingRpc::ListReceived(grpc::ServerContext* context, const rpc::v1::ListReceivedRequest* request,
                                        rpc::v1::ListMessagesReply* reply) {
    return kit::serveCall(*context, {"Messaging/ListReceived", &m_tokens, NeedsUser::yes, m_config.rpcDelayMs},
                          [&](const Claims& user) {
                              return answer(reply, m_store.received(user.userId, request->after(), request->first()));
                          });
}

grpc::Status MessagingRpc::MarkRead(grpc::ServerContext* context, const rpc::v1::MarkReadRequest* request,
                                    rpc::v1::ChatMessage* reply) {
    return kit::serveCall(
        *context, {"Messaging/MarkRead", &m_tokens, NeedsUser::yes, m_config.rpcDelayMs}, [&](const Claims& user) {
            const Caller caller{user.userId, kit::bearerToken(*context), kit::requestMode(*context, m_config)};
            return answer(reply, m_messages.markRead(caller, request->message_id()));
        });
}

}  // namespace nova::messaging
