#include "notification/fact.h"

#include "kit/runtime/times.h"
#include "nova/events/v1/events.pb.h"

namespace nova::notification {
namespace {

constexpr const char* likedSchema = "nova.events.v1.PostLiked";
constexpr const char* followedSchema = "nova.events.v1.UserFollowed";

// What is wrong with it, or "".
std::string problemOf(const Fact& fact) {
    if (!kit::isUuid(fact.actorId) || !kit::isUuid(fact.recipientId)) return "the ids of actor and recipient";
    if (fact.type == "like" && !kit::isUuid(fact.postId)) return "the post's id";
    if (fact.version < 1) return "the version";
    return {};
}

template <typename Event>
kit::Result<Event> parsed(const kit::Record& record) {
    Event event;
    if (!event.ParseFromString(record.value))
        return kit::badInput("undecodable: its bytes are no " + record.dataSchema);
    if (!event.has_event_time()) return kit::badInput("undecodable: event_time");
    return event;
}

std::int64_t loggedMicros(const kit::Record& record) {
    return record.replayed ? 0 : kit::micros(record.appended);
}

kit::Result<Fact> checked(Fact fact) {
    if (auto problem = problemOf(fact); !problem.empty()) return kit::badInput("undecodable: " + problem);
    return fact;
}

}  // namespace

bool knowsSchema(const std::string& dataSchema) {
    return dataSchema == likedSchema || dataSchema == followedSchema;
}

kit::Result<Fact> factOf(const kit::Record& record) {
    if (record.dataSchema == likedSchema) {
        const auto event = parsed<events::v1::PostLiked>(record);
        if (!event) return event.error();
        const auto& like = event.value();
        return checked({"like", like.user_id(), like.author_id(), like.post_id(), like.version(),
                        kit::micros(kit::timeOf(like.event_time())), loggedMicros(record), record.trace});
    }
    const auto event = parsed<events::v1::UserFollowed>(record);
    if (!event) return event.error();
    const auto& follow = event.value();
    return checked({"follow",
                    follow.follower_id(),
                    follow.followee_id(),
                    {},
                    follow.version(),
                    kit::micros(kit::timeOf(follow.event_time())),
                    loggedMicros(record),
                    record.trace});
}

kit::Result<std::optional<Fact>> factOf(const rpc::v1::NotifyRequest& request) {
    if (request.kind() == "unlike" || request.kind() == "unfollow") return std::optional<Fact>();
    if (request.kind() != "like" && request.kind() != "follow")
        return kit::badInput("the kind is like, unlike, follow or unfollow");
    const auto now = kit::micros(kit::wallNow());
    Fact fact{request.kind(),
              request.actor_id(),
              request.recipient_id(),
              request.post_id(),
              request.version(),
              now,
              now,
              kit::trace::current()};
    if (fact.type == "follow") fact.postId.clear();
    if (auto problem = problemOf(fact); !problem.empty()) return kit::badInput("wrong: " + problem);
    return std::optional(std::move(fact));
}

}  // namespace nova::notification
