// The owners behind the gateway, by gRPC. Reads get little time (100 ms, says the contract) and a second replica;
// writes get what a request may take. Thread: any.
#pragma once

#include <chrono>
#include <string>

#include "kit/runtime/error.h"
#include "nova/rpc/v1/content.pb.h"
#include "nova/rpc/v1/feed.pb.h"
#include "nova/rpc/v1/identity.pb.h"
#include "nova/rpc/v1/social.pb.h"

namespace nova::kit {
class RpcClients;
}

namespace nova::gateway {

class Owners {
public:
    Owners(kit::RpcClients& clients, std::chrono::milliseconds readTime) : m_clients(clients), m_readTime(readTime) {}

    // `token`: the caller's, passed on.
    kit::Result<rpc::v1::SessionReply> createUser(const rpc::v1::CreateUserRequest& request);
    kit::Result<rpc::v1::SessionReply> authenticate(const rpc::v1::AuthenticateRequest& request);
    kit::Result<rpc::v1::GetUsersReply> getUsers(const std::string& token, const rpc::v1::GetUsersRequest& request);

    kit::Result<rpc::v1::Post> createPost(const std::string& token, const rpc::v1::CreatePostRequest& request);
    kit::Result<rpc::v1::Post> updatePost(const std::string& token, const rpc::v1::UpdatePostRequest& request);
    kit::Result<rpc::v1::DeletePostReply> deletePost(const std::string& token,
                                                     const rpc::v1::DeletePostRequest& request);
    kit::Result<rpc::v1::GetPostsReply> getPosts(const std::string& token, const rpc::v1::GetPostsRequest& request);
    kit::Result<rpc::v1::ListPostsReply> listPosts(const std::string& token, const rpc::v1::ListPostsRequest& request);

    kit::Result<rpc::v1::FollowReply> follow(const std::string& token, const rpc::v1::FollowRequest& request);
    kit::Result<rpc::v1::FollowReply> unfollow(const std::string& token, const rpc::v1::FollowRequest& request);
    kit::Result<rpc::v1::LikeReply> likePost(const std::string& token, const rpc::v1::LikeRequest& request);
    kit::Result<rpc::v1::LikeReply> unlikePost(const std::string& token, const rpc::v1::LikeRequest& request);
    kit::Result<rpc::v1::GetPostStatsReply> getPostStats(const std::string& token,
                                                         const rpc::v1::GetPostStatsRequest& request);
    kit::Result<rpc::v1::GetUserStatsReply> getUserStats(const std::string& token,
                                                         const rpc::v1::GetUserStatsRequest& request);

    kit::Result<rpc::v1::GetFeedReply> getFeed(const std::string& token, const rpc::v1::GetFeedRequest& request);

private:
    kit::RpcClients& m_clients;
    std::chrono::milliseconds m_readTime;
};

}  // namespace nova::gateway
