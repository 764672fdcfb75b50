#include "content/content_rpc.h"

#include "content/store.h"
#include "kit/rpc/server.h"
#include "kit/runtime/times.h"

namespace nova::content {
namespace {

using kit::Claims;
using kit::NeedsUser;
using kit::Result;

void fill(rpc::v1::Post* to, const Post& post) {
    to->set_id(post.id);
    to->set_author_id(post.authorId);
    to->set_user_tier(post.userTier);
    to->set_content(post.content);
    for (const auto& media : post.mediaIds) to->add_media_ids(media);
    to->set_version(post.version);
    kit::setTime(to->mutable_created_at(), post.createdAt);
    kit::setTime(to->mutable_updated_at(), post.updatedAt);
    to->set_deleted(post.deleted);
}

Result<void> answer(rpc::v1::Post* reply, const Result<Post>& post) {
    if (!post) return post.error();
    fill(reply, post.value());
    return kit::outcome::success();
}

}  // namespace

grpc::Status ContentRpc::CreatePost(grpc::ServerContext* context, const rpc::v1::CreatePostRequest* request,
                                    rpc::v1::Post* reply) {
    return kit::serveCall(
        *context, {"Content/CreatePost", &m_tokens, NeedsUser::yes, m_delayMs}, [&](const Claims& user) {
            return answer(reply, m_store.create(user, request->content(), request->idempotency_key()));
        });
}

grpc::Status ContentRpc::UpdatePost(grpc::ServerContext* context, const rpc::v1::UpdatePostRequest* request,
                                    rpc::v1::Post* reply) {
    return kit::serveCall(
        *context, {"Content/UpdatePost", &m_tokens, NeedsUser::yes, m_delayMs}, [&](const Claims& user) {
            const auto expected =
                request->has_expected_version() ? std::optional(request->expected_version()) : std::nullopt;
            return answer(reply, m_store.update(user, request->id(), request->content(), expected));
        });
}

grpc::Status ContentRpc::DeletePost(grpc::ServerContext* context, const rpc::v1::DeletePostRequest* request,
                                    rpc::v1::DeletePostReply*) {
    return kit::serveCall(*context, {"Content/DeletePost", &m_tokens, NeedsUser::yes, m_delayMs},
                          [&](const Claims& user) { return m_store.remove(user, request->id()); });
}

grpc::Status ContentRpc::GetPosts(grpc::ServerContext* context, const rpc::v1::GetPostsRequest* request,
                                  rpc::v1::GetPostsReply* reply) {
    return kit::serveCall(
        *context, {"Content/GetPosts", &m_tokens, NeedsUser::no, m_delayMs}, [&](const Claims&) -> Result<void> {
            auto posts = m_store.get({request->ids().begin(), request->ids().end()}, request->with_deleted());
            if (!posts) return posts.error();
            for (const auto& post : posts.value()) fill(reply->add_posts(), post);
            return kit::outcome::success();
        });
}

grpc::Status ContentRpc::ListPosts(grpc::ServerContext* context, const rpc::v1::ListPostsRequest* request,
                                   rpc::v1::ListPostsReply* reply) {
    return kit::serveCall(*context, {"Content/ListPosts", &m_tokens, NeedsUser::no, m_delayMs},
                          [&](const Claims&) -> Result<void> {
                              auto page = m_store.list({request->author_ids().begin(), request->author_ids().end()},
                                                       request->first(), request->after());
                              if (!page) return page.error();
                              for (const auto& post : page.value().posts) fill(reply->add_posts(), post);
                              reply->set_end_cursor(page.value().endCursor);
                              reply->set_has_more(page.value().hasMore);
                              return kit::outcome::success();
                          });
}

}  // namespace nova::content
