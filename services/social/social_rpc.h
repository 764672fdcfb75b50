// nova.rpc.v1.Social over Follows and Likes. Thread: gRPC's.
#pragma once

#include "nova/rpc/v1/social.grpc.pb.h"

namespace nova::kit {
struct ServiceConfig;
class TokenVerifier;
}  // namespace nova::kit

namespace nova::social {

class Chain;
class Follows;
class LikeStore;
class Likes;

class SocialRpc final : public rpc::v1::Social::Service {
public:
    SocialRpc(Follows& follows, Likes& likes, LikeStore& store, Chain& chain, kit::TokenVerifier& tokens,
              const kit::ServiceConfig& config)
        : m_follows(follows), m_likes(likes), m_store(store), m_chain(chain), m_tokens(tokens), m_config(config) {}
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
    grpc::Status follow(grpc::ServerContext& context, const char* method, bool following, const std::string& user,
                        rpc::v1::FollowReply* reply);
    grpc::Status like(grpc::ServerContext& context, const char* method, bool liking,
                      const rpc::v1::LikeRequest& request, rpc::v1::LikeReply* reply);

    Follows& m_follows;
    Likes& m_likes;
    LikeStore& m_store;
    Chain& m_chain;
    kit::TokenVerifier& m_tokens;
    const kit::ServiceConfig& m_config;
};

}  // namespace nova::social
