#include "gateway/resolvers/input.h"
#include "gateway/resolvers/resolvers.h"

namespace nova::gateway {
namespace {

using graphql::Call;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

std::vector<std::string> idsOf(std::span<const Object> users) {
    std::vector<std::string> ids;
    for (const auto& user : users) ids.push_back(viewOf<UserView>(user).id);
    return ids;
}

// A field of the profile. Who is not known because identity-service does not answer has no name, and the field is
// stale.
graphql::Resolver profileField(std::string Profile::*member, const char* unknown) {
    return [member, unknown](const Call& call, std::span<const Object> users) {
        GatewayRequest& request = requestOf(call);
        request.loadProfiles(idsOf(users));
        std::vector<Resolved> answers;
        for (const auto& user : users) {
            const auto& view = viewOf<UserView>(user);
            const Profile* profile = request.profile(view.id);
            if (profile == nullptr) request.stale(call.path, view.stale);
            answers.emplace_back(Value(profile != nullptr ? profile->*member : std::string(unknown)));
        }
        return answers;
    };
}

std::vector<Resolved> followerCounts(const Call& call, std::span<const Object> users) {
    GatewayRequest& request = requestOf(call);
    std::vector<std::string> unknown;
    for (const auto& user : users) {
        if (!viewOf<UserView>(user).followerCount) unknown.push_back(viewOf<UserView>(user).id);
    }
    request.loadUserStats(unknown);
    std::vector<Resolved> answers;
    for (const auto& user : users) {
        const auto& view = viewOf<UserView>(user);
        const std::int64_t* loaded = view.followerCount ? &*view.followerCount : request.userStats(view.id);
        if (loaded == nullptr) request.stale(call.path, view.stale);
        answers.emplace_back(countValue(loaded != nullptr ? *loaded : 0));
    }
    return answers;
}

}  // namespace

void addUsers(graphql::Resolvers& r) {
    r.root("Query.me", signedIn([](const Call&, GatewayRequest&, const kit::Claims& user) {
               return object(UserView{user.userId, {}, {}});
           }));
    r.root("Query.user", signedIn([](const Call& call, GatewayRequest& request, const kit::Claims&) -> Resolved {
               const std::string handle = call.arguments.text("handle");
               if (auto wrong = input::handle(handle)) return std::move(*wrong);
               const auto profile = request.profileByHandle(handle);
               if (!profile) return withoutOwner(call, request, profile.error(), {});
               if (!profile.value()) return {};
               return object(UserView{profile.value()->id, {}, {}});
           }));
    r.each<UserView>("User.id", [](const UserView& user) { return Value(user.id); });
    r.set("User.handle", profileField(&Profile::handle, ""));
    r.set("User.displayName", profileField(&Profile::displayName, ""));
    r.set("User.tier", profileField(&Profile::tier, "STANDARD"));
    r.set("User.followerCount", followerCounts);
}

}  // namespace nova::gateway
