#include "gateway/resolvers/resolvers.h"
#include "kit/runtime/ids.h"

namespace nova::gateway {
namespace {

using graphql::Call;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

// A field of the post's state. Posts that stand here by id alone (after a like) are asked of content-service together;
// when it does not answer, the last state seen here is served, or `unknown`, and the field is stale.
graphql::Resolver stateField(std::function<Resolved(const Call&, const PostView&, const PostState&)> get,
                             Resolved unknown) {
    return [get = std::move(get), unknown = std::move(unknown)](const Call& call, std::span<const Object> posts) {
        GatewayRequest& request = requestOf(call);
        std::vector<std::string> bare;
        for (const auto& post : posts) {
            if (!viewOf<PostView>(post).state) bare.push_back(viewOf<PostView>(post).id);
        }
        request.loadPosts(bare);
        std::vector<Resolved> answers;
        for (const auto& post : posts) {
            const auto& view = viewOf<PostView>(post);
            const auto state = view.state ? view.state : request.post(view.id);
            if (!state || (!view.state && !request.contentAnswered())) request.stale(call.path, view.stale);
            answers.push_back(state ? get(call, view, *state) : unknown);
        }
        return answers;
    };
}

// Likes as social-service has them; as the snapshot had them, or none, when it does not answer.
template <typename Own, typename Get>
graphql::Resolver statsField(Own own, Get get) {
    return [own, get](const Call& call, std::span<const Object> posts) {
        GatewayRequest& request = requestOf(call);
        std::vector<std::string> unknown;
        for (const auto& post : posts) {
            if (!own(viewOf<PostView>(post))) unknown.push_back(viewOf<PostView>(post).id);
        }
        request.loadPostStats(unknown);
        std::vector<Resolved> answers;
        for (const auto& post : posts) {
            const auto& view = viewOf<PostView>(post);
            if (const auto& told = own(view)) {
                answers.emplace_back(Value(*told));
                continue;
            }
            const PostStats* stats = request.postStats(view.id);
            if (stats == nullptr) request.stale(call.path, view.stale);
            answers.emplace_back(get(stats != nullptr ? *stats : PostStats{view.likesBefore, false}));
        }
        return answers;
    };
}

// media-service is not part of this Nova yet; what it attached elsewhere is left out, and said to be.
Resolved media(const Call& call, const PostView& view, const PostState& state) {
    if (!state.mediaIds.empty()) requestOf(call).stale(call.path, view.stale);
    return Resolved::List{};
}

Resolved post(const Call& call, GatewayRequest& request, const kit::Claims&) {
    const std::string id = call.arguments.text("id");
    if (!kit::isUuid(id)) return {};
    request.loadPosts({id});
    const auto state = request.post(id);
    if (!state && request.contentAnswered()) return {};
    if (!state) return graphql::Failure{"content-service does not answer, and this post was not seen here before."};
    PostView view{id, state, {}, {}, 0, {}};
    if (!request.contentAnswered()) request.stale(call.path, view.stale);
    return object(std::move(view));
}

}  // namespace

void addPosts(graphql::Resolvers& r) {
    r.root("Query.post", signedIn(post));
    r.each<PostView>("Post.id", [](const PostView& view) { return Value(view.id); });
    r.set("Post.author", stateField(
                             [](const Call&, const PostView& view, const PostState& s) {
                                 return Resolved(object(UserView{s.authorId, {}, view.stale}));
                             },
                             Resolved(object(UserView{}))));
    r.set("Post.content",
          stateField([](const Call&, const PostView&, const PostState& s) { return Resolved(Value(s.content)); },
                     Value("")));
    r.set("Post.version",
          stateField([](const Call&, const PostView&, const PostState& s) { return Resolved(Value(s.version)); },
                     Value(0)));
    r.set("Post.createdAt",
          stateField([](const Call&, const PostView&, const PostState& s) { return Resolved(timeValue(s.createdAt)); },
                     timeValue({})));
    r.set("Post.updatedAt",
          stateField([](const Call&, const PostView&, const PostState& s) { return Resolved(timeValue(s.updatedAt)); },
                     timeValue({})));
    r.set("Post.media", stateField(media, Resolved::List{}));
    r.set("Post.likeCount", statsField([](const PostView& view) { return view.likeCount; },
                                       [](const PostStats& s) { return countValue(s.likes); }));
    r.set("Post.likedByMe", statsField([](const PostView& view) { return view.likedByMe; },
                                       [](const PostStats& s) { return Value(s.mine); }));
}

}  // namespace nova::gateway
