#include "gateway/resolvers/owners.h"

#include "kit/rpc/client.h"
#include "nova/rpc/v1/content.grpc.pb.h"
#include "nova/rpc/v1/feed.grpc.pb.h"
#include "nova/rpc/v1/identity.grpc.pb.h"
#include "nova/rpc/v1/social.grpc.pb.h"

namespace nova::gateway {
namespace {

using kit::CallTarget;
using kit::Result;
using kit::unary;
using rpc::v1::Content;
using rpc::v1::Feed;
using rpc::v1::Identity;
using rpc::v1::Social;

constexpr const char* identityService = "identity-service";
constexpr const char* contentService = "content-service";
constexpr const char* socialService = "social-service";
constexpr const char* feedService = "feed-service";

constexpr std::chrono::milliseconds writeTime{5'000};

CallTarget write(const char* service, const char* method, const std::string& token) {
    return {service, method, token, writeTime};
}

}  // namespace

Result<rpc::v1::SessionReply> Owners::createUser(const rpc::v1::CreateUserRequest& request) {
    return unary<Identity>(m_clients, write(identityService, "Identity/CreateUser", {}), &Identity::Stub::CreateUser,
                           request);
}
Result<rpc::v1::SessionReply> Owners::authenticate(const rpc::v1::AuthenticateRequest& request) {
    return unary<Identity>(m_clients, write(identityService, "Identity/Authenticate", {}),
                           &Identity::Stub::Authenticate, request);
}
Result<rpc::v1::GetUsersReply> Owners::getUsers(const std::string& token, const rpc::v1::GetUsersRequest& request) {
    return unary<Identity>(m_clients, {identityService, "Identity/GetUsers", token, m_readTime},
                           &Identity::Stub::GetUsers, request, true);
}

Result<rpc::v1::Post> Owners::createPost(const std::string& token, const rpc::v1::CreatePostRequest& request) {
    const bool keyed = !request.idempotency_key().empty();  // only then a second try cannot make a second post
    return unary<Content>(m_clients, write(contentService, "Content/CreatePost", token), &Content::Stub::CreatePost,
                          request, keyed);
}
Result<rpc::v1::Post> Owners::updatePost(const std::string& token, const rpc::v1::UpdatePostRequest& request) {
    return unary<Content>(m_clients, write(contentService, "Content/UpdatePost", token), &Content::Stub::UpdatePost,
                          request);
}
Result<rpc::v1::DeletePostReply> Owners::deletePost(const std::string& token,
                                                    const rpc::v1::DeletePostRequest& request) {
    return unary<Content>(m_clients, write(contentService, "Content/DeletePost", token), &Content::Stub::DeletePost,
                          request);
}
Result<rpc::v1::GetPostsReply> Owners::getPosts(const std::string& token, const rpc::v1::GetPostsRequest& request) {
    return unary<Content>(m_clients, {contentService, "Content/GetPosts", token, m_readTime}, &Content::Stub::GetPosts,
                          request, true);
}
Result<rpc::v1::ListPostsReply> Owners::listPosts(const std::string& token, const rpc::v1::ListPostsRequest& request) {
    return unary<Content>(m_clients, {contentService, "Content/ListPosts", token, m_readTime},
                          &Content::Stub::ListPosts, request, true);
}

Result<rpc::v1::FollowReply> Owners::follow(const std::string& token, const rpc::v1::FollowRequest& request) {
    return unary<Social>(m_clients, write(socialService, "Social/Follow", token), &Social::Stub::Follow, request, true);
}
Result<rpc::v1::FollowReply> Owners::unfollow(const std::string& token, const rpc::v1::FollowRequest& request) {
    return unary<Social>(m_clients, write(socialService, "Social/Unfollow", token), &Social::Stub::Unfollow, request,
                         true);
}
Result<rpc::v1::LikeReply> Owners::likePost(const std::string& token, const rpc::v1::LikeRequest& request) {
    return unary<Social>(m_clients, write(socialService, "Social/LikePost", token), &Social::Stub::LikePost, request,
                         true);
}
Result<rpc::v1::LikeReply> Owners::unlikePost(const std::string& token, const rpc::v1::LikeRequest& request) {
    return unary<Social>(m_clients, write(socialService, "Social/UnlikePost", token), &Social::Stub::UnlikePost,
                         request, true);
}
Result<rpc::v1::GetPostStatsReply> Owners::getPostStats(const std::string& token,
                                                        const rpc::v1::GetPostStatsRequest& request) {
    return unary<Social>(m_clients, {socialService, "Social/GetPostStats", token, m_readTime},
                         &Social::Stub::GetPostStats, request, true);
}
Result<rpc::v1::GetUserStatsReply> Owners::getUserStats(const std::string& token,
                                                        const rpc::v1::GetUserStatsRequest& request) {
    return unary<Social>(m_clients, {socialService, "Social/GetUserStats", token, m_readTime},
                         &Social::Stub::GetUserStats, request, true);
}

Result<rpc::v1::GetFeedReply> Owners::getFeed(const std::string& token, const rpc::v1::GetFeedRequest& request) {
    return unary<Feed>(m_clients, {feedService, "Feed/GetFeed", token, m_readTime}, &Feed::Stub::GetFeed, request,
                       true);
}

}  // namespace nova::gateway
