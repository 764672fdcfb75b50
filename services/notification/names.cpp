#include "notification/names.h"

#include "kit/rpc/client.h"
#include "nova/rpc/v1/identity.grpc.pb.h"

namespace nova::notification {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds patience{50};
constexpr std::chrono::seconds restAfterFailure{1};

}  // namespace

std::map<std::string, std::string> Names::of(const std::vector<std::string>& ids) {
    std::map<std::string, std::string> handles;
    rpc::v1::GetUsersRequest request;
    for (const auto& id : ids) {
        if (auto known = m_known.find(id))
            handles[id] = std::move(*known);
        else
            request.add_ids(id);
    }
    if (request.ids().empty() || Clock::now().time_since_epoch().count() < m_askAgain) return handles;
    const auto reply = kit::unary<rpc::v1::Identity>(m_clients, {"identity-service", "Identity/GetUsers", {}, patience},
                                                     &rpc::v1::Identity::Stub::GetUsers, request, true);
    if (!reply) {
        m_askAgain = (Clock::now() + restAfterFailure).time_since_epoch().count();
        return handles;
    }
    for (const auto& user : reply.value().users()) {
        m_known.put(user.id(), user.handle());
        handles[user.id()] = user.handle();
    }
    return handles;
}

std::string textOf(const std::string& type, const std::string& handle) {
    return (handle.empty() ? "Somebody" : handle) + (type == "like" ? " liked your post" : " follows you");
}

}  // namespace nova::notification
