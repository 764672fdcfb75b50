#include "content/store.h"

#include "content/post_events.h"
#include "content/post_rows.h"
#include "kit/postgres/idempotency.h"
#include "kit/postgres/pool.h"
#include "kit/rpc/auth.h"
#include "kit/rpc/server.h"
#include "kit/runtime/text.h"
#include "kit/runtime/times.h"

namespace nova::content {
namespace {

constexpr std::size_t charactersPerPost = 10'000;
constexpr std::size_t idsPerCall = 1'000;
constexpr const char* span = "posts + outbox";

kit::Error notFound(const std::string& id) {
    return {kit::ErrorKind::notFound, "there is no post " + id, {}};
}

kit::Result<void> checkContent(const std::string& content) {
    const auto length = kit::codePoints(content);
    if (!length) return kit::badInput("a post is valid UTF-8 without U+0000");
    if (*length < 1 || *length > charactersPerPost) return kit::badInput("a post is 1 to 10,000 characters long");
    return kit::outcome::success();
}

std::vector<std::string> uuids(const std::vector<std::string>& ids) {
    std::vector<std::string> valid;
    for (const auto& id : ids)
        if (kit::isUuid(id)) valid.push_back(id);
    return valid;
}

// Says why no row of the author's was changed.
[[noreturn]] void refuse(kit::Transaction& t, const kit::Claims& author, const std::string& id) {
    const auto rows = t.exec("SELECT author_id, version FROM posts WHERE id = $1 AND deleted_at IS NULL", id);
    if (rows.empty()) t.refuse(notFound(id));
    if (rows[0][0].as<std::string>() != author.userId)
        t.refuse({kit::ErrorKind::forbidden, "the post " + id + " is another user's", {}});
    t.refuse({kit::ErrorKind::conflict, "the post " + id + " is at version " + rows[0][1].as<std::string>() + " now",
              "read it again and repeat the change"});
}

// The author's post before a change of it; waits for a concurrent change.
std::optional<Post> present(kit::Transaction& t, const kit::Claims& author, const std::string& id) {
    const auto rows = t.exec("SELECT " NOVA_POST_COLUMNS
                             " FROM posts WHERE id = $1 AND author_id = $2 AND deleted_at IS NULL FOR UPDATE",
                             id, author.userId);
    return rows.empty() ? std::nullopt : std::optional(postOf(rows[0]));
}

}  // namespace

Post Store::insert(kit::Transaction& t, const std::string& id, const kit::Claims& author, const std::string& content,
                   Undo* undo) {
    const auto rows = t.exec(
        "INSERT INTO posts (id, author_id, user_tier, content) VALUES ($1, $2, $3, $4)"
        " RETURNING (extract(epoch FROM created_at) * 1000000)::bigint, version",
        id, author.userId, author.tier, content);
    Post post{.id = id,
              .authorId = author.userId,
              .userTier = author.tier,
              .content = content,
              .mediaIds = {},
              .version = rows[0][1].as<std::int64_t>(),
              .createdAt = kit::fromMicros(rows[0][0].as<std::int64_t>()),
              .updatedAt = {},
              .deleted = false};
    post.updatedAt = post.createdAt;
    if (undo)
        undo->after = post;
    else
        m_outbox.emit(t, postCreated(post));
    return post;
}

kit::Result<Post> Store::create(const kit::Claims& author, const std::string& content,
                                const std::string& idempotencyKey, Undo* undo) {
    if (auto fine = checkContent(content); !fine) return fine.error();
    const std::string id = kit::newUuid();
    if (idempotencyKey.empty())
        return m_pool.run<Post>(span, [&](kit::Transaction& t) { return insert(t, id, author, content, undo); });
    if (auto fine = kit::checkKey(idempotencyKey); !fine) return fine.error();
    return m_pool.run<Post>(span, [&](kit::Transaction& t) {
        const auto before = kit::claimKey(t, {author.userId, idempotencyKey, "createPost", content}, id);
        if (undo) undo->idempotencyKey = idempotencyKey;
        if (!before) return insert(t, id, author, content, undo);
        const auto rows =
            t.exec("SELECT " NOVA_POST_COLUMNS " FROM posts WHERE id = $1 AND deleted_at IS NULL", *before);
        if (rows.empty()) t.refuse(notFound(*before));
        kit::noteRepeated();
        return postOf(rows[0]);
    });
}

kit::Result<Post> Store::update(const kit::Claims& author, const std::string& id, const std::string& content,
                                std::optional<std::int64_t> expectedVersion, Undo* undo) {
    if (auto fine = checkContent(content); !fine) return fine.error();
    if (!kit::isUuid(id)) return notFound(id);
    const std::string expected = expectedVersion ? std::to_string(*expectedVersion) : std::string();
    return m_pool.run<Post>(span, [&](kit::Transaction& t) {
        if (undo) undo->before = present(t, author, id);
        const auto rows = t.exec(
            "UPDATE posts SET content = $2, version = version + 1, updated_at = clock_timestamp()"
            " WHERE id = $1 AND author_id = $3 AND deleted_at IS NULL AND version = COALESCE(NULLIF($4, '')::bigint, "
            "version)"
            " RETURNING " NOVA_POST_COLUMNS,
            id, content, author.userId, expected);
        if (rows.empty()) refuse(t, author, id);
        Post post = postOf(rows[0]);
        if (undo)
            undo->after = post;
        else
            m_outbox.emit(t, postUpdated(post));
        return post;
    });
}

kit::Result<Post> Store::remove(const kit::Claims& author, const std::string& id, Undo* undo) {
    if (!kit::isUuid(id)) return notFound(id);
    return m_pool.run<Post>(span, [&](kit::Transaction& t) {
        if (undo) undo->before = present(t, author, id);
        const auto rows = t.exec(
            "UPDATE posts SET deleted_at = now.at, updated_at = now.at, version = version + 1"
            " FROM (SELECT clock_timestamp() AS at) now WHERE id = $1 AND author_id = $2 AND deleted_at IS NULL"
            " RETURNING " NOVA_POST_COLUMNS,
            id, author.userId);
        if (rows.empty()) refuse(t, author, id);
        const Post post = postOf(rows[0]);
        if (undo)
            undo->after = post;
        else
            m_outbox.emit(t, postDeleted(post));
        return post;
    });
}

kit::Result<std::optional<Post>> Store::takeBack(const Undo& change) {
    const Post& former = change.before ? *change.before : change.after;
    return m_pool.run<std::optional<Post>>("posts", [&](kit::Transaction& t) -> std::optional<Post> {
        if (!change.idempotencyKey.empty())
            t.exec("DELETE FROM idempotency_keys WHERE user_id = $1 AND key = $2", former.authorId,
                   change.idempotencyKey);
        const auto rows = t.exec(
            "UPDATE posts SET content = $3, media_ids = $4::uuid[], version = version + 1, updated_at = now.at,"
            " deleted_at = CASE WHEN $5::boolean THEN now.at END"
            " FROM (SELECT clock_timestamp() AS at) now WHERE id = $1 AND version = $2 RETURNING " NOVA_POST_COLUMNS,
            former.id, change.after.version, former.content, kit::sqlArray(former.mediaIds), !change.before);
        return rows.empty() ? std::nullopt : std::optional(postOf(rows[0]));
    });
}

kit::Result<std::vector<Post>> Store::get(const std::vector<std::string>& ids, bool withDeleted) {
    if (ids.size() > idsPerCall) return kit::badInput("at most 1,000 posts can be asked for at once");
    return m_pool.run<std::vector<Post>>("posts", [&](kit::Transaction& t) {
        const auto rows = t.exec("SELECT " NOVA_POST_COLUMNS
                                 " FROM posts"
                                 " WHERE id = ANY($1::uuid[]) AND ($2::boolean OR deleted_at IS NULL)",
                                 kit::sqlArray(uuids(ids)), withDeleted);
        std::vector<Post> posts;
        for (const auto& row : rows) {
            posts.push_back(postOf(row));
            if (posts.back().deleted) posts.back().content.clear();
        }
        return posts;
    });
}

kit::Result<Page> Store::list(const std::vector<std::string>& authorIds, int first, const std::string& after) {
    if (first < 1 || first > 100) return kit::badInput("first is 1 to 100");
    if (authorIds.size() > idsPerCall) return kit::badInput("at most 1,000 authors can be asked for at once");
    const auto place =
        after.empty() ? Place{4'000'000'000'000'000, "ffffffff-ffff-ffff-ffff-ffffffffffff"} : placeOf(after);
    if (!place) return kit::badInput("after is not a cursor of an earlier page");
    return m_pool.run<Page>("posts", [&](kit::Transaction& t) {
        const auto rows = t.exec("SELECT " NOVA_POST_COLUMNS
                                 " FROM posts WHERE author_id = ANY($1::uuid[])"
                                 " AND deleted_at IS NULL AND (created_at, id) <"
                                 " (timestamptz 'epoch' + $2::bigint * interval '1 microsecond', $3::uuid)"
                                 " ORDER BY created_at DESC, id DESC LIMIT $4",
                                 kit::sqlArray(uuids(authorIds)), place->createdMicros, place->id, first + 1);
        Page page;
        for (const auto& row : rows) page.posts.push_back(postOf(row));
        page.hasMore = page.posts.size() > static_cast<std::size_t>(first);
        if (page.hasMore) page.posts.pop_back();
        if (!page.posts.empty()) page.endCursor = cursorOf(page.posts.back());
        return page;
    });
}

}  // namespace nova::content
