#include "gateway/resolvers/input.h"
#include "gateway/resolvers/resolvers.h"
#include "kit/runtime/times.h"

namespace nova::gateway {
namespace {

using graphql::Call;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

Resolved notifications(const Call& call, GatewayRequest& request, const kit::Claims&) {
    const std::int64_t first = call.arguments.number("first", 50);
    if (auto wrong = input::first(first)) return std::move(*wrong);
    rpc::v1::ListNotificationsRequest asked;
    asked.set_first(static_cast<std::int32_t>(first));
    const auto reply = request.owners().listNotifications(request.caller(), asked);
    if (!reply) return withoutOwner(call, request, reply.error(), Resolved::List{});
    Resolved::List list;
    for (const auto& item : reply.value().notifications())
        list.emplace_back(object(NotificationView{item.id(), item.type(), item.actor_id(), item.text(), item.post_id(),
                                                  kit::timeOf(item.created_at()), item.seen()}));
    return list;
}

Resolved unreadCount(const Call& call, GatewayRequest& request, const kit::Claims&) {
    const auto reply = request.owners().countUnread(request.caller());
    if (!reply) return withoutOwner(call, request, reply.error(), Value(0));
    return countValue(reply.value().unread());
}

Resolved markNotificationsSeen(const Call&, GatewayRequest& request, const kit::Claims&) {
    const auto reply = request.owners().markSeen(request.caller());
    if (!reply) return failureOf(reply.error());
    return countValue(reply.value().marked());
}

// A post that is gone is null; one that content-service cannot be asked for stands by its id.
std::vector<Resolved> posts(const Call& call, std::span<const Object> all) {
    GatewayRequest& request = requestOf(call);
    std::vector<std::string> ids;
    for (const auto& one : all) {
        const auto& id = viewOf<NotificationView>(one).postId;
        if (!id.empty()) ids.push_back(id);
    }
    request.loadPosts(ids);
    std::vector<Resolved> answers;
    for (const auto& one : all) {
        const auto& id = viewOf<NotificationView>(one).postId;
        const bool isGone = id.empty() || (request.post(id) == nullptr && request.contentAnswered());
        answers.push_back(isGone ? Resolved() : Resolved(object(PostView{id, nullptr, {}, {}, 0, {}})));
    }
    return answers;
}

}  // namespace

void addNotifications(graphql::Resolvers& r) {
    using View = NotificationView;
    r.root("Query.notifications", signedIn(notifications));
    r.root("Query.unreadCount", signedIn(unreadCount));
    r.root("Mutation.markNotificationsSeen", signedIn(markNotificationsSeen));
    r.each<View>("Notification.id", [](const View& view) { return Value(view.id); });
    r.each<View>("Notification.type", [](const View& view) { return Value(view.type); });
    r.each<View>("Notification.actor", [](const View& view) { return object(UserView{view.actorId, {}, {}}); });
    r.set("Notification.post", posts);
    r.each<View>("Notification.text", [](const View& view) { return Value(view.text); });
    r.each<View>("Notification.createdAt", [](const View& view) { return timeValue(view.createdAt); });
    r.each<View>("Notification.seen", [](const View& view) { return Value(view.seen); });
}

}  // namespace nova::gateway
