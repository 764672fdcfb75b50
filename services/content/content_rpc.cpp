#include "content/content_rpc.h"

#include "content/chain.h"
#include "content/media_attacher.h"
#include "content/post_message.h"
#include "content/store.h"
#include "kit/rpc/mode.h"
#include "kit/rpc/server.h"

namespace nova::content {
namespace {

using kit::Claims;
using kit::NeedsUser;
using kit::Result;

Result<void> answer(rpc::v1::Post* reply, const Result<Post>& post) {
    if (!post) return post.error();
    fill(reply, post.value());
    return kit::outcome::success();
}

}  // namespace

// The change, and with mode=sync all that follows from it.
Result<Post> ContentRpc::finished(const grpc::ServerContext& context,
                                  const std::function<Result<Post>(Undo*)>& change) {
    if (kit::requestMode(context, m_config) == kit::Mode::events) return change(nullptr);
    Undo undo;
    auto post = change(&undo);
    if (!post) return post;
    if (auto done = m_chain.finish(undo, kit::bearerToken(context)); !done) return done.error();
    return post;
}

grpc::Status ContentRpc::CreatePost(grpc::ServerContext* context, const rpc::v1::CreatePostRequest* request,
                                    rpc::v1::Post* reply) {
    return kit::serveCall(
        *context, {"Content/CreatePost", &m_tokens, NeedsUser::yes, m_config.rpcDelayMs}, [&](const Claims& user) {
            return answer(reply, finished(*context, [&](Undo* undo) {
                              return m_store.create(user, request->content(), request->idempotency_key(), undo);
                          }));
        });
}

grpc::Status ContentRpc::UpdatePost(grpc::ServerContext* context, const rpc::v1::UpdatePostRequest* request,
                                    rpc::v1::Post* reply) {
    return kit::serveCall(
        *context, {"Content/UpdatePost", &m_tokens, NeedsUser::yes, m_config.rpcDelayMs}, [&](const Claims& user) {
            const auto expected =
                request->has_expected_version() ? std::optional(request->expected_version()) : std::nullopt;
            return answer(reply, finished(*context, [&](Undo* undo) {
                              return m_store.update(user, request->id(), request->content(), expected, undo);
                          }));
        });
}

grpc::Status ContentRpc::DeletePost(grpc::ServerContext* context, const rpc::v1::DeletePostRequest* request,
                                    rpc::v1::DeletePostReply*) {
    return kit::serveCall(*context, {"Content/DeletePost", &m_tokens, NeedsUser::yes, m_config.rpcDelayMs},
                          [&](const Claims& user) -> Result<void> {
                              auto removed = finished(
                                  *context, [&](Undo* undo) { return m_store.remove(user, request->id(), undo); });
                              if (!removed) return removed.error();
                              return kit::outcome::success();
                          });
}

grpc::Status ContentRpc::AttachMedia(grpc::ServerContext* context, const rpc::v1::AttachMediaRequest* request,
                                     rpc::v1::Post* reply) {
    return kit::serveCall(
        *context, {"Content/AttachMedia", &m_tokens, NeedsUser::yes, m_config.rpcDelayMs}, [&](const Claims& user) {
            const Attachment wanted{request->post_id(), request->media_id(), user.userId, request->detach()};
            return answer(reply, finished(*context, [&](Undo* undo) { return attach(wanted, undo); }));
        });
}

Result<Post> ContentRpc::attach(const Attachment& wanted, Undo* undo) {
    const kit::trace::Context caller = kit::trace::current();  // a copy: what is current changes while it works
    auto attached = m_attacher.apply(wanted, caller, undo ? MediaAttacher::Announce::no : MediaAttacher::Announce::yes);
    if (!attached) return attached.error();
    Post post = std::move(attached.value().post);
    if (undo && attached.value().changed) {
        undo->after = post;
        undo->before = post;
        if (wanted.detach)
            undo->before->mediaIds.push_back(wanted.mediaId);
        else
            std::erase(undo->before->mediaIds, wanted.mediaId);
    }
    return post;
}

grpc::Status ContentRpc::GetPosts(grpc::ServerContext* context, const rpc::v1::GetPostsRequest* request,
                                  rpc::v1::GetPostsReply* reply) {
    return kit::serveCall(
        *context, {"Content/GetPosts", &m_tokens, NeedsUser::no, m_config.rpcDelayMs},
        [&](const Claims&) -> Result<void> {
            auto posts = m_store.get({request->ids().begin(), request->ids().end()}, request->with_deleted());
            if (!posts) return posts.error();
            for (const auto& post : posts.value()) fill(reply->add_posts(), post);
            return kit::outcome::success();
        });
}

grpc::Status ContentRpc::ListPosts(grpc::ServerContext* context, const rpc::v1::ListPostsRequest* request,
                                   rpc::v1::ListPostsReply* reply) {
    return kit::serveCall(*context, {"Content/ListPosts", &m_tokens, NeedsUser::no, m_config.rpcDelayMs},
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
