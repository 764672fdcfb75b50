#include "social/chain.h"

#include <grpcpp/channel.h>

#include "kit/rpc/client.h"
#include "kit/runtime/log.h"
#include "kit/runtime/times.h"
#include "nova/rpc/v1/feed.grpc.pb.h"
#include "nova/rpc/v1/notification.grpc.pb.h"
#include "social/follows.h"
#include "social/likes.h"

namespace nova::social {
namespace {

using kit::Result;
using rpc::v1::Feed, rpc::v1::Notifications;

kit::CallTarget target(const char* service, const char* method, const std::string& token) {
    kit::CallTarget target{service, method, token, std::chrono::seconds{1}};
    target.mode = kit::Mode::sync;
    return target;
}

template <typename Reply>
Result<void> done(const Result<Reply>& reply) {
    if (!reply) return reply.error();
    return kit::outcome::success();
}

}  // namespace

Result<void> Chain::finish(const FollowChange& change, bool following, const std::string& token) {
    if (change.version == 0) return kit::outcome::success();
    if (following) {
        if (auto told = notify(change, false, token); !told)
            return takeBack(change, following, false, told.error(), token);
    }
    if (auto told = tellFeed(change, following, token); !told)
        return takeBack(change, following, true, told.error(), token);
    return kit::outcome::success();
}

// A call that failed may have done its part all the same, and is told as well.
Result<void> Chain::takeBack(const FollowChange& change, bool following, bool feedCalled, const kit::Error& why,
                             const std::string& token) {
    const kit::Error away = kit::transient("not all was told of it: " + why.what);
    FollowChange back;
    const auto undone = following ? m_follows.unfollow(change.follower, change.followee, &back)
                                  : m_follows.follow(change.follower, change.followee, &back);
    if (!undone) {
        kit::logError("chain", "version {} of the followers of {} stays though its user was refused: {}",
                      change.version, change.followee, undone.error().what);
        return away;
    }
    if (following) static_cast<void>(notify(change, true, token));
    if (feedCalled && back.version > 0) static_cast<void>(tellFeed(back, !following, token));
    return away;
}

Result<void> Chain::finish(const LikeChange& change, bool liking, const std::string& idempotencyKey,
                           const std::string& token) {
    if (change.version == 0 || !liking) return kit::outcome::success();  // an unlike concerns nobody else
    auto told = notify(change, false, token);
    if (told) return told;
    const kit::Error away = kit::transient("not all was told of it: " + told.error().what);
    if (auto undone = m_likes.takeBack(change.userId, change.postId, idempotencyKey); !undone) {
        kit::logError("chain", "version {} of the likes of {} stays though its user was refused: {}", change.version,
                      change.postId, undone.error().what);
        return away;
    }
    static_cast<void>(notify(change, true, token));
    return away;
}

Result<void> Chain::tellFeed(const FollowChange& change, bool following, const std::string& token) {
    rpc::v1::ApplyFollowRequest request;
    request.set_follower_id(change.follower);
    request.set_followee_id(change.followee);
    request.set_version(change.version);
    request.set_following(following);
    kit::setTime(request.mutable_at(), change.at);
    return done(kit::unary<Feed>(m_clients, target("feed-service", "Feed/ApplyFollow", token), &Feed::Stub::ApplyFollow,
                                 request, true));
}

Result<void> Chain::notify(const FollowChange& change, bool undo, const std::string& token) {
    rpc::v1::NotifyRequest request;
    request.set_kind("follow");
    request.set_actor_id(change.follower);
    request.set_recipient_id(change.followee);
    request.set_version(change.version);
    request.set_undo(undo);
    return done(kit::unary<Notifications>(m_clients, target("notification-service", "Notifications/Notify", token),
                                          &Notifications::Stub::Notify, request, true));
}

Result<void> Chain::notify(const LikeChange& change, bool undo, const std::string& token) {
    rpc::v1::NotifyRequest request;
    request.set_kind("like");
    request.set_actor_id(change.userId);
    request.set_recipient_id(change.authorId);
    request.set_post_id(change.postId);
    request.set_version(change.version);
    request.set_undo(undo);
    return done(kit::unary<Notifications>(m_clients, target("notification-service", "Notifications/Notify", token),
                                          &Notifications::Stub::Notify, request, true));
}

}  // namespace nova::social
