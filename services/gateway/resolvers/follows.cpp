#include "gateway/resolvers/input.h"
#include "gateway/resolvers/resolvers.h"
#include "kit/runtime/ids.h"

namespace nova::gateway {
namespace {

using graphql::Call;
using graphql::Resolved;

graphql::Failure noSuchUser() {
    return input::notFound("There is no such user.");
}

Resolved follow(const Call& call, GatewayRequest& request, const kit::Claims& user) {
    rpc::v1::FollowRequest asked;
    asked.set_user_id(call.arguments.text("userId"));
    if (asked.user_id() == user.userId) return input::bad("Nobody follows themselves.");
    if (!kit::isUuid(asked.user_id())) return noSuchUser();
    request.loadProfiles({asked.user_id()});  // social-service knows no users
    if (request.profile(asked.user_id()) == nullptr && request.identityAnswered()) return noSuchUser();
    const auto reply = request.owners().follow(request.caller(), asked);
    if (!reply) return failureOf(reply.error());
    return object(UserView{asked.user_id(), reply.value().follower_count(), {}});
}

Resolved unfollow(const Call& call, GatewayRequest& request, const kit::Claims& user) {
    rpc::v1::FollowRequest asked;
    asked.set_user_id(call.arguments.text("userId"));
    if (asked.user_id() == user.userId) return input::bad("Nobody follows themselves.");
    if (!kit::isUuid(asked.user_id())) return noSuchUser();
    const auto reply = request.owners().unfollow(request.caller(), asked);
    if (!reply) return failureOf(reply.error());
    return object(UserView{asked.user_id(), reply.value().follower_count(), {}});
}

}  // namespace

void addFollows(graphql::Resolvers& r) {
    r.root("Mutation.follow", signedIn(follow));
    r.root("Mutation.unfollow", signedIn(unfollow));
}

}  // namespace nova::gateway
