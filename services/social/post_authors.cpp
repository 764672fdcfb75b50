#include "social/post_authors.h"

#include <grpcpp/channel.h>

#include "kit/consume/shared_span.h"
#include "kit/postgres/pool.h"
#include "kit/rpc/client.h"
#include "nova/rpc/v1/content.grpc.pb.h"

namespace nova::social {

using Applied = std::set<std::string>;

kit::Result<Applied> PostAuthors::note(const std::vector<PostAuthor>& posts,
                                       const std::vector<kit::trace::Context>& owners) {
    std::vector<std::string> ids, authors, versions, deleted;
    for (const auto& post : posts) {
        ids.push_back(post.postId);
        authors.push_back(post.authorId);
        versions.push_back(std::to_string(post.version));
        deleted.push_back(post.deleted ? "t" : "f");
    }
    kit::SharedSpan span("post_authors", "sql", owners);
    auto applied = m_pool.run<Applied>(nullptr, [&](kit::Transaction& t) {
        const auto rows = t.exec(
            "INSERT INTO post_authors AS a (post_id, author_id, version, deleted)"
            " SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::boolean[]) AS n (id) ORDER BY id"
            " ON CONFLICT (post_id) DO UPDATE SET version = excluded.version, deleted = a.deleted OR excluded.deleted"
            " WHERE excluded.version > a.version RETURNING post_id",
            kit::sqlArray(ids), kit::sqlArray(authors), kit::sqlArray(versions), kit::sqlArray(deleted));
        Applied newer;
        for (const auto& row : rows) newer.insert(row[0].as<std::string>());
        return newer;
    });
    if (!applied) span.fail(applied.error().what);
    return applied;
}

kit::Result<std::vector<PostAuthor>> PostAuthors::ask(const std::vector<std::string>& ids) {
    rpc::v1::GetPostsRequest request;
    for (const auto& id : ids) request.add_ids(id);
    request.set_with_deleted(true);
    auto reply =
        kit::unary<rpc::v1::Content>(m_clients, {"content-service", "Content/GetPosts", {}, std::chrono::seconds{2}},
                                     &rpc::v1::Content::Stub::GetPosts, request, true);
    if (!reply) return reply.error();
    std::vector<PostAuthor> posts;
    for (const auto& post : reply.value().posts())
        posts.push_back({post.id(), post.author_id(), post.version(), post.deleted()});
    return posts;
}

kit::Result<void> PostAuthors::learn(const std::string& postId) {
    auto posts = ask({postId});
    if (!posts) return posts.error();
    if (posts.value().empty()) return kit::Error{kit::ErrorKind::notFound, "there is no post " + postId, {}};
    auto noted = note(posts.value(), {kit::trace::current()});
    if (!noted) return noted.error();
    return kit::outcome::success();
}

}  // namespace nova::social
