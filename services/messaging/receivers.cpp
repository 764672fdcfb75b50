#include "messaging/receivers.h"

#include "kit/rpc/client.h"
#include "kit/runtime/ids.h"
#include "nova/rpc/v1/identity.grpc.pb.h"

namespace nova::messaging {
namespace {

constexpr std::size_t mostKnown = 100'000;
constexpr std::chrono::milliseconds patience{250};

}  // namespace

bool Receivers::known(const std::string& user) {
    const std::lock_guard lock(m_mutex);
    return m_known.contains(user);
}

kit::Result<void> Receivers::check(const std::string& user, const std::string& token) {
    if (!kit::isUuid(user)) return kit::badInput("the receiver is no user id");
    if (known(user)) return kit::outcome::success();
    rpc::v1::GetUsersRequest request;
    request.add_ids(user);
    const auto reply =
        kit::unary<rpc::v1::Identity>(m_clients, {"identity-service", "Identity/GetUsers", token, patience},
                                      &rpc::v1::Identity::Stub::GetUsers, request);
    if (!reply) return kit::outcome::success();
    if (reply.value().users().empty()) return kit::Error{kit::ErrorKind::notFound, "there is no user " + user, {}};
    const std::lock_guard lock(m_mutex);
    if (m_known.size() >= mostKnown) m_known.clear();
    m_known.insert(user);
    return kit::outcome::success();
}

}  // namespace nova::messaging
