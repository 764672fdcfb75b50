#include "feed/feed_rpc.h"

#include "feed/consumer.h"
#include "feed/projections.h"
#include "feed/reader.h"
#include "feed/rows.h"
#include "kit/rpc/server.h"
#include "kit/runtime/times.h"

namespace nova::feed {
namespace {

void fill(rpc::v1::FeedEntry* to, const PostState& post) {
    to->set_post_id(post.id);
    kit::setTime(to->mutable_created_at(), kit::fromMicros(post.created));
    to->set_has_snapshot(true);
    to->set_author_id(post.authorId);
    to->set_content(post.content);
    to->set_version(post.version);
    for (const auto& media : words(post.mediaIds)) to->add_media_ids(media);
    kit::setTime(to->mutable_updated_at(), kit::fromMicros(post.updated));
    to->set_like_count(post.likes);
}

}  // namespace

grpc::Status FeedRpc::GetFeed(grpc::ServerContext* context, const rpc::v1::GetFeedRequest* request,
                              rpc::v1::GetFeedReply* reply) {
    return kit::serveCall(*context, {"Feed/GetFeed", &m_tokens, kit::NeedsUser::yes, m_delayMs},
                          [&](const kit::Claims& user) -> kit::Result<void> {
                              if (!request->user_id().empty() && request->user_id() != user.userId)
                                  return kit::Error{kit::ErrorKind::forbidden, "a feed is for its owner alone", {}};
                              auto page = m_reader.read(user.userId, request->first(), request->after());
                              if (!page) return page.error();
                              for (const auto& post : page.value().posts) fill(reply->add_entries(), post);
                              reply->set_end_cursor(page.value().endCursor);
                              reply->set_has_more(page.value().hasMore);
                              reply->set_rebuilding(page.value().rebuilding);
                              return kit::outcome::success();
                          });
}

grpc::Status FeedRpc::GetSnapshots(grpc::ServerContext* context, const rpc::v1::GetSnapshotsRequest* request,
                                   rpc::v1::GetSnapshotsReply* reply) {
    return kit::serveCall(*context, {"Feed/GetSnapshots", &m_tokens, kit::NeedsUser::no, m_delayMs},
                          [&](const kit::Claims&) -> kit::Result<void> {
                              auto known = m_projections.posts({request->post_ids().begin(), request->post_ids().end()});
                              if (!known) return known.error();
                              for (const auto& post : known.value())
                                  if (!post.deleted) fill(reply->add_entries(), post);
                              return kit::outcome::success();
                          });
}

// Its author alone; and no post that is known changes its author.
kit::Result<void> FeedRpc::mayWrite(const std::string& user, const rpc::v1::Post& post) {
    const kit::Error forbidden{kit::ErrorKind::forbidden, "this is another's post", {}};
    if (post.author_id() != user) return forbidden;
    const auto known = m_projections.posts({post.id()});
    if (!known) return known.error();
    for (const auto& before : known.value())
        if (before.authorId != user) return forbidden;
    return kit::outcome::success();
}

kit::Result<void> FeedRpc::answer(const kit::Result<Change>& change, rpc::v1::ApplyReply* reply) {
    if (!change) return kit::badInput(change.error().what);
    auto feeds = m_consumer.apply(change.value());
    if (!feeds) return feeds.error();
    reply->set_feeds(feeds.value());
    return kit::outcome::success();
}

grpc::Status FeedRpc::ApplyPost(grpc::ServerContext* context, const rpc::v1::ApplyPostRequest* request,
                                rpc::v1::ApplyReply* reply) {
    return kit::serveCall(*context, {"Feed/ApplyPost", &m_tokens, kit::NeedsUser::yes, m_delayMs},
                          [&](const kit::Claims& user) -> kit::Result<void> {
                              const auto change = decode(request->post());
                              if (!change) return kit::badInput(change.error().what);
                              if (auto may = mayWrite(user.userId, request->post()); !may) return may;
                              return answer(change, reply);
                          });
}

grpc::Status FeedRpc::ApplyFollow(grpc::ServerContext* context, const rpc::v1::ApplyFollowRequest* request,
                                  rpc::v1::ApplyReply* reply) {
    return kit::serveCall(*context, {"Feed/ApplyFollow", &m_tokens, kit::NeedsUser::yes, m_delayMs},
                          [&](const kit::Claims& user) -> kit::Result<void> {
                              if (user.userId != request->follower_id())
                                  return kit::Error{kit::ErrorKind::forbidden, "this is another's follow", {}};
                              return answer(decode(*request), reply);
                          });
}

}  // namespace nova::feed
