#include "gateway/resolvers/input.h"
#include "gateway/resolvers/resolvers.h"
#include "kit/runtime/times.h"

namespace nova::gateway {
namespace {

using graphql::Call;
using graphql::Resolved;
using graphql::Value;

Resolved session(GatewayRequest& request, const kit::Result<rpc::v1::SessionReply>& reply,
                 std::optional<std::int64_t> followers) {
    if (!reply) return failureOf(reply.error());
    auto profile = profileOf(reply.value().user());
    request.actsAs(*profile);
    SessionView view{{profile->id, followers, {}}, reply.value().token(), kit::timeOf(reply.value().expires_at())};
    request.remember(std::move(profile));
    return object(std::move(view));
}

Resolved signUp(const Call& call) {
    GatewayRequest& request = requestOf(call);
    rpc::v1::CreateUserRequest asked;
    asked.set_handle(call.arguments.text("handle"));
    asked.set_password(call.arguments.text("password"));
    asked.set_display_name(call.arguments.text("displayName"));
    asked.set_tier(call.arguments.text("tier") == "PREMIUM" ? "premium" : "standard");
    if (auto wrong = input::handle(asked.handle())) return std::move(*wrong);
    if (auto wrong = input::password(asked.password())) return std::move(*wrong);
    if (auto wrong = input::displayName(asked.display_name())) return std::move(*wrong);
    return session(request, request.owners().createUser(asked), 0);
}

// What cannot be anybody's handle or password is refused by identity-service, in the words of a wrong one.
Resolved signIn(const Call& call) {
    GatewayRequest& request = requestOf(call);
    rpc::v1::AuthenticateRequest asked;
    asked.set_handle(call.arguments.text("handle"));
    asked.set_password(call.arguments.text("password"));
    return session(request, request.owners().authenticate(asked), std::nullopt);
}

}  // namespace

void addAccounts(graphql::Resolvers& r) {
    r.root("Mutation.signUp", signUp);
    r.root("Mutation.signIn", signIn);
    r.each<SessionView>("Session.user", [](const SessionView& view) { return object(view.user); });
    r.each<SessionView>("Session.token", [](const SessionView& view) { return Value(view.token); });
    r.each<SessionView>("Session.expiresAt", [](const SessionView& view) { return timeValue(view.expiresAt); });
}

}  // namespace nova::gateway
