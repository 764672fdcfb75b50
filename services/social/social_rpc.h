// nova.rpc.v1.Social over Follows and Likes. Thread: gRPC's.
#pragma once

#include "nova/rpc/v1/social.grpc.pb.h"

namespace nova::kit {
class TokenVerifier;
}

namespace nova::social {

class Follows;
class LikeStore;
class Likes;

class SocialRpc final : public rpc::v1::Social::Service {
public:
    SocialRpc(Follows& follows, Likes& likes, LikeStore& store, kit::TokenVerifier& tokens, int delayMs)
        : m_follows(follows), m_likes(likes), m_store(store), m_tokens(tokens), m_delayMs(delayMs) {}
    grpc::Status Follow(grpc::ServerContext* context, const rpc::v1::FollowRequest* request,
                        rpc::v1::FollowReply* reply) override;
    grpc::Status Unfollow(grpc::ServerContext* context, const rpc::v1::FollowRequest* request,
                          rpc::v1::FollowReply* reply) override;
    grpc::Status LikePost(grpc::ServerContext* context, const rpc::v1::LikeRequest* request,
                          rpc::v1::LikeReply* reply) override;
    grpc::Status UnlikePost(grpc::ServerContext* context, const rpc::v1::LikeRequest* request,
                            rpc::v1::LikeReply* reply) override;
    grpc::Status ListFollowers(grpc::ServerContext* context, const rpc::v1::ListFollowersRequest* request,
                               rpc::v1::ListFollowersReply* reply) override;
    // Without a user: liked_by_me is false.
    grpc::Status GetPostStats(grpc::ServerContext* context, const rpc::v1::GetPostStatsRequest* request,
                              rpc::v1::GetPostStatsReply* reply) override;
    grpc::Status GetUserStats(grpc::ServerContext* context, const rpc::v1::GetUserStatsRequest* request,
                              rpc::v1::GetUserStatsReply* reply) override;

private:
    Follows& m_follows;
    Likes& m_likes;
    LikeStore& m_store;
    kit::TokenVerifier& m_tokens;
    int m_delayMs;
};

}  // namespace nova::social
