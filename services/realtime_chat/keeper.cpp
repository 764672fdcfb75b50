#include "realtime_chat/keeper.h"

#include "kit/runtime/log.h"
#include "realtime_chat/catch_up.h"
#include "realtime_chat/jobs.h"

namespace nova::realtime_chat {
namespace {

constexpr std::chrono::milliseconds redisPause{500};
constexpr int renewEach = 5;  // looks

std::vector<Presence> presences(const std::vector<ClientPtr>& clients) {
    std::vector<Presence> all;
    for (const auto& client : clients) all.push_back({client->userId(), client->id()});
    return all;
}

}  // namespace

void Keeper::enter(const ClientPtr& client, const std::string& after) {
    if (m_clients.find(client->id()) != client) return;  // closed meanwhile
    if (m_store.enter({client->userId(), client->id()})) {
        m_catchUp.run(client, after);
        if (m_clients.find(client->id()) != client) leave(client);  // closed while it was entered
        return;
    }
    enterSoon(client, after, redisPause);
}

void Keeper::enterSoon(const ClientPtr& client, const std::string& after, std::chrono::milliseconds in) {
    if (!m_jobs.run([this, client, after] { enter(client, after); }, in))
        client->socket().close(kit::WebSocket::Close::tryAgainLater, "overloaded");
}

void Keeper::leave(const ClientPtr& client) {
    static_cast<void>(m_store.remove(presences({client})));  // else it expires
}

void Keeper::leaveAll() {
    static_cast<void>(m_store.remove(presences(m_clients.all())));
}

void Keeper::look() {
    const auto mine = presences(m_clients.all());
    takeUpMissing(mine);
    if (++m_round % renewEach != 0) return;
    if (const auto renewed = m_store.renew(mine); !renewed)
        kit::logWarn("presence", "not renewed, again soon: {}", renewed.error().what);
}

// Held back before it is entered again, so that nothing newer overtakes what it missed. One that is catching up anyway
// is entered, or will be, by that.
void Keeper::takeUpMissing(const std::vector<Presence>& mine) {
    const auto missing = m_store.missing(mine);
    if (!missing) return;
    for (const auto& presence : missing.value()) {
        const auto client = m_clients.find(presence.connection);
        if (client && client->beginCatchUp()) enterSoon(client, {}, {});
    }
}

}  // namespace nova::realtime_chat
