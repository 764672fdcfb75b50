#include "content/post_events.h"

#include "contract/topics.h"
#include "kit/runtime/times.h"
#include "nova/events/v1/events.pb.h"

namespace nova::content {
namespace {

template <typename Event>
Event envelope(const Post& post) {
    Event event;
    event.set_post_id(post.id);
    event.set_version(post.version);
    kit::setTime(event.mutable_event_time(), post.updatedAt);
    event.set_user_tier(post.userTier);
    event.set_author_id(post.authorId);
    return event;
}

template <typename Event>
Event state(const Post& post) {
    auto event = envelope<Event>(post);
    event.set_content(post.content);
    for (const auto& media : post.mediaIds) event.add_media_ids(media);
    kit::setTime(event.mutable_created_at(), post.createdAt);
    return event;
}

template <typename Event>
kit::OutEvent out(const Post& post, const Event& event) {
    return {.topic = std::string(contract::topic::content),
            .key = post.id,
            .aggType = "post",
            .aggId = post.id,
            .version = post.version,
            .type = Event::descriptor()->name(),
            .dataSchema = Event::descriptor()->full_name(),
            .payload = event.SerializeAsString(),
            .time = post.updatedAt};
}

}  // namespace

kit::OutEvent postCreated(const Post& post) {
    return out(post, state<events::v1::PostCreated>(post));
}
kit::OutEvent postUpdated(const Post& post) {
    return out(post, state<events::v1::PostUpdated>(post));
}
kit::OutEvent postDeleted(const Post& post) {
    return out(post, envelope<events::v1::PostDeleted>(post));
}

}  // namespace nova::content
