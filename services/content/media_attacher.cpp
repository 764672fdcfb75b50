#include "content/media_attacher.h"

#include <algorithm>

#include "content/post_events.h"
#include "content/post_rows.h"
#include "kit/consume/shared_span.h"
#include "kit/outbox/outbox.h"
#include "kit/postgres/pool.h"

namespace nova::content {
namespace {

constexpr std::size_t mostMedia = 100;  // per post: an event carries all their ids

// Says why the row was not changed, or returns it when it is as wanted already.
Post unchanged(kit::Transaction& t, const Attachment& wanted) {
    const auto rows =
        t.exec("SELECT " NOVA_POST_COLUMNS " FROM posts WHERE id = $1 AND deleted_at IS NULL", wanted.postId);
    if (rows.empty()) t.refuse({kit::ErrorKind::notFound, "there is no post " + wanted.postId, {}});
    Post post = postOf(rows[0]);
    if (post.authorId != wanted.ownerId)
        t.refuse({kit::ErrorKind::forbidden, "the post " + wanted.postId + " is another user's", {}});
    const bool there = std::ranges::find(post.mediaIds, wanted.mediaId) != post.mediaIds.end();
    if (there == wanted.detach)
        t.refuse(kit::badInput("the post " + wanted.postId + " has " + std::to_string(mostMedia) + " media already"));
    return post;
}

constexpr const char* attachSql =
    "UPDATE posts SET media_ids = array_append(media_ids, $3::uuid), version = version + 1,"
    " updated_at = clock_timestamp() WHERE id = $1 AND author_id = $2 AND deleted_at IS NULL"
    " AND NOT $3::uuid = ANY(media_ids) AND cardinality(media_ids) < $4 RETURNING " NOVA_POST_COLUMNS;
constexpr const char* detachSql =
    "UPDATE posts SET media_ids = array_remove(media_ids, $3::uuid), version = version + 1,"
    " updated_at = clock_timestamp() WHERE id = $1 AND author_id = $2 AND deleted_at IS NULL"
    " AND $3::uuid = ANY(media_ids) AND $4 > 0 RETURNING " NOVA_POST_COLUMNS;

}  // namespace

kit::Result<Attached> MediaAttacher::apply(const Attachment& attachment, const kit::trace::Context& owner,
                                           Announce announce) {
    for (const auto* id : {&attachment.postId, &attachment.mediaId, &attachment.ownerId})
        if (!kit::isUuid(*id)) return kit::Error{kit::ErrorKind::notFound, "there is no post or media " + *id, {}};
    kit::SharedSpan span(announce == Announce::yes ? "posts + outbox" : "posts", "sql", {owner});
    auto applied = m_pool.run<Attached>(nullptr, [&](kit::Transaction& t) {
        const auto rows = t.exec(attachment.detach ? detachSql : attachSql, attachment.postId, attachment.ownerId,
                                 attachment.mediaId, mostMedia);
        if (rows.empty()) return Attached{unchanged(t, attachment), false};
        Post post = postOf(rows[0]);
        if (announce == Announce::yes) m_outbox.emit(t, postUpdated(post));
        return Attached{std::move(post), true};
    });
    if (!applied) span.fail(applied.error().what);
    if (applied && applied.value().changed && !attachment.detach) span.effect(owner, "attach", 1);
    return applied;
}

}  // namespace nova::content
