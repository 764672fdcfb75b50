#include "social/like_store.h"

#include "kit/outbox/outbox.h"
#include "kit/postgres/idempotency.h"
#include "kit/postgres/pool.h"
#include "kit/rpc/server.h"
#include "kit/runtime/times.h"
#include "social/social_events.h"

namespace nova::social {
namespace {

constexpr const char* span = "likes + outbox";

// No row: the post is not known. Else author, deleted, count and version after the change (null: nothing changed), the
// event's time, count and version before.
#define NOVA_LIKE_ANSWER                                                                                             \
    " SELECT p.author_id, p.deleted, c.count, c.version, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint," \
    " COALESCE(n.count, 0), COALESCE(n.version, 0)"                                                                  \
    " FROM p LEFT JOIN c ON true LEFT JOIN like_counts n ON n.post_id = $1"
constexpr const char* likeSql =
    "WITH p AS (SELECT author_id, deleted FROM post_authors WHERE post_id = $1),"
    " l AS (INSERT INTO likes (post_id, user_id) SELECT $1::uuid, $2::uuid FROM p WHERE NOT deleted"
    "       ON CONFLICT DO NOTHING RETURNING 1),"
    " c AS (INSERT INTO like_counts AS n (post_id, count, version) SELECT $1::uuid, 1, 1 FROM l"
    "       ON CONFLICT (post_id) DO UPDATE SET count = n.count + 1, version = n.version + 1 RETURNING count, "
    "version)" NOVA_LIKE_ANSWER;
// By an upsert as well: it waits for a concurrent change of the count and goes on from there.
constexpr const char* unlikeSql =
    "WITH p AS (SELECT author_id, deleted FROM post_authors WHERE post_id = $1),"
    " l AS (DELETE FROM likes WHERE post_id = $1 AND user_id = $2 AND EXISTS (SELECT FROM p WHERE NOT deleted) "
    "RETURNING 1),"
    " c AS (INSERT INTO like_counts AS n (post_id, count, version) SELECT $1::uuid, 0, 1 FROM l"
    "       ON CONFLICT (post_id) DO UPDATE SET count = n.count - 1, version = n.version + 1 RETURNING count, "
    "version)" NOVA_LIKE_ANSWER;

kit::Error notFound(const std::string& post) {
    return {kit::ErrorKind::notFound, "there is no post " + post, {}};
}

// Rolls the claim of a key back when the post has to be asked for first.
struct Unknown {
    bool seen = false;
    [[noreturn]] void leave(kit::Transaction& t, const std::string& post) {
        seen = true;
        t.refuse(notFound(post));
    }
};

LikeCount presentCount(kit::Transaction& t, const std::string& post) {
    const auto rows = t.exec("SELECT count, version FROM like_counts WHERE post_id = $1", post);
    if (rows.empty()) return {post, 0, 0};
    return {post, rows[0][0].as<std::int64_t>(), rows[0][1].as<std::int64_t>()};
}

}  // namespace

LikeAnswer LikeStore::change(kit::Transaction& t, bool liking, const std::string& user, const std::string& post,
                             LikeChange* unpublished) {
    const auto rows = t.exec(liking ? likeSql : unlikeSql, post, user);
    if (rows.empty()) return {};
    const auto& row = rows[0];
    if (row[1].as<bool>()) t.refuse(notFound(post));
    if (row[2].is_null()) {
        kit::noteRepeated();
        return {true, {post, row[5].as<std::int64_t>(), row[6].as<std::int64_t>()}};
    }
    const LikeChange change{post,
                            user,
                            row[0].as<std::string>(),
                            row[2].as<std::int64_t>(),
                            row[3].as<std::int64_t>(),
                            kit::fromMicros(row[4].as<std::int64_t>())};
    if (unpublished)
        *unpublished = change;
    else
        m_outbox.emit(t, liking ? postLiked(change) : postUnliked(change));
    return {true, {post, change.count, change.version}};
}

kit::Result<LikeAnswer> LikeStore::like(const std::string& user, const std::string& post,
                                        const std::string& idempotencyKey, LikeChange* unpublished) {
    if (!kit::isUuid(post)) return notFound(post);
    if (!idempotencyKey.empty()) {
        if (auto fine = kit::checkKey(idempotencyKey); !fine) return fine.error();
    }
    Unknown unknown;
    auto answer = m_pool.run<LikeAnswer>(span, [&](kit::Transaction& t) {
        if (!idempotencyKey.empty() && kit::claimKey(t, {user, idempotencyKey, "likePost", post}, post)) {
            kit::noteRepeated();
            return LikeAnswer{true, presentCount(t, post)};
        }
        auto done = change(t, true, user, post, unpublished);
        if (!done.knownPost) unknown.leave(t, post);
        return done;
    });
    if (unknown.seen) return LikeAnswer{};
    return answer;
}

kit::Result<LikeAnswer> LikeStore::unlike(const std::string& user, const std::string& post, LikeChange* unpublished) {
    if (!kit::isUuid(post)) return notFound(post);
    return m_pool.run<LikeAnswer>(span, [&](kit::Transaction& t) { return change(t, false, user, post, unpublished); });
}

kit::Result<LikeAnswer> LikeStore::takeBack(const std::string& user, const std::string& post,
                                            const std::string& idempotencyKey) {
    return m_pool.run<LikeAnswer>("likes", [&](kit::Transaction& t) {
        if (!idempotencyKey.empty())
            t.exec("DELETE FROM idempotency_keys WHERE user_id = $1 AND key = $2", user, idempotencyKey);
        LikeChange unpublished;
        return change(t, false, user, post, &unpublished);
    });
}

kit::Result<std::vector<PostStats>> LikeStore::stats(const std::string& user, const std::vector<std::string>& posts) {
    if (posts.size() > 1'000) return kit::badInput("at most 1,000 posts can be asked for at once");
    std::vector<std::string> valid;
    for (const auto& id : posts)
        if (kit::isUuid(id)) valid.push_back(id);
    return m_pool.run<std::vector<PostStats>>("likes", [&](kit::Transaction& t) {
        const auto rows = t.exec(
            "SELECT p.id, COALESCE(n.count, 0), l.user_id IS NOT NULL FROM unnest($1::uuid[]) AS p (id)"
            " LEFT JOIN like_counts n ON n.post_id = p.id"
            " LEFT JOIN likes l ON l.post_id = p.id AND l.user_id = NULLIF($2, '')::uuid",
            kit::sqlArray(valid), user);
        std::vector<PostStats> stats;
        for (const auto& row : rows)
            stats.push_back({row[0].as<std::string>(), row[1].as<std::int64_t>(), row[2].as<bool>()});
        return stats;
    });
}

kit::Result<std::vector<LikeCount>> LikeStore::countsAfter(const std::string& post, int limit) {
    return m_pool.run<std::vector<LikeCount>>("like_counts", [&](kit::Transaction& t) {
        std::vector<LikeCount> counts;
        for (const auto& row : t.exec("SELECT post_id, count, version FROM like_counts WHERE post_id > $1"
                                      " ORDER BY post_id LIMIT $2",
                                      post, limit))
            counts.push_back({row[0].as<std::string>(), row[1].as<std::int64_t>(), row[2].as<std::int64_t>()});
        return counts;
    });
}

}  // namespace nova::social
