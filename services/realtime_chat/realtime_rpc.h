// nova.rpc.v1.Realtime. The span of the push is its caller's, who made the frame. Thread: gRPC's.
#pragma once

#include "nova/rpc/v1/realtime.grpc.pb.h"

namespace nova::kit {
class TokenVerifier;
}

namespace nova::realtime_chat {

class PresenceStore;
class Pusher;

class RealtimeRpc final : public rpc::v1::Realtime::Service {
public:
    RealtimeRpc(PresenceStore& presence, Pusher& pusher, kit::TokenVerifier& tokens, int delayMs)
        : m_presence(presence), m_pusher(pusher), m_tokens(tokens), m_delayMs(delayMs) {}
    // With a connection: to that one, if it is here. Without: to all of the user's, at every replica.
    grpc::Status Push(grpc::ServerContext* context, const rpc::v1::PushRequest* request,
                      rpc::v1::PushReply* reply) override;

private:
    PresenceStore& m_presence;
    Pusher& m_pusher;
    kit::TokenVerifier& m_tokens;
    int m_delayMs;
};

}  // namespace nova::realtime_chat
