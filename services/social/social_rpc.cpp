#include "social/social_rpc.h"

#include "kit/rpc/mode.h"
#include "kit/rpc/server.h"
#include "social/chain.h"
#include "social/follows.h"
#include "social/likes.h"

namespace nova::social {
namespace {

using grpc::Status;
using kit::Claims;
using kit::NeedsUser;
using kit::Result;

Result<void> answer(rpc::v1::FollowReply* reply, const Result<std::int64_t>& count) {
    if (!count) return count.error();
    reply->set_follower_count(count.value());
    return kit::outcome::success();
}

Result<void> answer(rpc::v1::LikeReply* reply, const Result<std::int64_t>& count) {
    if (!count) return count.error();
    reply->set_like_count(count.value());
    return kit::outcome::success();
}

}  // namespace

Status SocialRpc::Follow(grpc::ServerContext* context, const rpc::v1::FollowRequest* request,
                         rpc::v1::FollowReply* reply) {
    return follow(*context, "Social/Follow", true, request->user_id(), reply);
}

Status SocialRpc::Unfollow(grpc::ServerContext* context, const rpc::v1::FollowRequest* request,
                           rpc::v1::FollowReply* reply) {
    return follow(*context, "Social/Unfollow", false, request->user_id(), reply);
}

Status SocialRpc::follow(grpc::ServerContext& context, const char* method, bool following, const std::string& followee,
                         rpc::v1::FollowReply* reply) {
    return kit::serveCall(context, {method, &m_tokens, NeedsUser::yes, m_config.rpcDelayMs},
                          [&](const Claims& user) -> Result<void> {
                              const bool inTurn = kit::requestMode(context, m_config) == kit::Mode::sync;
                              FollowChange change;
                              auto* const unpublished = inTurn ? &change : nullptr;
                              const auto count = following ? m_follows.follow(user.userId, followee, unpublished)
                                                           : m_follows.unfollow(user.userId, followee, unpublished);
                              if (!count || !inTurn) return answer(reply, count);
                              if (auto done = m_chain.finish(change, following, kit::bearerToken(context)); !done)
                                  return done;
                              return answer(reply, count);
                          });
}

Status SocialRpc::LikePost(grpc::ServerContext* context, const rpc::v1::LikeRequest* request,
                           rpc::v1::LikeReply* reply) {
    return like(*context, "Social/LikePost", true, *request, reply);
}

Status SocialRpc::UnlikePost(grpc::ServerContext* context, const rpc::v1::LikeRequest* request,
                             rpc::v1::LikeReply* reply) {
    return like(*context, "Social/UnlikePost", false, *request, reply);
}

Status SocialRpc::like(grpc::ServerContext& context, const char* method, bool liking,
                       const rpc::v1::LikeRequest& request, rpc::v1::LikeReply* reply) {
    return kit::serveCall(
        context, {method, &m_tokens, NeedsUser::yes, m_config.rpcDelayMs}, [&](const Claims& user) -> Result<void> {
            const bool inTurn = kit::requestMode(context, m_config) == kit::Mode::sync;
            LikeChange change;
            auto* const unpublished = inTurn ? &change : nullptr;
            const auto count =
                liking ? m_likes.like(user.userId, request.post_id(), request.idempotency_key(), unpublished)
                       : m_likes.unlike(user.userId, request.post_id(), unpublished);
            if (!count || !inTurn) return answer(reply, count);
            if (auto done = m_chain.finish(change, liking, request.idempotency_key(), kit::bearerToken(context)); !done)
                return done;
            return answer(reply, count);
        });
}

Status SocialRpc::ListFollowers(grpc::ServerContext* context, const rpc::v1::ListFollowersRequest* request,
                                rpc::v1::ListFollowersReply* reply) {
    return kit::serveCall(*context, {"Social/ListFollowers", &m_tokens, NeedsUser::yes, m_config.rpcDelayMs},
                          [&](const Claims&) -> Result<void> {
                              auto page = m_follows.followers(request->user_id(), request->first(), request->after());
                              if (!page) return page.error();
                              for (const auto& id : page.value().followers) reply->add_follower_ids(id);
                              reply->set_end_cursor(page.value().endCursor);
                              reply->set_has_more(page.value().hasMore);
                              return kit::outcome::success();
                          });
}

Status SocialRpc::GetPostStats(grpc::ServerContext* context, const rpc::v1::GetPostStatsRequest* request,
                               rpc::v1::GetPostStatsReply* reply) {
    return kit::serveCall(
        *context, {"Social/GetPostStats", &m_tokens, NeedsUser::no, m_config.rpcDelayMs},
        [&](const Claims& user) -> Result<void> {
            auto stats = m_store.stats(user.userId, {request->post_ids().begin(), request->post_ids().end()});
            if (!stats) return stats.error();
            for (const auto& post : stats.value()) {
                auto* to = reply->add_stats();
                to->set_post_id(post.postId);
                to->set_like_count(post.likes);
                to->set_liked_by_me(post.likedByMe);
            }
            return kit::outcome::success();
        });
}

Status SocialRpc::GetUserStats(grpc::ServerContext* context, const rpc::v1::GetUserStatsRequest* request,
                               rpc::v1::GetUserStatsReply* reply) {
    return kit::serveCall(*context, {"Social/GetUserStats", &m_tokens, NeedsUser::no, m_config.rpcDelayMs},
                          [&](const Claims&) -> Result<void> {
                              auto counts = m_follows.counts({request->user_ids().begin(), request->user_ids().end()});
                              if (!counts) return counts.error();
                              for (const auto& id : request->user_ids()) {
                                  const auto found = counts.value().find(id);
                                  auto* to = reply->add_stats();
                                  to->set_user_id(id);
                                  to->set_follower_count(found == counts.value().end() ? 0 : found->second);
                              }
                              return kit::outcome::success();
                          });
}

}  // namespace nova::social
