// Whether a user exists, asked of identity-service and remembered: users are never deleted. Bound: 100,000 ids, then it
// begins anew. Thread: any.
#pragma once

#include <mutex>
#include <string>
#include <unordered_set>

#include "kit/runtime/error.h"

namespace nova::kit {
class RpcClients;
}

namespace nova::messaging {

class Receivers {
public:
    explicit Receivers(kit::RpcClients& clients) : m_clients(clients) {}
    // notFound: identity-service says that there is no such user. While it is away every id is accepted: sending does
    // not depend on it.
    kit::Result<void> check(const std::string& user, const std::string& token);

private:
    bool known(const std::string& user);

    kit::RpcClients& m_clients;
    std::mutex m_mutex;
    std::unordered_set<std::string> m_known;
};

}  // namespace nova::messaging
