#include "feed/decode.h"

#include <functional>
#include <map>

#include "contract/topics.h"
#include "kit/runtime/ids.h"
#include "kit/runtime/text.h"
#include "kit/runtime/times.h"
#include "nova/events/v1/events.pb.h"
#include "nova/rpc/v1/feed.pb.h"

namespace nova::feed {
namespace {

using kit::Result;
using namespace events::v1;

std::int64_t micros(const google::protobuf::Timestamp& t) {
    return kit::micros(kit::timeOf(t));
}

template <typename Event>
bool hasBasics(const Event& event) {
    return event.version() >= 1 && event.has_event_time();
}

bool isPostsAuthor(const std::string& id) {
    return id.empty() || kit::isUuid(id);
}

kit::Error malformed(const std::string& what) {
    return kit::badInput("undecodable: " + what);
}

template <typename Event>
Result<Change> live(const Event& event) {
    if (!hasBasics(event) || !kit::isUuid(event.post_id()) || !isPostsAuthor(event.author_id()))
        return malformed("post_id, author_id, version or event_time");
    if (!kit::codePoints(event.content())) return malformed("content");
    PostState post{.id = event.post_id(),
                   .authorId = event.author_id(),
                   .created = 0,
                   .updated = micros(event.event_time()),
                   .version = event.version(),
                   .deleted = false,
                   .content = event.content(),
                   .mediaIds = {}};
    post.created = event.has_created_at() ? micros(event.created_at()) : post.updated;
    for (const auto& media : event.media_ids()) {
        if (!kit::isUuid(media)) return malformed("media_ids");
        post.mediaIds += (post.mediaIds.empty() ? "" : " ") + media;
    }
    return Change{post};
}

Result<Change> deleted(const PostDeleted& event) {
    if (!hasBasics(event) || !kit::isUuid(event.post_id()) || !isPostsAuthor(event.author_id()))
        return malformed("post_id, author_id, version or event_time");
    const auto at = micros(event.event_time());
    return Change{PostState{.id = event.post_id(),
                            .authorId = event.author_id(),
                            .created = at,
                            .updated = at,
                            .version = event.version(),
                            .deleted = true,
                            .content = {},
                            .mediaIds = {}}};
}

template <typename Event>
Result<Change> edge(const Event& event, bool active) {
    if (!hasBasics(event) || !kit::isUuid(event.follower_id()) || !kit::isUuid(event.followee_id()))
        return malformed("follower_id, followee_id, version or event_time");
    return Change{
        EdgeChange{{event.followee_id(), event.follower_id()}, event.version(), active, micros(event.event_time())}};
}

template <typename Event>
Result<Change> likes(const Event& event) {
    if (!hasBasics(event) || !kit::isUuid(event.post_id())) return malformed("post_id, version or event_time");
    return Change{LikesChange{event.post_id(), event.like_count(), event.version()}};
}

template <typename Event>
std::function<Result<Change>(const std::string&)> reader(Result<Change> (*convert)(const Event&)) {
    return [convert](const std::string& bytes) -> Result<Change> {
        Event event;
        if (!event.ParseFromString(bytes)) return malformed("its bytes are no " + Event::descriptor()->full_name());
        return convert(event);
    };
}

const auto& readers() {
    static const std::map<std::string, std::function<Result<Change>(const std::string&)>> all{
        {"nova.events.v1.PostCreated", reader<PostCreated>(&live<PostCreated>)},
        {"nova.events.v1.PostUpdated", reader<PostUpdated>(&live<PostUpdated>)},
        {"nova.events.v1.PostDeleted", reader<PostDeleted>(&deleted)},
        {"nova.events.v1.UserFollowed", reader<UserFollowed>([](const UserFollowed& e) { return edge(e, true); })},
        {"nova.events.v1.UserUnfollowed",
         reader<UserUnfollowed>([](const UserUnfollowed& e) { return edge(e, false); })},
        {"nova.events.v1.PostLiked", reader<PostLiked>(&likes<PostLiked>)},
        {"nova.events.v1.PostUnliked", reader<PostUnliked>(&likes<PostUnliked>)},
    };
    return all;
}

}  // namespace

bool knowsSchema(const std::string& dataSchema) {
    return readers().contains(dataSchema);
}

// Content events have the tier in the same field.
bool isPremium(const kit::Record& record) {
    constexpr std::string_view premium = "premium";
    if (record.topic != contract::topic::content || record.value.find(premium) == std::string::npos) return false;
    PostDeleted event;  // the fields that all of them begin with
    return event.ParseFromString(record.value) && event.user_tier() == premium;
}

Result<Change> decode(const kit::Record& record) {
    const auto found = readers().find(record.dataSchema);
    if (found == readers().end()) return kit::permanent("an unknown schema: " + record.dataSchema);
    return found->second(record.value);
}

Result<Change> decode(const rpc::v1::Post& post) {
    if (!kit::isUuid(post.id()) || !kit::isUuid(post.author_id()) || post.version() < 1 || !post.has_created_at() ||
        !post.has_updated_at())
        return malformed("id, author_id, version, created_at or updated_at");
    PostState state{.id = post.id(),
                    .authorId = post.author_id(),
                    .created = micros(post.created_at()),
                    .updated = micros(post.updated_at()),
                    .version = post.version(),
                    .deleted = post.deleted(),
                    .content = {},
                    .mediaIds = {}};
    if (post.deleted()) return Change{state};
    if (!kit::codePoints(post.content())) return malformed("content");
    state.content = post.content();
    for (const auto& media : post.media_ids()) {
        if (!kit::isUuid(media)) return malformed("media_ids");
        state.mediaIds += (state.mediaIds.empty() ? "" : " ") + media;
    }
    return Change{state};
}

Result<Change> decode(const rpc::v1::ApplyFollowRequest& follow) {
    if (!kit::isUuid(follow.follower_id()) || !kit::isUuid(follow.followee_id()) || follow.version() < 1 ||
        !follow.has_at())
        return malformed("follower_id, followee_id, version or at");
    return Change{EdgeChange{
        {follow.followee_id(), follow.follower_id()}, follow.version(), follow.following(), micros(follow.at())}};
}

}  // namespace nova::feed
