// Invariants 4 and 5: who sees which post.
#include <algorithm>
#include <set>

#include "tests/support/oracle/accusations.h"

namespace nova::test {
namespace {

constexpr std::size_t cap = 500;

struct Relation {
    std::int64_t since = 0;  // when the acknowledged follow that stands had ended; 0: none stands
    bool unclear = false;    // an unclear answer: it may change at any time
};

std::map<Pair, Relation> relations(const std::vector<Op>& ops) {
    std::map<Pair, Relation> all;
    for (const Op& op : ops) {
        if (op.answer == Answer::fail || (op.kind != Kind::follow && op.kind != Kind::unfollow)) continue;
        auto& r = all[{op.user, op.target}];
        if (op.answer == Answer::info) r.unclear = true;
        if (op.answer != Answer::ok) continue;
        if (op.kind == Kind::unfollow)
            r.since = 0;
        else if (r.since == 0)
            r.since = op.ended;
    }
    return all;
}

// When the creation of each row was first asked for.
std::map<std::string, std::int64_t> begunTimes(const std::vector<Op>& ops, const World& world) {
    std::map<std::string, std::int64_t> byToken, byPost;
    for (const Op& op : ops)
        if (op.kind == Kind::createPost) byToken.try_emplace(op.token, op.begun);
    for (const auto& [id, row] : world.posts)
        if (const auto t = byToken.find(row.content.substr(0, row.content.find(' '))); t != byToken.end())
            byPost[id] = t->second;
    return byPost;
}

using Feeds = std::map<std::string, std::vector<std::string>>;

using Place = std::pair<std::int64_t, std::string>;  // in a feed: the greatest first

Place placeOf(const World& world, const std::string& post) {
    const auto row = world.posts.find(post);
    return {row == world.posts.end() ? 0 : row->second.createdMicros / 1000, post};
}

// The millisecond of the last post of each full feed. A full feed holds the newest of all that belong there: nothing
// newer is missing, and of one millisecond either of two may be the last. A feed that is not full lacks nothing.
std::map<std::string, std::int64_t> ends(const Feeds& feeds, const World& world) {
    std::map<std::string, std::int64_t> all;
    for (const auto& [user, posts] : feeds) {
        if (posts.size() < cap) continue;
        auto& end = all.try_emplace(user, placeOf(world, posts.front()).first).first->second;
        for (const auto& post : posts) end = std::min(end, placeOf(world, post).first);
    }
    return all;
}

class Presence {
public:
    Presence(const Feeds& feeds, const char* where, const World& world, Accusations& out)
        : m_feeds(feeds), m_where(where), m_world(world), m_out(out), m_ends(ends(feeds, world)) {}
    void judge(const std::string& post, const std::string& user, bool must) const {
        const auto feed = m_feeds.find(user);
        const auto times = feed == m_feeds.end() ? 0 : std::ranges::count(feed->second, post);
        const auto id = post + " of " + user;
        const auto end = m_ends.find(user);
        const bool beyond = end != m_ends.end() && placeOf(m_world, post).first <= end->second;
        if (must && times == 0 && !beyond) m_out.add(4, "a follower's " + m_where + " lacks a live post", id);
        if (times > 1) m_out.add(4, "a " + m_where + " holds a post twice", id);
        if (!must && times > 0) m_out.add(4, "a stranger's " + m_where + " holds a post", id);
    }

private:
    const Feeds& m_feeds;
    const std::string m_where;
    const World& m_world;
    Accusations& m_out;
    const std::map<std::string, std::int64_t> m_ends;
};

void checkPresence(const std::vector<Op>& ops, const World& world, Accusations& out) {
    const auto edges = relations(ops);
    const auto begun = begunTimes(ops, world);
    const Presence inRedis(world.feeds, "feed in Redis", world, out), shown(world.shownFeeds, "shown feed", world, out);
    for (const auto& [post, row] : world.posts) {
        const auto since = begun.find(post);
        if (row.deleted || since == begun.end()) continue;
        for (const auto& user : world.users) {
            const auto edge = edges.find({user, row.author});
            const auto relation = edge == edges.end() ? Relation{} : edge->second;
            const bool stranger = relation.since == 0, follower = !stranger && relation.since < since->second;
            if (relation.unclear || (!stranger && !follower)) continue;
            inRedis.judge(post, user, follower);
            if (world.shownFeeds.contains(user)) shown.judge(post, user, follower);
        }
    }
}

// Newest first, ties by id; no more than the cap.
void checkOrder(const World& world, Accusations& out) {
    for (const auto& [user, feed] : world.feeds) out.expect(feed.size() <= cap, 4, "a feed beyond its cap", user);
    for (const auto& [user, feed] : world.shownFeeds) {
        for (std::size_t i = 1; i < feed.size(); ++i) {
            const auto before = world.posts.find(feed[i - 1]), after = world.posts.find(feed[i]);
            if (before == world.posts.end() || after == world.posts.end()) continue;
            out.expect(placeOf(world, before->first) > placeOf(world, after->first), 4, "a shown feed is out of order",
                       user);
        }
    }
}

void checkGone(const World& world, Accusations& out) {
    std::set<std::string> gone;
    for (const auto& [id, row] : world.posts)
        if (row.deleted) gone.insert(id);
    const auto check = [&](const Feeds& feeds, const char* where) {
        for (const auto& [user, posts] : feeds)
            for (const auto& post : posts)
                out.expect(!gone.contains(post), 5, std::string("a deleted post in ") + where, post + " of " + user);
    };
    check(world.feeds, "a feed in Redis");
    check(world.shownFeeds, "a shown feed");
    check(world.shownLists, "the shown posts of its author");
    for (const auto& id : gone) {
        out.expect(!world.snapshots.contains(id), 5, "a snapshot of a deleted post", id);
        const auto shown = world.shownPosts.find(id);
        out.expect(shown == world.shownPosts.end() || !shown->second.there, 5, "a deleted post is shown", id);
    }
    for (const auto& [id, shown] : world.shownPosts)
        out.expect(shown.there || gone.contains(id), 1, "a live post is not shown", id);
}

}  // namespace

void checkFeeds(const std::vector<Op>& ops, const World& world, Accusations& out) {
    checkPresence(ops, world, out);
    checkOrder(world, out);
    checkGone(world, out);
}

}  // namespace nova::test
