// The WebSockets of this replica, by connection and by user. Thread: any.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "realtime_chat/client.h"

namespace nova::realtime_chat {

using ClientPtr = std::shared_ptr<Client>;

class Clients {
public:
    void add(ClientPtr client);
    ClientPtr remove(const std::string& connection);      // null: not here
    ClientPtr find(const std::string& connection) const;  // null: not here
    std::vector<ClientPtr> of(const std::string& user) const;
    std::vector<ClientPtr> all() const;
    std::size_t size() const;

private:
    mutable std::mutex m_mutex;
    std::unordered_map<std::string, ClientPtr> m_byConnection;
    std::unordered_multimap<std::string, ClientPtr> m_byUser;
};

}  // namespace nova::realtime_chat
