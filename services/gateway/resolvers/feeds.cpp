#include "gateway/resolvers/input.h"
#include "gateway/resolvers/resolvers.h"
#include "kit/runtime/ids.h"

namespace nova::gateway {
namespace {

using graphql::Call;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

// Without its owner a feed is empty.
Resolved emptyFeed(const Call& call, GatewayRequest& request, const kit::Error& error) {
    FeedView feed;
    feed.hydrated = true;
    const StaleMark mark = feed.stale;
    return withoutOwner(call, request, error, object(std::move(feed)), mark);
}

Resolved feed(const Call& call, GatewayRequest& request, const kit::Claims& user) {
    const auto* owner = call.arguments.find("userId");
    if (owner != nullptr && call.arguments.text("userId") != user.userId) {
        return graphql::Failure{"A feed is shown to its owner only.", std::string(graphql::code::forbidden)};
    }
    const std::int64_t first = call.arguments.number("first", 20);
    if (auto wrong = input::first(first)) return std::move(*wrong);
    rpc::v1::GetFeedRequest asked;
    asked.set_user_id(user.userId);
    asked.set_first(static_cast<std::int32_t>(first));
    asked.set_after(call.arguments.text("after"));
    const auto reply = request.owners().getFeed(request.caller(), asked);
    if (!reply) return emptyFeed(call, request, reply.error());

    FeedView view;
    view.endCursor = reply.value().end_cursor();
    view.hasMore = reply.value().has_more();
    if (reply.value().rebuilding()) request.stale(call.path, view.stale);
    for (const auto& entry : reply.value().entries()) {
        PostView post{entry.post_id(), nullptr, {}, {}, entry.like_count(), view.stale};
        if (entry.has_snapshot()) post.state = stateOf(entry);
        view.posts.push_back(std::move(post));
    }
    return object(std::move(view));
}

Resolved postsOf(const Call& call, GatewayRequest& request, const kit::Claims&) {
    const std::int64_t first = call.arguments.number("first", 20);
    if (auto wrong = input::first(first)) return std::move(*wrong);
    const std::string author = call.arguments.text("userId");
    FeedView view;
    view.hydrated = true;
    if (!kit::isUuid(author)) return object(std::move(view));
    rpc::v1::ListPostsRequest asked;
    asked.add_author_ids(author);
    asked.set_first(static_cast<std::int32_t>(first));
    asked.set_after(call.arguments.text("after"));
    const auto reply = request.owners().listPosts(request.caller(), asked);
    if (!reply) return emptyFeed(call, request, reply.error());
    view.endCursor = reply.value().end_cursor();
    view.hasMore = reply.value().has_more();
    for (const auto& post : reply.value().posts()) {
        auto state = stateOf(post);
        request.remember(state);
        view.posts.push_back({post.id(), std::move(state), {}, {}, 0, view.stale});
    }
    return object(std::move(view));
}

// The posts of a feed as content-service has them now: deleted ones are left out. Without it, the snapshots that the
// feed holds.
std::vector<Resolved> feedPosts(const Call& call, std::span<const Object> feeds) {
    GatewayRequest& request = requestOf(call);
    std::vector<std::string> ids;
    for (const auto& feed : feeds) {
        const auto& view = viewOf<FeedView>(feed);
        for (const auto& post : view.posts) {
            if (!view.hydrated) ids.push_back(post.id);
        }
    }
    request.loadOwnersPosts(ids);  // a feed brings its snapshots along

    std::vector<Resolved> answers;
    for (const auto& feed : feeds) {
        const auto& view = viewOf<FeedView>(feed);
        const bool fromSnapshots = !view.hydrated && !view.posts.empty() && !request.contentAnswered();
        if (fromSnapshots) request.stale(call.path, view.stale);
        Resolved::List list;
        for (PostView post : view.posts) {
            if (const auto now = request.post(post.id)) {
                if (!fromSnapshots || !post.state || now->version > post.state->version) post.state = now;
            } else if (!view.hydrated && !fromSnapshots) {
                continue;
            }
            if (post.state) list.emplace_back(object(std::move(post)));
        }
        answers.emplace_back(std::move(list));
    }
    return answers;
}

}  // namespace

void addFeeds(graphql::Resolvers& r) {
    r.root("Query.feed", signedIn(feed));
    r.root("Query.posts", signedIn(postsOf));
    r.set("Feed.posts", feedPosts);
    r.each<FeedView>("Feed.endCursor",
                     [](const FeedView& view) { return view.endCursor.empty() ? Value() : Value(view.endCursor); });
    r.each<FeedView>("Feed.hasMore", [](const FeedView& view) { return Value(view.hasMore); });
    // Known only when all that stands in the feed was asked for.
    r.each<FeedView>("Feed.stale",
                     [](const FeedView& view) { return Resolved::late([mark = view.stale] { return Value(*mark); }); });
}

}  // namespace nova::gateway
