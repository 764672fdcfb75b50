#include "gateway/resolvers/resolvers.h"

namespace nova::gateway {
namespace {

using graphql::Call;
using graphql::Resolved;

void absent(graphql::Resolvers& r, const char* field, const char* service) {
    r.root(field, signedIn([service](const Call& call, GatewayRequest&, const kit::Claims&) {
               return graphql::Failure{"\"" + call.field.name + "\" comes with " + service +
                                       ", which is not part of this Nova yet."};
           }));
}

}  // namespace

void addAbsent(graphql::Resolvers& r) {
    for (const char* field : {"Query.messages", "Mutation.sendMessage", "Mutation.markRead"})
        absent(r, field, "messaging-service");
    for (const char* field : {"Query.notifications", "Query.unreadCount", "Mutation.markNotificationsSeen"})
        absent(r, field, "notification-service");
    // No object of these types comes into being without its service.
    for (const char* type : {"Message", "Notification", "Media"}) {
        for (const auto& field : r.schema().find(type)->fields) {
            r.root(std::string(type) + "." + field.name, [](const Call&) { return Resolved(); });
        }
    }
}

}  // namespace nova::gateway
