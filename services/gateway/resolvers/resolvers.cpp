#include "gateway/resolvers/resolvers.h"

#include <limits>
#include <stdexcept>

#include "gateway/resolvers/schema.h"

namespace nova::gateway {

std::shared_ptr<const graphql::Resolvers> makeResolvers() {
    auto schema = graphql::Schema::fromSdl(schemaSdl());
    if (!schema) throw std::logic_error(schema.error().message);
    auto resolvers = std::make_shared<graphql::Resolvers>(std::move(schema.value()));
    addUsers(*resolvers);
    addPosts(*resolvers);
    addFeeds(*resolvers);
    addAccounts(*resolvers);
    addPostMutations(*resolvers);
    addFollows(*resolvers);
    addMessages(*resolvers);
    addNotifications(*resolvers);
    if (const auto missing = resolvers->missing(); !missing.empty())
        throw std::logic_error("no resolver for " + missing.front());
    return resolvers;
}

std::function<graphql::Resolved(const graphql::Call&)> signedIn(
    std::function<graphql::Resolved(const graphql::Call&, GatewayRequest&, const kit::Claims&)> resolver) {
    return [resolver = std::move(resolver)](const graphql::Call& call) -> graphql::Resolved {
        GatewayRequest& request = requestOf(call);
        if (request.user() == nullptr) return request.notSignedIn();
        return resolver(call, request, *request.user());
    };
}

graphql::Resolved withoutOwner(const graphql::Call& call, GatewayRequest& request, const kit::Error& error,
                               graphql::Resolved known, const StaleMark& mark) {
    if (!error.retryable()) return failureOf(error);
    request.stale(call.path, mark);
    return known;
}

graphql::Value countValue(std::int64_t count) {
    return std::min<std::int64_t>(count, std::numeric_limits<std::int32_t>::max());
}
graphql::Value timeValue(kit::WallTime time) {
    return kit::rfc3339(time);
}

}  // namespace nova::gateway
