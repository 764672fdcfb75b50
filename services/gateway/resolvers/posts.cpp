#include "gateway/resolvers/resolvers.h"
#include "kit/runtime/ids.h"

namespace nova::gateway {
namespace {

using graphql::Call;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

// Posts that stand here by id alone (after a like) are asked of content-service together; when it does not answer, the
// snapshot that feed-service holds is served, or none, and the field is stale.
std::vector<std::shared_ptr<const PostState>> statesOf(const Call& call, std::span<const Object> posts) {
    GatewayRequest& request = requestOf(call);
    std::vector<std::string> bare;
    for (const auto& post : posts) {
        if (!viewOf<PostView>(post).state) bare.push_back(viewOf<PostView>(post).id);
    }
    request.loadPosts(bare);
    std::vector<std::shared_ptr<const PostState>> states;
    for (const auto& post : posts) {
        const auto& view = viewOf<PostView>(post);
        states.push_back(view.state ? view.state : request.post(view.id));
        if (!states.back() || (!view.state && !request.contentAnswered())) request.stale(call.path, view.stale);
    }
    return states;
}

// A field of the post's state.
graphql::Resolver stateField(std::function<Resolved(const PostView&, const PostState&)> get, Resolved unknown) {
    return [get = std::move(get), unknown = std::move(unknown)](const Call& call, std::span<const Object> posts) {
        const auto states = statesOf(call, posts);
        std::vector<Resolved> answers;
        for (std::size_t i = 0; i < posts.size(); ++i)
            answers.push_back(states[i] ? get(viewOf<PostView>(posts[i]), *states[i]) : unknown);
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

// The media of all posts are asked for together. Those that media-service cannot be asked for are left out, and the
// field is stale.
std::vector<Resolved> media(const Call& call, std::span<const Object> posts) {
    GatewayRequest& request = requestOf(call);
    const auto states = statesOf(call, posts);
    std::vector<std::string> ids;
    for (const auto& state : states)
        if (state) ids.insert(ids.end(), state->mediaIds.begin(), state->mediaIds.end());
    request.loadMedia(ids);
    std::vector<Resolved> answers;
    for (std::size_t i = 0; i < posts.size(); ++i) {
        Resolved::List list;
        for (const auto& id : states[i] ? states[i]->mediaIds : std::vector<std::string>()) {
            if (auto known = request.media(id))
                list.emplace_back(graphql::Object(std::move(known)));
            else if (!request.mediaAnswered())
                request.stale(call.path, viewOf<PostView>(posts[i]).stale);
        }
        answers.emplace_back(std::move(list));
    }
    return answers;
}

Resolved post(const Call& call, GatewayRequest& request, const kit::Claims&) {
    const std::string id = call.arguments.text("id");
    if (!kit::isUuid(id)) return {};
    request.loadPosts({id});
    const auto state = request.post(id);
    if (!request.contentAnswered()) request.stale(call.path, {});
    if (!state) return {};
    return object(PostView{id, state, {}, {}, 0, {}});
}

}  // namespace

void addPosts(graphql::Resolvers& r) {
    r.root("Query.post", signedIn(post));
    r.each<PostView>("Post.id", [](const PostView& view) { return Value(view.id); });
    r.set("Post.author", stateField(
                             [](const PostView& view, const PostState& s) {
                                 return Resolved(object(UserView{s.authorId, {}, view.stale}));
                             },
                             Resolved(object(UserView{}))));
    r.set("Post.content",
          stateField([](const PostView&, const PostState& s) { return Resolved(Value(s.content)); }, Value("")));
    r.set("Post.version",
          stateField([](const PostView&, const PostState& s) { return Resolved(Value(s.version)); }, Value(0)));
    r.set("Post.createdAt",
          stateField([](const PostView&, const PostState& s) { return Resolved(timeValue(s.createdAt)); },
                     timeValue({})));
    r.set("Post.updatedAt",
          stateField([](const PostView&, const PostState& s) { return Resolved(timeValue(s.updatedAt)); },
                     timeValue({})));
    r.set("Post.media", media);
    r.each<Media>("Media.id", [](const Media& media) { return Value(media.id); });
    r.each<Media>("Media.url", [](const Media& media) { return Value(media.url); });
    r.each<Media>("Media.fileName", [](const Media& media) { return Value(media.fileName); });
    r.each<Media>("Media.sizeBytes", [](const Media& media) { return Value(media.sizeBytes); });
    r.set("Post.likeCount", statsField([](const PostView& view) { return view.likeCount; },
                                       [](const PostStats& s) { return countValue(s.likes); }));
    r.set("Post.likedByMe", statsField([](const PostView& view) { return view.likedByMe; },
                                       [](const PostStats& s) { return Value(s.mine); }));
}

}  // namespace nova::gateway
