// nova.rpc.v1.Messaging over Messages and Store. Thread: gRPC's.
#pragma once

#include "kit/runtime/config.h"
#include "nova/rpc/v1/messaging.grpc.pb.h"

namespace nova::kit {
class TokenVerifier;
}

namespace nova::messaging {

class Messages;
class Store;

class MessagingRpc final : public rpc::v1::Messaging::Service {
public:
    MessagingRpc(Messages& messages, Store& store, kit::TokenVerifier& tokens, const kit::ServiceConfig& config)
        : m_messages(messages), m_store(store), m_tokens(tokens), m_config(config) {}
    grpc::Status SendMessage(grpc::ServerContext* context, const rpc::v1::SendMessageRequest* request,
                             rpc::v1::ChatMessage* reply) override;
    grpc::Status ListMessages(grpc::ServerContext* context, const rpc::v1::ListMessagesRequest* request,
                              rpc::v1::ListMessagesReply* reply) override;
    grpc::Status ListReceived(grpc::ServerContext* context, const rpc::v1::ListReceivedRequest* request,
                              rpc::v1::ListMessagesReply* reply) override;
    grpc::Status MarkRead(grpc::ServerContext* context, const rpc::v1::MarkReadRequest* request,
                          rpc::v1::ChatMessage* reply) override;

private:
    Messages& m_messages;
    Store& m_store;
    kit::TokenVerifier& m_tokens;
    const kit::ServiceConfig& m_config;
};

}  // namespace nova::messaging
