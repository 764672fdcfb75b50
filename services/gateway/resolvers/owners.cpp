#include "gateway/resolvers/owners.h"

#include "kit/rpc/client.h"
#include "nova/rpc/v1/content.grpc.pb.h"
#include "nova/rpc/v1/feed.grpc.pb.h"
#include "nova/rpc/v1/idempotency.grpc.pb.h"
#include "nova/rpc/v1/identity.grpc.pb.h"
#include "nova/rpc/v1/media.grpc.pb.h"
#include "nova/rpc/v1/messaging.grpc.pb.h"
#include "nova/rpc/v1/notification.grpc.pb.h"
#include "nova/rpc/v1/social.grpc.pb.h"

namespace nova::gateway {
namespace {

using kit::CallTarget;
using kit::Result;
using kit::unary;
using rpc::v1::Content;
using rpc::v1::Feed;
using rpc::v1::IdempotencyKeys;
using rpc::v1::Identity;
using rpc::v1::Media;
using rpc::v1::Messaging;
using rpc::v1::Notifications;
using rpc::v1::Social;

constexpr const char* identityService = "identity-service";
constexpr const char* contentService = "content-service";
constexpr const char* socialService = "social-service";
constexpr const char* feedService = "feed-service";
constexpr const char* mediaService = "media-service";
constexpr const char* messagingService = "messaging-service";
constexpr const char* notificationService = "notification-service";

constexpr std::chrono::milliseconds writeTime{5'000};

}  // namespace

CallTarget Owners::read(const char* service, const char* method, const OnBehalf& who) const {
    return {service, method, who.token, m_readTime, who.mode};
}

template <typename Svc, typename Stub, typename Request>
auto Owners::change(const char* service, const char* method, const OnBehalf& who, Stub stub, const Request& request,
                    bool idempotent) {
    return m_changes.run(service, [&] {
        return unary<Svc>(m_clients, CallTarget{service, method, who.token, writeTime, who.mode}, stub, request,
                          idempotent);
    });
}

template <typename Svc, typename Stub, typename Request>
auto Owners::keyedChange(const char* operation, const char* service, const char* method, const OnBehalf& who, Stub stub,
                         const Request& request, bool idempotent) {
    const std::string& key = request.idempotency_key();
    const auto ask = [&](const char* owner) { return operationAt(owner, who, key); };
    return m_keys.run(who.userId, key, operation, ask,
                      [&] { return change<Svc>(service, method, who, stub, request, idempotent); });
}

Result<std::string> Owners::operationAt(const char* owner, const OnBehalf& who, const std::string& key) {
    rpc::v1::FindKeyRequest request;
    request.set_key(key);
    const auto reply = m_asked.run(owner, [&] {
        return unary<IdempotencyKeys>(m_clients, CallTarget{owner, "IdempotencyKeys/Find", who.token, m_keyTime},
                                      &IdempotencyKeys::Stub::Find, request, true);
    });
    if (!reply) return reply.error();
    return reply.value().operation();
}

Result<rpc::v1::SessionReply> Owners::createUser(const rpc::v1::CreateUserRequest& request) {
    return change<Identity>(identityService, "Identity/CreateUser", {}, &Identity::Stub::CreateUser, request);
}
Result<rpc::v1::SessionReply> Owners::authenticate(const rpc::v1::AuthenticateRequest& request) {
    return change<Identity>(identityService, "Identity/Authenticate", {}, &Identity::Stub::Authenticate, request);
}
Result<rpc::v1::GetUsersReply> Owners::getUsers(const OnBehalf& who, const rpc::v1::GetUsersRequest& request) {
    return unary<Identity>(m_clients, read(identityService, "Identity/GetUsers", who), &Identity::Stub::GetUsers,
                           request, true);
}

Result<rpc::v1::Post> Owners::createPost(const OnBehalf& who, const rpc::v1::CreatePostRequest& request) {
    const bool keyed = !request.idempotency_key().empty();  // only then a second try cannot make a second post
    return keyedChange<Content>("createPost", contentService, "Content/CreatePost", who, &Content::Stub::CreatePost,
                                request, keyed);
}
Result<rpc::v1::Post> Owners::updatePost(const OnBehalf& who, const rpc::v1::UpdatePostRequest& request) {
    return change<Content>(contentService, "Content/UpdatePost", who, &Content::Stub::UpdatePost, request);
}
Result<rpc::v1::DeletePostReply> Owners::deletePost(const OnBehalf& who, const rpc::v1::DeletePostRequest& request) {
    return change<Content>(contentService, "Content/DeletePost", who, &Content::Stub::DeletePost, request);
}
Result<rpc::v1::GetPostsReply> Owners::getPosts(const OnBehalf& who, const rpc::v1::GetPostsRequest& request) {
    return unary<Content>(m_clients, read(contentService, "Content/GetPosts", who), &Content::Stub::GetPosts, request,
                          true);
}
Result<rpc::v1::ListPostsReply> Owners::listPosts(const OnBehalf& who, const rpc::v1::ListPostsRequest& request) {
    return unary<Content>(m_clients, read(contentService, "Content/ListPosts", who), &Content::Stub::ListPosts, request,
                          true);
}

Result<rpc::v1::FollowReply> Owners::follow(const OnBehalf& who, const rpc::v1::FollowRequest& request) {
    return change<Social>(socialService, "Social/Follow", who, &Social::Stub::Follow, request, true);
}
Result<rpc::v1::FollowReply> Owners::unfollow(const OnBehalf& who, const rpc::v1::FollowRequest& request) {
    return change<Social>(socialService, "Social/Unfollow", who, &Social::Stub::Unfollow, request, true);
}
Result<rpc::v1::LikeReply> Owners::likePost(const OnBehalf& who, const rpc::v1::LikeRequest& request) {
    return keyedChange<Social>("likePost", socialService, "Social/LikePost", who, &Social::Stub::LikePost, request,
                               true);
}
Result<rpc::v1::LikeReply> Owners::unlikePost(const OnBehalf& who, const rpc::v1::LikeRequest& request) {
    return change<Social>(socialService, "Social/UnlikePost", who, &Social::Stub::UnlikePost, request, true);
}
Result<rpc::v1::GetPostStatsReply> Owners::getPostStats(const OnBehalf& who,
                                                        const rpc::v1::GetPostStatsRequest& request) {
    return unary<Social>(m_clients, read(socialService, "Social/GetPostStats", who), &Social::Stub::GetPostStats,
                         request, true);
}
Result<rpc::v1::GetUserStatsReply> Owners::getUserStats(const OnBehalf& who,
                                                        const rpc::v1::GetUserStatsRequest& request) {
    return unary<Social>(m_clients, read(socialService, "Social/GetUserStats", who), &Social::Stub::GetUserStats,
                         request, true);
}

Result<rpc::v1::GetFeedReply> Owners::getFeed(const OnBehalf& who, const rpc::v1::GetFeedRequest& request) {
    return unary<Feed>(m_clients, read(feedService, "Feed/GetFeed", who), &Feed::Stub::GetFeed, request, true);
}
Result<rpc::v1::GetSnapshotsReply> Owners::getSnapshots(const OnBehalf& who,
                                                        const rpc::v1::GetSnapshotsRequest& request) {
    return unary<Feed>(m_clients, read(feedService, "Feed/GetSnapshots", who), &Feed::Stub::GetSnapshots, request,
                       true);
}
Result<rpc::v1::GetMediaReply> Owners::getMedia(const OnBehalf& who, const rpc::v1::GetMediaRequest& request) {
    return unary<Media>(m_clients, read(mediaService, "Media/GetMedia", who), &Media::Stub::GetMedia, request, true);
}

Result<rpc::v1::ChatMessage> Owners::sendMessage(const OnBehalf& who, const rpc::v1::SendMessageRequest& request) {
    const bool keyed = !request.idempotency_key().empty();
    return keyedChange<Messaging>("sendMessage", messagingService, "Messaging/SendMessage", who,
                                  &Messaging::Stub::SendMessage, request, keyed);
}
Result<rpc::v1::ChatMessage> Owners::markRead(const OnBehalf& who, const rpc::v1::MarkReadRequest& request) {
    return change<Messaging>(messagingService, "Messaging/MarkRead", who, &Messaging::Stub::MarkRead, request, true);
}
Result<rpc::v1::ListMessagesReply> Owners::listMessages(const OnBehalf& who,
                                                        const rpc::v1::ListMessagesRequest& request) {
    return unary<Messaging>(m_clients, read(messagingService, "Messaging/ListMessages", who),
                            &Messaging::Stub::ListMessages, request, true);
}

Result<rpc::v1::ListNotificationsReply> Owners::listNotifications(const OnBehalf& who,
                                                                  const rpc::v1::ListNotificationsRequest& request) {
    return unary<Notifications>(m_clients, read(notificationService, "Notifications/ListNotifications", who),
                                &Notifications::Stub::ListNotifications, request, true);
}
Result<rpc::v1::CountUnreadReply> Owners::countUnread(const OnBehalf& who) {
    return unary<Notifications>(m_clients, read(notificationService, "Notifications/CountUnread", who),
                                &Notifications::Stub::CountUnread, rpc::v1::CountUnreadRequest{}, true);
}
Result<rpc::v1::MarkSeenReply> Owners::markSeen(const OnBehalf& who) {
    return change<Notifications>(notificationService, "Notifications/MarkSeen", who, &Notifications::Stub::MarkSeen,
                                 rpc::v1::MarkSeenRequest{}, true);
}

}  // namespace nova::gateway
