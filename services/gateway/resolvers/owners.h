// The owners behind the gateway, by gRPC. Reads get little time (100 ms, says the contract) and a second replica;
// writes get what a request may take. Thread: any.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "gateway/resolvers/bulkhead.h"
#include "gateway/resolvers/key_desk.h"
#include "kit/runtime/config.h"
#include "kit/runtime/error.h"
#include "nova/rpc/v1/content.pb.h"
#include "nova/rpc/v1/feed.pb.h"
#include "nova/rpc/v1/identity.pb.h"
#include "nova/rpc/v1/media.pb.h"
#include "nova/rpc/v1/messaging.pb.h"
#include "nova/rpc/v1/notification.pb.h"
#include "nova/rpc/v1/social.pb.h"

namespace nova::kit {
class RpcClients;
struct CallTarget;
}  // namespace nova::kit

namespace nova::gateway {

// What is passed on with every call of a request.
struct OnBehalf {
    std::string token;              // the caller's
    std::optional<kit::Mode> mode;  // of the header Nova-Mode
    std::string userId{};           // whom the token names
};

class Owners {
public:
    Owners(kit::RpcClients& clients, std::chrono::milliseconds readTime, std::chrono::milliseconds keyTime)
        : m_clients(clients), m_readTime(readTime), m_keyTime(keyTime) {}

    kit::Result<rpc::v1::SessionReply> createUser(const rpc::v1::CreateUserRequest& request);
    kit::Result<rpc::v1::SessionReply> authenticate(const rpc::v1::AuthenticateRequest& request);
    kit::Result<rpc::v1::GetUsersReply> getUsers(const OnBehalf& who, const rpc::v1::GetUsersRequest& request);

    kit::Result<rpc::v1::Post> createPost(const OnBehalf& who, const rpc::v1::CreatePostRequest& request);
    kit::Result<rpc::v1::Post> updatePost(const OnBehalf& who, const rpc::v1::UpdatePostRequest& request);
    kit::Result<rpc::v1::DeletePostReply> deletePost(const OnBehalf& who, const rpc::v1::DeletePostRequest& request);
    kit::Result<rpc::v1::GetPostsReply> getPosts(const OnBehalf& who, const rpc::v1::GetPostsRequest& request);
    kit::Result<rpc::v1::ListPostsReply> listPosts(const OnBehalf& who, const rpc::v1::ListPostsRequest& request);

    kit::Result<rpc::v1::FollowReply> follow(const OnBehalf& who, const rpc::v1::FollowRequest& request);
    kit::Result<rpc::v1::FollowReply> unfollow(const OnBehalf& who, const rpc::v1::FollowRequest& request);
    kit::Result<rpc::v1::LikeReply> likePost(const OnBehalf& who, const rpc::v1::LikeRequest& request);
    kit::Result<rpc::v1::LikeReply> unlikePost(const OnBehalf& who, const rpc::v1::LikeRequest& request);
    kit::Result<rpc::v1::GetPostStatsReply> getPostStats(const OnBehalf& who,
                                                         const rpc::v1::GetPostStatsRequest& request);
    kit::Result<rpc::v1::GetUserStatsReply> getUserStats(const OnBehalf& who,
                                                         const rpc::v1::GetUserStatsRequest& request);

    kit::Result<rpc::v1::GetFeedReply> getFeed(const OnBehalf& who, const rpc::v1::GetFeedRequest& request);
    kit::Result<rpc::v1::GetSnapshotsReply> getSnapshots(const OnBehalf& who,
                                                         const rpc::v1::GetSnapshotsRequest& request);
    kit::Result<rpc::v1::GetMediaReply> getMedia(const OnBehalf& who, const rpc::v1::GetMediaRequest& request);

    kit::Result<rpc::v1::ChatMessage> sendMessage(const OnBehalf& who, const rpc::v1::SendMessageRequest& request);
    kit::Result<rpc::v1::ChatMessage> markRead(const OnBehalf& who, const rpc::v1::MarkReadRequest& request);
    kit::Result<rpc::v1::ListMessagesReply> listMessages(const OnBehalf& who,
                                                         const rpc::v1::ListMessagesRequest& request);

    kit::Result<rpc::v1::ListNotificationsReply> listNotifications(const OnBehalf& who,
                                                                   const rpc::v1::ListNotificationsRequest& request);
    kit::Result<rpc::v1::CountUnreadReply> countUnread(const OnBehalf& who);
    kit::Result<rpc::v1::MarkSeenReply> markSeen(const OnBehalf& who);

private:
    kit::CallTarget read(const char* service, const char* method, const OnBehalf& who) const;

    template <typename Svc, typename Stub, typename Request>
    auto change(const char* service, const char* method, const OnBehalf& who, Stub stub, const Request& request,
                bool idempotent = false);
    // A change that must have been done once at most under the request's key.
    template <typename Svc, typename Stub, typename Request>
    auto keyedChange(const char* operation, const char* service, const char* method, const OnBehalf& who, Stub stub,
                     const Request& request, bool idempotent);
    kit::Result<std::string> operationAt(const char* owner, const OnBehalf& who, const std::string& key);

    kit::RpcClients& m_clients;
    Bulkhead m_changes;
    Bulkhead m_asked{4};  // asked before a keyed change: one hung owner costs few changes of others their time
    KeyDesk m_keys;
    const std::chrono::milliseconds m_readTime, m_keyTime;
};

}  // namespace nova::gateway
