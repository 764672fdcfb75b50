#include "gateway/resolvers/input.h"
#include "gateway/resolvers/resolvers.h"
#include "kit/runtime/ids.h"

namespace nova::gateway {
namespace {

using graphql::Call;
using graphql::Resolved;
using graphql::Value;

graphql::Failure noSuchPost() {
    return input::notFound("There is no such post.");
}

// The owner's reply is the post; its author is the caller, whom the token names.
PostView answerOf(GatewayRequest& request, const rpc::v1::Post& post) {
    auto state = stateOf(post);
    request.remember(state);
    return {post.id(), std::move(state), {}, {}, 0, {}};
}

Resolved createPost(const Call& call, GatewayRequest& request, const kit::Claims&) {
    rpc::v1::CreatePostRequest asked;
    asked.set_content(call.arguments.text("content"));
    asked.set_idempotency_key(request.idempotencyKey());
    if (auto wrong = input::content(asked.content())) return std::move(*wrong);
    const auto reply = request.owners().createPost(request.caller(), asked);
    if (!reply) return failureOf(reply.error());
    PostView view = answerOf(request, reply.value());
    if (asked.idempotency_key().empty()) {  // a retry returns the post as it is now, which may be liked
        view.likeCount = 0;
        view.likedByMe = false;
    }
    return object(std::move(view));
}

Resolved updatePost(const Call& call, GatewayRequest& request, const kit::Claims&) {
    rpc::v1::UpdatePostRequest asked;
    asked.set_id(call.arguments.text("id"));
    asked.set_content(call.arguments.text("content"));
    if (call.arguments.find("expectedVersion") != nullptr)
        asked.set_expected_version(call.arguments.number("expectedVersion"));
    if (auto wrong = input::content(asked.content())) return std::move(*wrong);
    if (!kit::isUuid(asked.id())) return noSuchPost();
    const auto reply = request.owners().updatePost(request.caller(), asked);
    if (!reply) return failureOf(reply.error());
    return object(answerOf(request, reply.value()));
}

Resolved deletePost(const Call& call, GatewayRequest& request, const kit::Claims&) {
    rpc::v1::DeletePostRequest asked;
    asked.set_id(call.arguments.text("id"));
    if (!kit::isUuid(asked.id())) return noSuchPost();
    const auto reply = request.owners().deletePost(request.caller(), asked);
    if (!reply) return failureOf(reply.error());
    request.forgetPost(asked.id());
    return Value(true);
}

Resolved likePost(const Call& call, GatewayRequest& request, const kit::Claims&) {
    rpc::v1::LikeRequest asked;
    asked.set_post_id(call.arguments.text("id"));
    asked.set_idempotency_key(request.idempotencyKey());
    if (!kit::isUuid(asked.post_id())) return noSuchPost();
    const auto reply = request.owners().likePost(request.caller(), asked);
    if (!reply) return failureOf(reply.error());
    return object(PostView{asked.post_id(), nullptr, reply.value().like_count(), true, 0, {}});
}

Resolved unlikePost(const Call& call, GatewayRequest& request, const kit::Claims&) {
    rpc::v1::LikeRequest asked;
    asked.set_post_id(call.arguments.text("id"));
    if (!kit::isUuid(asked.post_id())) return noSuchPost();
    const auto reply = request.owners().unlikePost(request.caller(), asked);
    if (!reply) return failureOf(reply.error());
    return object(PostView{asked.post_id(), nullptr, reply.value().like_count(), false, 0, {}});
}

}  // namespace

void addPostMutations(graphql::Resolvers& r) {
    r.root("Mutation.createPost", signedIn(createPost));
    r.root("Mutation.updatePost", signedIn(updatePost));
    r.root("Mutation.deletePost", signedIn(deletePost));
    r.root("Mutation.likePost", signedIn(likePost));
    r.root("Mutation.unlikePost", signedIn(unlikePost));
}

}  // namespace nova::gateway
