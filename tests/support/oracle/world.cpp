#include "tests/support/oracle/world.h"

namespace nova::test {

std::string stateText(const World& world) {
    std::string text;
    const auto line = [&](const std::string& what, const std::string& id, const std::string& value) {
        text += what + " " + id + " " + value + "\n";
    };
    const auto list = [&](const char* what, const std::map<std::string, std::vector<std::string>>& feeds) {
        for (const auto& [user, posts] : feeds) {
            std::string all;
            for (const auto& post : posts) all += post + ",";
            if (!all.empty()) line(what, user, all);
        }
    };
    list("feed", world.feeds);
    list("shown-feed", world.shownFeeds);
    for (const auto& [id, n] : world.cachedLikes) line("likes", id, std::to_string(n));
    for (const auto& [id, n] : world.cachedUnread) line("unread", id, std::to_string(n));
    for (const auto& [id, s] : world.snapshots)
        line("snapshot", id, std::to_string(s.version) + "/" + std::to_string(s.likes));
    for (const auto& [id, c] : world.likeCounts) line("like-count", id, std::to_string(c.count));
    for (const auto& [id, c] : world.followerCounts) line("followers", id, std::to_string(c.count));
    for (const auto& [id, p] : world.feedPosts)
        line("feed-post", id, std::to_string(p.version) + (p.deleted ? "x" : ""));
    for (const auto& [id, p] : world.posts)
        line("post", id, std::to_string(p.version) + (p.deleted ? "x" : "") + " " + std::to_string(p.media.size()));
    for (const auto& [id, m] : world.media) line("media", id, m.state);
    for (const auto& edge : world.feedEdges) line("edge", edge.first, edge.second);
    for (const auto& [id, n] : world.notifications)
        line("notification", id, n.recipient + n.actor + n.post + n.type + (n.seen ? "s" : ""));
    for (const auto& [id, m] : world.messages)
        line("message", id, m.conversation + "#" + std::to_string(m.seq) + m.text + (m.read ? "r" : ""));
    return text;
}

}  // namespace nova::test
