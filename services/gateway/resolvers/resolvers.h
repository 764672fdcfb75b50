// The resolvers of the contract's schema, one group a file. They expect a GatewayRequest.
#pragma once

#include <memory>

#include "gateway/graphql/resolve.h"
#include "gateway/resolvers/request.h"

namespace nova::gateway {

// All of them over schemaSdl(). Throws std::logic_error when a field has none: a mistake of ours, found at start.
std::shared_ptr<const graphql::Resolvers> makeResolvers();

void addUsers(graphql::Resolvers& resolvers);
void addPosts(graphql::Resolvers& resolvers);
void addFeeds(graphql::Resolvers& resolvers);
void addAccounts(graphql::Resolvers& resolvers);       // signUp, signIn
void addPostMutations(graphql::Resolvers& resolvers);  // createPost … unlikePost
void addFollows(graphql::Resolvers& resolvers);
void addMessages(graphql::Resolvers& resolvers);
void addNotifications(graphql::Resolvers& resolvers);

inline GatewayRequest& requestOf(const graphql::Call& call) {
    return static_cast<GatewayRequest&>(call.request);
}
// Wraps a root resolver: answers UNAUTHENTICATED without a signed-in user.
std::function<graphql::Resolved(const graphql::Call&)> signedIn(
    std::function<graphql::Resolved(const graphql::Call&, GatewayRequest&, const kit::Claims&)> resolver);

// A read whose owner is away is served as `known`, and the field is stale; an owner that refuses is heard.
graphql::Resolved withoutOwner(const graphql::Call& call, GatewayRequest& request, const kit::Error& error,
                               graphql::Resolved known, const StaleMark& mark = {});

template <typename View>
graphql::Object object(View view) {
    return std::make_shared<const View>(std::move(view));
}
template <typename View>
const View& viewOf(const graphql::Object& parent) {
    return *static_cast<const View*>(parent.get());
}
graphql::Value countValue(std::int64_t count);  // Int! holds 32 bits
graphql::Value timeValue(kit::WallTime time);

}  // namespace nova::gateway
