// Invariants 2 and 3: Kafka holds each committed version of each aggregate, nothing else, in order. And of 11: what the
// log says is ready is.
#include <set>

#include "tests/support/oracle/accusations.h"

namespace nova::test {
namespace {

// "post:…", "like:…", "follow:…", "user:…", "message:…", "read:…", "media:…": the aggregate whose states the event
// numbers.
std::string aggregateOf(const EventRecord& e) {
    if (e.topic == "nova.content.events") return "post:" + e.subject;
    if (e.topic == "nova.identity.events") return "user:" + e.subject;
    if (e.topic == "nova.social.events")
        return (e.type == "PostLiked" || e.type == "PostUnliked" ? "like:" : "follow:") + e.subject;
    if (e.topic == "nova.media.events") return "media:" + e.subject;
    if (e.type == "MessageSent") return "message:" + e.subject;
    if (e.type == "MessageRead") return "read:" + e.subject;
    return {};
}

std::map<std::string, std::int64_t> committed(const World& world) {
    std::map<std::string, std::int64_t> versions;
    for (const auto& [id, post] : world.posts) versions["post:" + id] = post.version;
    for (const auto& [id, count] : world.likeCounts) versions["like:" + id] = count.version;
    for (const auto& [id, count] : world.followerCounts) versions["follow:" + id] = count.version;
    for (const auto& id : world.users) versions["user:" + id] = 1;
    for (const auto& [id, message] : world.messages) {
        versions["message:" + id] = 1;
        if (message.read) versions["read:" + id] = 1;
    }
    for (const auto& [id, media] : world.media)
        if (media.state == "ready") versions["media:" + id] = 1;
    return versions;
}

std::string at(const std::string& aggregate, std::int64_t version) {
    return aggregate + "@" + std::to_string(version);
}

}  // namespace

void checkLog(const World& world, Accusations& out) {
    const auto truth = committed(world);
    std::map<std::string, std::int64_t> seen;                             // highest version so far
    std::map<std::string, std::map<std::int64_t, std::string>> eventIds;  // of each version
    std::map<std::string, int> partitions;
    for (const auto& e : world.events) {
        if (e.replayed) continue;
        const auto aggregate = aggregateOf(e);
        if (aggregate.empty()) continue;
        const bool once =
            aggregate.starts_with("message:") || aggregate.starts_with("read:") || aggregate.starts_with("media:");
        const auto version = once ? 1 : e.version;
        if (const auto media = world.media.find(e.subject);
            aggregate.starts_with("media:") && media != world.media.end() && media->second.state != "ready") {
            out.add(11, "an upload that was completed is not ready any more", e.subject);
            continue;
        }
        const auto known = truth.find(aggregate);
        if (known == truth.end() || version > known->second) {
            out.add(2, "an event of something that was not committed", at(aggregate, version));
            continue;
        }
        const auto partition = partitions.try_emplace(aggregate, e.partition).first->second;
        out.expect(partition == e.partition, 3, "one key in two partitions", aggregate);
        const auto [id, isNew] = eventIds[aggregate].try_emplace(version, e.eventId);
        out.expect(id->second == e.eventId, 2, "one version in two events", at(aggregate, version));
        if (!isNew) continue;
        auto& last = seen[aggregate];
        out.expect(version == last + 1, 3, "a version out of order", at(aggregate, version));
        last = std::max(last, version);
    }
    for (const auto& [aggregate, version] : truth)
        for (std::int64_t v = 1; v <= version; ++v)
            out.expect(eventIds[aggregate].contains(v), 2, "a committed change whose event is lost", at(aggregate, v));
}

}  // namespace nova::test
