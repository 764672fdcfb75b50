// nova.rpc.v1.Feed over the reader. Thread: gRPC's.
#pragma once

#include "feed/decode.h"
#include "nova/rpc/v1/feed.grpc.pb.h"

namespace nova::kit {
class TokenVerifier;
}

namespace nova::feed {

class FeedConsumer;
class Projections;
class Reader;

class FeedRpc final : public rpc::v1::Feed::Service {
public:
    FeedRpc(Reader& reader, Projections& projections, FeedConsumer& consumer, kit::TokenVerifier& tokens, int delayMs)
        : m_reader(reader), m_projections(projections), m_consumer(consumer), m_tokens(tokens), m_delayMs(delayMs) {}
    // An empty user_id is the caller's; another's is forbidden.
    grpc::Status GetFeed(grpc::ServerContext* context, const rpc::v1::GetFeedRequest* request,
                         rpc::v1::GetFeedReply* reply) override;
    grpc::Status GetSnapshots(grpc::ServerContext* context, const rpc::v1::GetSnapshotsRequest* request,
                              rpc::v1::GetSnapshotsReply* reply) override;
    // mode=sync: what the consumer does with the event, done before the answer. Repeats change nothing. Forbidden but to
    // the author, or the follower.
    grpc::Status ApplyPost(grpc::ServerContext* context, const rpc::v1::ApplyPostRequest* request,
                           rpc::v1::ApplyReply* reply) override;
    grpc::Status ApplyFollow(grpc::ServerContext* context, const rpc::v1::ApplyFollowRequest* request,
                             rpc::v1::ApplyReply* reply) override;

private:
    kit::Result<void> answer(const kit::Result<Change>& change, rpc::v1::ApplyReply* reply);
    kit::Result<void> mayWrite(const std::string& user, const rpc::v1::Post& post);

    Reader& m_reader;
    Projections& m_projections;
    FeedConsumer& m_consumer;
    kit::TokenVerifier& m_tokens;
    int m_delayMs;
};

}  // namespace nova::feed
