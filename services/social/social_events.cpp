#include "social/social_events.h"

#include "contract/topics.h"
#include "kit/runtime/times.h"
#include "nova/events/v1/events.pb.h"

namespace nova::social {
namespace {

template <typename Event>
kit::OutEvent out(const Event& event, std::string_view aggType, const std::string& aggId, kit::WallTime at) {
    return {.topic = std::string(contract::topic::social),
            .key = aggId,
            .aggType = std::string(aggType),
            .aggId = aggId,
            .version = event.version(),
            .type = Event::descriptor()->name(),
            .dataSchema = Event::descriptor()->full_name(),
            .payload = event.SerializeAsString(),
            .time = at};
}

template <typename Event>
kit::OutEvent follow(const FollowChange& change) {
    Event event;
    event.set_follower_id(change.follower);
    event.set_followee_id(change.followee);
    event.set_follower_count(change.count);
    event.set_version(change.version);
    kit::setTime(event.mutable_event_time(), change.at);
    return out(event, "follow", change.followee, change.at);
}

template <typename Event>
kit::OutEvent like(const LikeChange& change) {
    Event event;
    event.set_post_id(change.postId);
    event.set_user_id(change.userId);
    event.set_author_id(change.authorId);
    event.set_like_count(change.count);
    event.set_version(change.version);
    kit::setTime(event.mutable_event_time(), change.at);
    return out(event, "like", change.postId, change.at);
}

}  // namespace

kit::OutEvent userFollowed(const FollowChange& change) {
    return follow<events::v1::UserFollowed>(change);
}
kit::OutEvent userUnfollowed(const FollowChange& change) {
    return follow<events::v1::UserUnfollowed>(change);
}
kit::OutEvent postLiked(const LikeChange& change) {
    return like<events::v1::PostLiked>(change);
}
kit::OutEvent postUnliked(const LikeChange& change) {
    return like<events::v1::PostUnliked>(change);
}

}  // namespace nova::social
