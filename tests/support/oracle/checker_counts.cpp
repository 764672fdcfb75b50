// Invariant 6: every count, copy and cache says what the rows say.
#include "tests/support/oracle/accusations.h"

namespace nova::test {
namespace {

std::string both(const std::string& id, std::int64_t is, std::int64_t should) {
    return id + " is " + std::to_string(is) + ", should be " + std::to_string(should);
}

std::map<std::string, std::int64_t> tally(const std::set<Pair>& pairs, bool bySecond) {
    std::map<std::string, std::int64_t> counts;
    for (const auto& [first, second] : pairs) ++counts[bySecond ? second : first];
    return counts;
}

std::int64_t of(const std::map<std::string, std::int64_t>& counts, const std::string& id) {
    const auto found = counts.find(id);
    return found == counts.end() ? 0 : found->second;
}

void checkLikes(const World& world, Accusations& out) {
    const auto truth = tally(world.likes, false);
    const auto expect = [&](const char* what, const std::string& id, std::int64_t is) {
        out.expect(is == of(truth, id), 6, what, both(id, is, of(truth, id)));
    };
    for (const auto& [id, n] : truth) out.expect(world.likeCounts.contains(id), 6, "a liked post without a count", id);
    for (const auto& [id, count] : world.likeCounts) {
        expect("like_counts differs from the likes", id, count.count);
        const auto copy = world.feedLikes.find(id);
        out.expect(copy != world.feedLikes.end() && copy->second == count, 6, "feed-service's copy of a count is old",
                   id);
        const auto cached = world.cachedLikes.find(id);
        expect("likes:{post} in Redis differs from the likes", id,
               cached == world.cachedLikes.end() ? -1 : cached->second);
    }
    for (const auto& [id, snapshot] : world.snapshots) {
        expect("a snapshot's likes differ from the likes", id, snapshot.likes);
        const auto row = world.posts.find(id);
        if (row != world.posts.end() && !row->second.deleted)
            out.expect(snapshot.version == row->second.version, 6, "a snapshot is of an old version", id);
    }
    for (const auto& [id, shown] : world.shownPosts)
        if (shown.there) expect("a shown like count differs from the likes", id, shown.likes);
}

void checkFollows(const World& world, Accusations& out) {
    const auto truth = tally(world.follows, true);
    for (const auto& [id, count] : world.followerCounts)
        out.expect(count.count == of(truth, id), 6, "follower_counts differs from the follows",
                   both(id, count.count, of(truth, id)));
    for (const auto& [id, shown] : world.shownFollowers)
        out.expect(shown == of(truth, id), 6, "a shown follower count differs from the follows",
                   both(id, shown, of(truth, id)));
    for (const auto& edge : world.follows)
        out.expect(world.feedEdges.contains(edge), 6, "feed-service does not know an edge",
                   edge.first + "/" + edge.second);
    for (const auto& edge : world.feedEdges)
        out.expect(world.follows.contains(edge), 6, "feed-service holds an edge that is gone",
                   edge.first + "/" + edge.second);
}

void checkCopies(const std::map<std::string, Versioned>& copies, const char* whose, const World& world,
                 Accusations& out) {
    for (const auto& [id, row] : world.posts) {
        const auto copy = copies.find(id);
        const bool same =
            copy != copies.end() && copy->second.version == row.version && copy->second.deleted == row.deleted;
        out.expect(same, 6, std::string("a copy of a post is old: ") + whose, id);
    }
}

// One for a like of another's post and for a follow, however often it is taken back and given again.
void checkNotifications(const World& world, Accusations& out) {
    if (!world.withNotifications) return;
    std::map<std::string, std::int64_t> facts, rows, unread;
    const auto name = [](const std::string& type, const std::string& to, const std::string& by,
                         const std::string& post) { return type + " " + post + " by " + by + " to " + to; };
    for (const auto& e : world.events) {
        if (e.type != "PostLiked" && e.type != "UserFollowed") continue;
        if (e.actor == e.recipient) continue;
        const bool like = e.type == "PostLiked";
        facts[name(like ? "like" : "follow", e.recipient, e.actor, like ? e.subject : "")] = 1;
    }
    for (const auto& [id, row] : world.notifications) {
        ++rows[name(row.type, row.recipient, row.actor, row.post)];
        if (!row.seen) ++unread[row.recipient];
    }
    for (const auto& [fact, n] : facts)
        out.expect(of(rows, fact) == n, 6, "not one notification a fact", both(fact, of(rows, fact), n));
    for (const auto& [fact, n] : rows) out.expect(facts.contains(fact), 6, "a notification of nothing", fact);
    for (const auto& user : world.users) {
        const auto cached = world.cachedUnread.find(user);
        if (cached != world.cachedUnread.end())
            out.expect(cached->second == of(unread, user), 6, "unread:{user} in Redis differs from the rows",
                       both(user, cached->second, of(unread, user)));
        const auto shown = world.shownUnread.find(user);
        if (shown != world.shownUnread.end())
            out.expect(shown->second == of(unread, user), 6, "the shown unread count differs from the rows",
                       both(user, shown->second, of(unread, user)));
    }
}

}  // namespace

void checkCounts(const World& world, Accusations& out) {
    checkLikes(world, out);
    checkFollows(world, out);
    checkCopies(world.feedPosts, "feed-service", world, out);
    checkCopies(world.postAuthors, "social-service", world, out);
    checkNotifications(world, out);
    for (const auto& letter : world.deadLetters)
        out.add(6, "a dead letter",
                letter.topic + "/" + std::to_string(letter.partition) + "@" + std::to_string(letter.offset));
}

}  // namespace nova::test
