// nova.rpc.v1.Feed over the reader. Thread: gRPC's.
#pragma once

#include "nova/rpc/v1/feed.grpc.pb.h"

namespace nova::kit {
class TokenVerifier;
}

namespace nova::feed {

class Reader;

class FeedRpc final : public rpc::v1::Feed::Service {
public:
    FeedRpc(Reader& reader, kit::TokenVerifier& tokens, int delayMs)
        : m_reader(reader), m_tokens(tokens), m_delayMs(delayMs) {}
    // An empty user_id is the caller's; another's is forbidden.
    grpc::Status GetFeed(grpc::ServerContext* context, const rpc::v1::GetFeedRequest* request,
                         rpc::v1::GetFeedReply* reply) override;

private:
    Reader& m_reader;
    kit::TokenVerifier& m_tokens;
    int m_delayMs;
};

}  // namespace nova::feed
