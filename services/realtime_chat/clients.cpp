#include "realtime_chat/clients.h"

namespace nova::realtime_chat {

void Clients::add(ClientPtr client) {
    const std::lock_guard lock(m_mutex);
    m_byUser.emplace(client->userId(), client);
    m_byConnection.emplace(client->id(), std::move(client));
}

ClientPtr Clients::remove(const std::string& connection) {
    const std::lock_guard lock(m_mutex);
    auto found = m_byConnection.extract(connection);
    if (!found) return nullptr;
    const auto [begin, end] = m_byUser.equal_range(found.mapped()->userId());
    for (auto i = begin; i != end; ++i) {
        if (i->second != found.mapped()) continue;
        m_byUser.erase(i);
        break;
    }
    return std::move(found.mapped());
}

ClientPtr Clients::find(const std::string& connection) const {
    const std::lock_guard lock(m_mutex);
    const auto found = m_byConnection.find(connection);
    return found == m_byConnection.end() ? nullptr : found->second;
}

std::vector<ClientPtr> Clients::of(const std::string& user) const {
    const std::lock_guard lock(m_mutex);
    std::vector<ClientPtr> clients;
    const auto [begin, end] = m_byUser.equal_range(user);
    for (auto i = begin; i != end; ++i) clients.push_back(i->second);
    return clients;
}

std::vector<ClientPtr> Clients::all() const {
    const std::lock_guard lock(m_mutex);
    std::vector<ClientPtr> clients;
    for (const auto& [connection, client] : m_byConnection) clients.push_back(client);
    return clients;
}

std::size_t Clients::size() const {
    const std::lock_guard lock(m_mutex);
    return m_byConnection.size();
}

}  // namespace nova::realtime_chat
