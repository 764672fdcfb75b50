#include "realtime_chat/pusher.h"

#include "kit/rpc/client.h"
#include "kit/runtime/log.h"
#include "kit/runtime/metrics.h"
#include "nova/rpc/v1/realtime.grpc.pb.h"
#include "realtime_chat/clients.h"

namespace nova::realtime_chat {
namespace {

constexpr std::chrono::milliseconds patience{500};
constexpr std::chrono::seconds leaveOut{1};
constexpr std::size_t mostLeftOut = 1'000;

kit::Counter& dropped(kit::Metrics& metrics, const char* reason) {
    return metrics.counter("nova_frames_dropped_total", "Frames that did not go to a socket", {{"reason", reason}});
}

}  // namespace

Pusher::Pusher(Clients& clients, PresenceStore& presence, kit::RpcClients& rpc, kit::Metrics& metrics)
    : m_clients(clients),
      m_presence(presence),
      m_rpc(rpc),
      m_pushed(metrics.counter("nova_frames_pushed_total", "Frames that were queued to a socket of this replica")),
      m_stale(dropped(metrics, "stale")),
      m_slow(dropped(metrics, "closed")),
      m_unreachable(dropped(metrics, "unreachable")) {}

void Pusher::give(Client& client, const Push& push, Reached& reached) {
    switch (client.give(push)) {
        case Given::pushed:
            m_pushed.add();
            ++reached.connections;
            break;
        case Given::held:
            ++reached.connections;
            break;
        case Given::stale:
            m_stale.add();
            ++reached.repeats;
            break;
        case Given::gone:
            m_slow.add();
            break;
    }
}

Reached Pusher::here(const Push& push, const std::string& connection) {
    Reached reached;
    if (connection.empty()) {
        for (const auto& client : m_clients.of(push.userId)) give(*client, push, reached);
    } else if (const auto client = m_clients.find(connection); client && client->userId() == push.userId) {
        give(*client, push, reached);
    }
    return reached;
}

Reached Pusher::everywhere(const Push& push, std::vector<Place>& places) {
    Reached reached = here(push, {});
    std::erase_if(places, [&](const Place& place) {
        return place.address != m_presence.address() && !elsewhere(push, place, reached);
    });
    return reached;
}

bool Pusher::elsewhere(const Push& push, const Place& place, Reached& reached) {
    const auto unreachable = [&] {
        m_unreachable.add();
        if (auto forgotten = m_presence.forget(push.userId, place); !forgotten) reached.error = forgotten.error();
        return false;
    };
    if (leftOut(place.address)) return unreachable();
    rpc::v1::PushRequest request;
    request.set_user_id(push.userId);
    request.set_frame(push.frame);
    request.set_connection(place.connection);
    request.set_conversation_id(push.conversationId);
    request.set_seq(push.seq);
    request.set_inbox_seq(push.inboxSeq);
    const auto reply = kit::unary<rpc::v1::Realtime>(
        m_rpc, {"realtime-chat-service", "Realtime/Push", {}, patience, {}, place.address},
        &rpc::v1::Realtime::Stub::Push, request);
    if (reply) {
        reached.connections += reply.value().delivered();
        return true;
    }
    kit::logWarn("push", "{} does not take frames: {}", place.address, reply.error().what);
    {
        const std::lock_guard lock(m_mutex);
        if (m_leftOut.size() >= mostLeftOut) m_leftOut.clear();
        m_leftOut[place.address] = std::chrono::steady_clock::now() + leaveOut;
    }
    return unreachable();
}

bool Pusher::leftOut(const std::string& address) {
    const std::lock_guard lock(m_mutex);
    const auto found = m_leftOut.find(address);
    if (found == m_leftOut.end()) return false;
    if (found->second > std::chrono::steady_clock::now()) return true;
    m_leftOut.erase(found);
    return false;
}

}  // namespace nova::realtime_chat
