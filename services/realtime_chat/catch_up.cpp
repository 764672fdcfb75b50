#include "realtime_chat/catch_up.h"

#include <utility>

#include "kit/http/websocket_frames.h"
#include "kit/rpc/client.h"
#include "kit/runtime/log.h"
#include "kit/runtime/times.h"
#include "nova/rpc/v1/messaging.grpc.pb.h"
#include "realtime_chat/jobs.h"

namespace nova::realtime_chat {
namespace {

constexpr int pageSize = 200;
constexpr std::size_t queueRoom = 300;  // frames that may wait for the socket before the next page is asked for
constexpr std::chrono::milliseconds messagingPause{500}, socketPause{20};
constexpr std::chrono::seconds patience{2};

kit::Result<rpc::v1::ListMessagesReply> page(kit::RpcClients& rpc, const Client& client, const std::string& after) {
    rpc::v1::ListReceivedRequest request;
    request.set_after(after);
    request.set_first(pageSize);
    return kit::unary<rpc::v1::Messaging>(rpc,
                                          {"messaging-service", "Messaging/ListReceived", client.token(), patience},
                                          &rpc::v1::Messaging::Stub::ListReceived, request, true);
}

void bring(Client& client, const rpc::v1::ChatMessage& m) {
    client.bring(m.conversation_id(), m.seq(), m.inbox_seq(), [&m] {
        return kit::frame::message({m.id(), m.conversation_id(), m.from_id(), m.text(), kit::timeOf(m.sent_at()),
                                    m.inbox_seq()},
                                   kit::trace::current());
    });
}

}  // namespace

void CatchUp::run(const ClientPtr& client, const std::string& after) {
    step(client, {after, after.empty(), false});
}

void CatchUp::again(const ClientPtr& client, const Progress& progress, std::chrono::milliseconds in) {
    const bool taken = m_jobs.run([this, client, progress] { step(client, progress); }, in);
    if (!taken) client->socket().close(kit::WebSocket::Close::tryAgainLater, "overloaded");
}

void CatchUp::step(const ClientPtr& client, Progress progress) {
    if (m_clients.find(client->id()) != client) return;  // closed meanwhile
    if (client->socket().queuedFrames() > queueRoom) return again(client, progress, socketPause);
    client->beginPage();
    const auto reply = page(m_rpc, *client, progress.after);
    if (!reply && reply.error().kind == kit::ErrorKind::notFound && !progress.after.empty()) {
        client->socket().send(
            kit::frame::error("NOT_FOUND", "after names no message to you; these are the unread ones"));
        return step(client, {{}, true, false});
    }
    if (!reply && reply.error().kind == kit::ErrorKind::unauthenticated)
        return client->socket().close(kit::WebSocket::Close::policy, reply.error().what);
    if (!reply) {
        if (!std::exchange(progress.waiting, true))
            kit::logWarn("catch-up", "what {} was sent is asked for again: {}", client->userId(), reply.error().what);
        return again(client, progress, messagingPause);
    }
    for (const auto& message : reply.value().messages()) {
        if (!progress.unreadOnly || !message.has_read_at()) bring(*client, message);
        progress.after = message.id();
    }
    if (!reply.value().has_more() && client->live(reply.value().inbox_seq())) return;
    again(client, progress, {});
}

}  // namespace nova::realtime_chat
