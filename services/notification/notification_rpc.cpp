#include "notification/notification_rpc.h"

#include <algorithm>

#include "kit/rpc/server.h"
#include "kit/runtime/times.h"
#include "notification/names.h"
#include "notification/notifier.h"
#include "notification/store.h"
#include "notification/unread_cache.h"

namespace nova::notification {
namespace {

using grpc::Status;
using kit::Claims;
using kit::NeedsUser;
using kit::Result;

void fill(rpc::v1::NotificationItem* to, const Notification& from, const std::string& handle) {
    to->set_id(from.id);
    to->set_type(from.type);
    to->set_actor_id(from.actorId);
    to->set_post_id(from.postId);
    to->set_text(textOf(from.type, handle));
    kit::setTime(to->mutable_created_at(), from.createdAt);
    to->set_seen(from.seen);
}

std::vector<std::string> actorsOf(const std::vector<Notification>& all) {
    std::vector<std::string> actors;
    for (const auto& one : all) actors.push_back(one.actorId);
    std::ranges::sort(actors);
    actors.erase(std::unique(actors.begin(), actors.end()), actors.end());
    return actors;
}

}  // namespace

Status NotificationRpc::ListNotifications(grpc::ServerContext* context,
                                          const rpc::v1::ListNotificationsRequest* request,
                                          rpc::v1::ListNotificationsReply* reply) {
    return kit::serveCall(*context, {"Notifications/ListNotifications", &m_tokens, NeedsUser::yes, m_delayMs},
                          [&](const Claims& user) -> Result<void> {
                              const auto all = m_store.list(user.userId, request->first());
                              if (!all) return all.error();
                              auto handles = m_names.of(actorsOf(all.value()));
                              for (const auto& one : all.value())
                                  fill(reply->add_notifications(), one, handles[one.actorId]);
                              return kit::outcome::success();
                          });
}

Status NotificationRpc::CountUnread(grpc::ServerContext* context, const rpc::v1::CountUnreadRequest*,
                                    rpc::v1::CountUnreadReply* reply) {
    return kit::serveCall(*context, {"Notifications/CountUnread", &m_tokens, NeedsUser::yes, m_delayMs},
                          [&](const Claims& user) -> Result<void> {
                              if (const auto cached = m_cache.get(user.userId)) {
                                  reply->set_unread(*cached);
                                  return kit::outcome::success();
                              }
                              const auto unread = m_store.unread(user.userId);
                              if (!unread) return unread.error();
                              m_cache.set(unread.value());
                              reply->set_unread(unread.value().count);
                              return kit::outcome::success();
                          });
}

Status NotificationRpc::MarkSeen(grpc::ServerContext* context, const rpc::v1::MarkSeenRequest*,
                                 rpc::v1::MarkSeenReply* reply) {
    return kit::serveCall(*context, {"Notifications/MarkSeen", &m_tokens, NeedsUser::yes, m_delayMs},
                          [&](const Claims& user) -> Result<void> {
                              const auto seen = m_store.markSeen(user.userId);
                              if (!seen) return seen.error();
                              m_cache.set(seen.value().unread);
                              reply->set_marked(seen.value().marked);
                              return kit::outcome::success();
                          });
}

Status NotificationRpc::Notify(grpc::ServerContext* context, const rpc::v1::NotifyRequest* request,
                               rpc::v1::NotifyReply* reply) {
    return kit::serveCall(*context, {"Notifications/Notify", &m_tokens, NeedsUser::yes, m_delayMs},
                          [&](const Claims& user) -> Result<void> {
                              if (user.userId != request->actor_id())
                                  return kit::Error{kit::ErrorKind::forbidden, "this is another's like or follow", {}};
                              const auto fact = factOf(*request);
                              if (!fact) return fact.error();
                              if (!fact.value()) return kit::outcome::success();
                              if (request->undo()) return m_notifier.takeBack(*fact.value());
                              const auto told = m_notifier.tellNow(*fact.value());
                              if (!told) return told.error();
                              reply->set_notified(told.value());
                              return kit::outcome::success();
                          });
}

}  // namespace nova::notification
