#include "feed/projections.h"

#include <algorithm>
#include <string_view>

#include "contract/topics.h"
#include "feed/rows.h"
#include "kit/consume/gate.h"
#include "kit/postgres/pool.h"

namespace nova::feed {
namespace {

using kit::Result;
using kit::Transaction;

const std::string gateTopic{contract::topic::content};

std::string text(std::int64_t n) {
    return std::to_string(n);
}

// Lists for unnest(): one column each.
class Columns {
public:
    explicit Columns(std::size_t count) : m_columns(count) {}
    void add(std::vector<std::string> row) {
        for (std::size_t i = 0; i < row.size(); ++i) m_columns[i].push_back(std::move(row[i]));
    }
    std::string array(std::size_t column) const { return kit::sqlArray(m_columns[column]); }
    bool empty() const { return m_columns[0].empty(); }

private:
    std::vector<std::vector<std::string>> m_columns;
};

// The gates of these posts, locked in the order of their keys.
void lockGates(Transaction& t, const std::map<std::string, PostState>& posts, Noted& noted) {
    std::vector<std::string> ids;
    for (const auto& [id, post] : posts) ids.push_back(id);
    for (const auto& row :
         t.exec("SELECT g.key, g.version, COALESCE(p.deleted, false),"
                " COALESCE((extract(epoch FROM p.updated_at) * 1000000)::bigint, 0) FROM gate g LEFT JOIN feed_posts p"
                " ON p.id = g.key::uuid WHERE g.topic = $1 AND g.key = ANY($2::text[]) ORDER BY g.key FOR UPDATE OF g",
                gateTopic, kit::sqlArray(ids))) {
        noted.gates[row[0].as<std::string>()] = row[1].as<std::int64_t>();
        const auto id = row[0].as<std::string>();
        if (row[2].as<bool>()) noted.dead.insert(id);
        const PostState& post = posts.at(id);
        if (post.version > noted.gates[id] && post.updated < row[3].as<std::int64_t>()) noted.clock.insert(id);
    }
}

// The commit need not wait for the disk: raising the gate of a changed post commits after it and does, and until then
// the record's offset is not stored.
void upsert(Transaction& t, const std::map<std::string, PostState>& posts,
            const std::map<std::string, std::int64_t>& gates) {
    Columns rows(8);
    for (const auto& [id, p] : posts) {
        const auto gate = gates.find(id);
        if (gate != gates.end() && p.version <= gate->second) continue;
        rows.add({id, p.authorId, text(p.created), text(p.updated), text(p.version), p.deleted ? "t" : "f", p.content,
                  p.mediaIds});
    }
    if (rows.empty()) return;
    t.exec(
        "INSERT INTO feed_posts AS p (id, author_id, created_at, updated_at, version, deleted, content, media_ids)"
        " SELECT n.id, n.author, timestamptz 'epoch' + n.created * interval '1 microsecond',"
        "  timestamptz 'epoch' + n.updated * interval '1 microsecond', n.version, n.deleted, n.content, n.media"
        " FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::boolean[], $7::text[], "
        "$8::text[])"
        "  AS n (id, author, created, updated, version, deleted, content, media)"
        " ON CONFLICT (id) DO UPDATE SET updated_at = excluded.updated_at, version = excluded.version,"
        "  deleted = excluded.deleted, content = excluded.content, media_ids = excluded.media_ids"
        " WHERE excluded.version > p.version RETURNING set_config('synchronous_commit', 'off', true)",
        rows.array(0), rows.array(1), rows.array(2), rows.array(3), rows.array(4), rows.array(5), rows.array(6),
        rows.array(7));
}

void upsert(Transaction& t, const std::map<EdgeKey, EdgeChange>& edges, Noted& noted) {
    Columns rows(5);
    for (const auto& [key, e] : edges)
        rows.add({key.followee, key.follower, text(e.version), e.active ? "t" : "f", text(e.at)});
    if (rows.empty()) return;
    const auto applied = t.exec(
        "INSERT INTO follow_edges AS e (followee_id, follower_id, version, active, boundary)"
        " SELECT n.followee, n.follower, n.version, n.active, COALESCE("
        "  (SELECT p.created_at FROM feed_posts p WHERE p.author_id = n.followee AND NOT p.deleted"
        "   AND p.created_at <= timestamptz 'epoch' + n.at * interval '1 microsecond'"
        "   ORDER BY p.created_at DESC, p.id DESC OFFSET 19 LIMIT 1), '-infinity')"
        " FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::boolean[], $5::bigint[])"
        "  AS n (followee, follower, version, active, at)"
        " ON CONFLICT (followee_id, follower_id) DO UPDATE SET version = excluded.version, active = excluded.active,"
        "  boundary = excluded.boundary WHERE excluded.version > e.version RETURNING followee_id, follower_id",
        rows.array(0), rows.array(1), rows.array(2), rows.array(3), rows.array(4));
    for (const auto& row : applied) noted.edges.insert({row[0].as<std::string>(), row[1].as<std::string>()});
    for (const auto& row : t.exec("SELECT e.followee_id, e.follower_id, e.version FROM unnest($1::uuid[], $2::uuid[]) "
                                  "AS n (followee, follower)"
                                  " JOIN follow_edges e ON e.followee_id = n.followee AND e.follower_id = n.follower",
                                  rows.array(0), rows.array(1)))
        noted.edgeVersions[{row[0].as<std::string>(), row[1].as<std::string>()}] = row[2].as<std::int64_t>();
}

void upsert(Transaction& t, const std::map<std::string, LikesChange>& likes, Noted& noted) {
    Columns rows(3);
    for (const auto& [id, l] : likes) rows.add({id, text(l.count), text(l.version)});
    if (rows.empty()) return;
    for (const auto& row :
         t.exec("INSERT INTO feed_likes AS l (post_id, count, version)"
                " SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bigint[])"
                " ON CONFLICT (post_id) DO UPDATE SET count = excluded.count, version = excluded.version"
                " WHERE excluded.version > l.version RETURNING post_id",
                rows.array(0), rows.array(1), rows.array(2)))
        noted.likes.insert(row[0].as<std::string>());
}

void readPosts(Transaction& t, const std::vector<std::string>& posts, int followerLimit, Effects& effects) {
    if (posts.empty()) return;
    const auto rows =
        t.exec("SELECT " NOVA_FEED_POST_COLUMNS
               ", array_to_string(ARRAY("
               "  SELECT e.follower_id FROM follow_edges e WHERE e.followee_id = p.author_id AND (p.deleted"
               "  OR (e.active AND e.boundary <= p.created_at)) LIMIT $2), ' ')"
               " FROM feed_posts p LEFT JOIN feed_likes l ON l.post_id = p.id WHERE p.id = ANY($1::uuid[])",
               kit::sqlArray(posts), followerLimit + 1);
    for (const auto& row : rows) effects.posts.push_back({postOf(row), words(row[postColumns].as<std::string>())});
}

void readEdges(Transaction& t, const std::vector<EdgeKey>& edges, Effects& effects) {
    Columns keys(2);
    for (const auto& key : edges) keys.add({key.followee, key.follower});
    if (keys.empty()) return;
    const auto rows = t.exec(
        "SELECT e.followee_id, e.follower_id, e.version, e.active, p.id, floor(extract(epoch FROM p.created_at) * "
        "1000)::bigint"
        " FROM unnest($1::uuid[], $2::uuid[]) AS n (followee, follower)"
        " JOIN follow_edges e ON e.followee_id = n.followee AND e.follower_id = n.follower"
        " LEFT JOIN LATERAL (SELECT id, created_at FROM feed_posts WHERE author_id = e.followee_id AND NOT deleted AND "
        "e.active"
        "  AND created_at >= e.boundary ORDER BY created_at DESC, id DESC LIMIT $3) p ON true ORDER BY 1, 2",
        keys.array(0), keys.array(1), contract::key::feedCap);
    std::vector<std::string> posts;
    for (const auto& row : rows) {
        const EdgeKey key{row[0].as<std::string>(), row[1].as<std::string>()};
        if (effects.edges.empty() || effects.edges.back().key != key)
            effects.edges.push_back({key, row[2].as<std::int64_t>(), row[3].as<bool>(), {}, {key.follower}});
        if (row[4].is_null()) continue;
        effects.edges.back().posts.push_back({row[4].as<std::string>(), row[5].as<std::int64_t>()});
        posts.push_back(row[4].as<std::string>());
    }
    if (posts.empty()) return;
    for (const auto& row :
         t.exec("SELECT " NOVA_FEED_POST_COLUMNS " FROM feed_posts p"
                " LEFT JOIN feed_likes l ON l.post_id = p.id WHERE p.id = ANY($1::uuid[]) AND NOT p.deleted",
                kit::sqlArray(posts)))
        effects.backfilled[row[0].as<std::string>()] = postOf(row);
    // Deleted since the statement before.
    for (auto& edge : effects.edges)
        std::erase_if(edge.posts, [&](const PostRef& post) { return !effects.backfilled.contains(post.id); });
}

bool postsChanged(Transaction& t, const Written& written, std::set<std::string>& dead) {
    std::vector<std::string> ids;
    for (const auto& [id, version] : written.posts) ids.push_back(id);
    if (ids.empty()) return false;
    bool changed = false;
    for (const auto& row :
         t.exec("SELECT id, version, deleted FROM feed_posts WHERE id = ANY($1::uuid[])", kit::sqlArray(ids))) {
        if (row[1].as<std::int64_t>() == written.posts.at(row[0].as<std::string>())) continue;
        changed = true;
        if (row[2].as<bool>()) dead.insert(row[0].as<std::string>());
    }
    return changed;
}

bool edgesChanged(Transaction& t, const Written& written) {
    Columns keys(2);
    for (const auto& [key, version] : written.edges) keys.add({key.followee, key.follower});
    if (keys.empty()) return false;
    for (const auto& row : t.exec("SELECT e.followee_id, e.follower_id, e.version"
                                  " FROM unnest($1::uuid[], $2::uuid[]) AS n (followee, follower)"
                                  " JOIN follow_edges e ON e.followee_id = n.followee AND e.follower_id = n.follower",
                                  keys.array(0), keys.array(1)))
        if (row[2].as<std::int64_t>() != written.edges.at({row[0].as<std::string>(), row[1].as<std::string>()}))
            return true;
    return false;
}

// By the authors' ended edges, which are few: the index must not be probed for each pair of author and follower.
std::set<EdgeKey> unfollowed(Transaction& t, const Written& written) {
    std::vector<std::string> authors;
    std::set<std::string_view> followers;
    for (const auto& [author, lists] : written.fed) {
        authors.push_back(author);
        for (const auto* list : lists) followers.insert(list->begin(), list->end());
    }
    std::set<EdgeKey> left;
    if (followers.empty()) return left;
    for (const auto& row : t.exec("SELECT followee_id, follower_id FROM follow_edges WHERE NOT active"
                                  " AND followee_id = ANY($1::uuid[]) AND (follower_id = ANY($2::uuid[])) IS TRUE",
                                  kit::sqlArray(authors), kit::sqlArray({followers.begin(), followers.end()}))) {
        const EdgeKey key{row[0].as<std::string>(), row[1].as<std::string>()};
        const auto& lists = written.fed.at(key.followee);
        if (std::ranges::any_of(
                lists, [&](const auto* list) { return std::ranges::find(*list, key.follower) != list->end(); }))
            left.insert(key);
    }
    return left;
}

// A delete takes a running job over: from the first follower on again, removing now.
void requestJobs(Transaction& t, const std::vector<JobRequest>& jobs) {
    Columns rows(2);
    for (const auto& job : jobs) rows.add({job.postId, job.traceparent});
    if (rows.empty()) return;
    t.exec(
        "INSERT INTO fan_out_jobs (post_id, traceparent) SELECT * FROM unnest($1::uuid[], $2::text[])"
        " ON CONFLICT (post_id) DO UPDATE SET after_follower = '00000000-0000-0000-0000-000000000000',"
        "  traceparent = excluded.traceparent",
        rows.array(0), rows.array(1));
}

}  // namespace

Result<Noted> Projections::note(const Changes& changes) {
    return m_pool.run<Noted>(nullptr, [&](Transaction& t) {
        Noted noted;
        if (!changes.posts.empty()) {
            lockGates(t, changes.posts, noted);
            upsert(t, changes.posts, noted.gates);
        }
        upsert(t, changes.edges, noted);
        upsert(t, changes.likes, noted);
        return noted;
    });
}

Result<Effects> Projections::effects(const std::vector<std::string>& posts, const std::vector<EdgeKey>& edges,
                                     int followerLimit) {
    return m_pool.run<Effects>(nullptr, [&](Transaction& t) {
        Effects effects;
        readPosts(t, posts, followerLimit, effects);
        readEdges(t, edges, effects);
        return effects;
    });
}

Result<Settled> Projections::settle(const Written& written) {
    return m_pool.run<Settled>(nullptr, [&](Transaction& t) {
        Settled settled;
        settled.left = unfollowed(t, written);
        settled.changed = postsChanged(t, written, settled.dead) || edgesChanged(t, written) || !settled.left.empty();
        if (settled.changed) return settled;
        requestJobs(t, written.jobs);
        if (!written.gates.empty()) kit::gate::raise(t, gateTopic, written.gates);
        return settled;
    });
}

Result<std::map<EdgeKey, std::vector<std::string>>> Projections::authored(
    const std::map<EdgeKey, std::vector<std::string>>& posts) {
    using Posts = std::map<EdgeKey, std::vector<std::string>>;
    Columns rows(3);
    for (const auto& [key, ids] : posts)
        for (const auto& id : ids) rows.add({key.followee, key.follower, id});
    if (rows.empty()) return Posts{};
    return m_pool.run<Posts>(nullptr, [&](Transaction& t) {
        Posts found;
        for (const auto& row : t.exec("SELECT n.followee, n.follower, p.id"
                                      " FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS n (followee, follower, post)"
                                      " JOIN feed_posts p ON p.id = n.post AND p.author_id = n.followee",
                                      rows.array(0), rows.array(1), rows.array(2)))
            found[{row[0].as<std::string>(), row[1].as<std::string>()}].push_back(row[2].as<std::string>());
        return found;
    });
}

Result<std::vector<PostState>> Projections::posts(const std::vector<std::string>& ids) {
    return m_pool.run<std::vector<PostState>>("feed_posts", [&](Transaction& t) {
        std::vector<PostState> posts;
        for (const auto& row : t.exec("SELECT " NOVA_FEED_POST_COLUMNS " FROM feed_posts p"
                                      " LEFT JOIN feed_likes l ON l.post_id = p.id WHERE p.id = ANY($1::uuid[])",
                                      kit::sqlArray(ids)))
            posts.push_back(postOf(row));
        return posts;
    });
}

}  // namespace nova::feed
