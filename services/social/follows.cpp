#include "social/follows.h"

#include "kit/outbox/outbox.h"
#include "kit/postgres/pool.h"
#include "kit/rpc/server.h"
#include "kit/runtime/times.h"
#include "social/social_events.h"

namespace nova::social {
namespace {

// One row: count and version after the change (null: nothing changed), the event's time, the count before.
constexpr const char* followSql =
    "WITH f AS (INSERT INTO follows (follower_id, followee_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1),"
    " c AS (INSERT INTO follower_counts AS n (user_id, count, version) SELECT $2::uuid, 1, 1 FROM f"
    "       ON CONFLICT (user_id) DO UPDATE SET count = n.count + 1, version = n.version + 1 RETURNING count, version)"
    " SELECT c.count, c.version, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,"
    " COALESCE((SELECT count FROM follower_counts WHERE user_id = $2), 0) FROM (SELECT 1) one LEFT JOIN c ON true";
// By an upsert as well: it waits for a concurrent change of the count and goes on from there.
constexpr const char* unfollowSql =
    "WITH f AS (DELETE FROM follows WHERE follower_id = $1 AND followee_id = $2 RETURNING 1),"
    " c AS (INSERT INTO follower_counts AS n (user_id, count, version) SELECT $2::uuid, 0, 1 FROM f"
    "       ON CONFLICT (user_id) DO UPDATE SET count = n.count - 1, version = n.version + 1 RETURNING count, version)"
    " SELECT c.count, c.version, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,"
    " COALESCE((SELECT count FROM follower_counts WHERE user_id = $2), 0) FROM (SELECT 1) one LEFT JOIN c ON true";

}  // namespace

kit::Result<std::int64_t> Follows::follow(const std::string& follower, const std::string& followee,
                                          FollowChange* unpublished) {
    return change(followSql, true, follower, followee, unpublished);
}

kit::Result<std::int64_t> Follows::unfollow(const std::string& follower, const std::string& followee,
                                            FollowChange* unpublished) {
    return change(unfollowSql, false, follower, followee, unpublished);
}

kit::Result<std::int64_t> Follows::change(const char* sql, bool following, const std::string& follower,
                                          const std::string& followee, FollowChange* unpublished) {
    if (!kit::isUuid(followee)) return kit::badInput("the user to follow is named by an id");
    if (follower == followee) return kit::badInput("you cannot follow yourself");
    return m_pool.run<std::int64_t>("follows + outbox", [&](kit::Transaction& t) {
        const auto rows = t.exec(sql, follower, followee);
        if (rows[0][0].is_null()) {
            kit::noteRepeated();
            return rows[0][3].as<std::int64_t>();
        }
        const FollowChange change{follower, followee, rows[0][0].as<std::int64_t>(), rows[0][1].as<std::int64_t>(),
                                  kit::fromMicros(rows[0][2].as<std::int64_t>())};
        if (unpublished)
            *unpublished = change;
        else
            m_outbox.emit(t, following ? userFollowed(change) : userUnfollowed(change));
        return change.count;
    });
}

kit::Result<FollowerPage> Follows::followers(const std::string& followee, int first, const std::string& after) {
    if (first < 1 || first > 1000) return kit::badInput("first is 1 to 1000");
    if (!after.empty() && !kit::isUuid(after)) return kit::badInput("after is not a cursor of an earlier page");
    if (!kit::isUuid(followee)) return FollowerPage{};
    const std::string from = after.empty() ? "00000000-0000-0000-0000-000000000000" : after;
    return m_pool.run<FollowerPage>("follows", [&](kit::Transaction& t) {
        const auto rows = t.exec(
            "SELECT follower_id FROM follows WHERE followee_id = $1 AND follower_id > $2"
            " ORDER BY follower_id LIMIT $3",
            followee, from, first + 1);
        FollowerPage page;
        for (const auto& row : rows) page.followers.push_back(row[0].as<std::string>());
        page.hasMore = page.followers.size() > static_cast<std::size_t>(first);
        if (page.hasMore) page.followers.pop_back();
        if (!page.followers.empty()) page.endCursor = page.followers.back();
        return page;
    });
}

kit::Result<std::map<std::string, std::int64_t>> Follows::counts(const std::vector<std::string>& users) {
    using Counts = std::map<std::string, std::int64_t>;
    if (users.size() > 1'000) return kit::badInput("at most 1,000 users can be asked for at once");
    std::vector<std::string> valid;
    for (const auto& id : users)
        if (kit::isUuid(id)) valid.push_back(id);
    return m_pool.run<Counts>("follower_counts", [&](kit::Transaction& t) {
        Counts counts;
        for (const auto& row :
             t.exec("SELECT user_id, count FROM follower_counts WHERE user_id = ANY($1::uuid[])", kit::sqlArray(valid)))
            counts[row[0].as<std::string>()] = row[1].as<std::int64_t>();
        return counts;
    });
}

}  // namespace nova::social
