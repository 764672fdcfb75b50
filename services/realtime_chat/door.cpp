#include "realtime_chat/door.h"

#include <nlohmann/json.hpp>

#include "contract/topics.h"
#include "kit/http/websocket_frames.h"
#include "kit/rpc/client.h"
#include "kit/runtime/metrics.h"
#include "kit/trace/span.h"
#include "nova/rpc/v1/messaging.grpc.pb.h"
#include "realtime_chat/jobs.h"
#include "realtime_chat/json_field.h"
#include "realtime_chat/keeper.h"

namespace nova::realtime_chat {
namespace {

using Json = nlohmann::json;
using kit::WebSocket;

constexpr int sampledPerSecond = 200;  // as the gateway's
constexpr std::chrono::seconds patience{5};
constexpr const char* expected = "expected {\"type\":\"hello\",\"token\"} or {\"type\":\"read\",\"message_id\"}";

const char* codeOf(kit::ErrorKind kind) {
    switch (kind) {
        case kit::ErrorKind::badInput:
            return "BAD_INPUT";
        case kit::ErrorKind::unauthenticated:
            return "UNAUTHENTICATED";
        case kit::ErrorKind::forbidden:
            return "FORBIDDEN";
        case kit::ErrorKind::notFound:
            return "NOT_FOUND";
        case kit::ErrorKind::conflict:
            return "CONFLICT";
        default:
            return "UNAVAILABLE";
    }
}

}  // namespace

Door::Door(Clients& clients, Keeper& keeper, Jobs& jobs, kit::RpcClients& rpc, kit::TokenVerifier& tokens,
           kit::Metrics& metrics)
    : m_clients(clients),
      m_keeper(keeper),
      m_jobs(jobs),
      m_rpc(rpc),
      m_tokens(tokens),
      m_connections(metrics.gauge("nova_websocket_connections", "WebSockets that are signed in")) {}

kit::WebSocketHandlers Door::handlers() {
    return {.opened = [this](const auto& socket, const auto& request) { opened(socket, request); },
            .received = [this](const auto& socket, const auto& frame) { received(socket, frame); },
            .closed = [this](const auto& socket) { closed(socket); }};
}

void Door::opened(const kit::WebSocketPtr& socket, const kit::HttpRequest& request) {
    if (const auto token = kit::bearerOf(request.header("authorization")); !token.empty())
        signIn(socket, std::string(token), {});
}

void Door::received(const kit::WebSocketPtr& socket, const std::string& bytes) {
    const auto frame = Json::parse(bytes, nullptr, false);
    const std::string type = frame.is_object() ? textOf(frame, "type") : std::string();
    const auto client = m_clients.find(socket->id());
    if (type == "hello" && client) return renew(client, textOf(frame, "token"));
    if (type == "hello") return signIn(socket, textOf(frame, "token"), textOf(frame, "after"));
    if (!client) {
        socket->send(kit::frame::error("UNAUTHENTICATED", "the first frame is {\"type\":\"hello\",\"token\"}"));
        return socket->close(WebSocket::Close::policy, "not signed in");
    }
    if (type == "read") return markRead(client, textOf(frame, "message_id"));
    socket->send(kit::frame::error("BAD_INPUT", expected));
}

void Door::signIn(const kit::WebSocketPtr& socket, const std::string& token, const std::string& after) {
    auto claims = m_tokens.verify(token);
    if (!claims) {
        socket->send(kit::frame::error("UNAUTHENTICATED", claims.error().what));
        return socket->close(WebSocket::Close::policy, claims.error().what);
    }
    if (!socket->own(claims.value().userId, claims.value().expires)) return;
    const auto client = std::make_shared<Client>(socket, claims.value(), token);
    client->beginCatchUp();
    m_clients.add(client);
    count();
    m_keeper.enterSoon(client, after);
}

void Door::renew(const ClientPtr& client, const std::string& token) {
    const auto claims = m_tokens.verify(token);
    if (claims && claims.value().userId == client->userId()) {
        if (client->socket().own(client->userId(), claims.value().expires)) client->renew(token);
        return;
    }
    client->socket().send(
        kit::frame::error("UNAUTHENTICATED", claims ? "the connection is another user's" : claims.error().what));
}

void Door::closed(const kit::WebSocketPtr& socket) {
    const auto client = m_clients.remove(socket->id());
    if (!client) return;
    count();
    m_jobs.run([this, client] { m_keeper.leave(client); });
}

// A user's action like those of the gateway, so it begins a trace.
void Door::markRead(const ClientPtr& client, const std::string& messageId) {
    const bool traced = sampled();
    const bool taken = m_jobs.run([this, client, messageId, traced] {
        kit::trace::Span span("WebSocket read", kit::trace::SpanKind::server, "http",
                              kit::trace::Context::fresh(traced));
        span.set(contract::attr::action, "markRead");
        span.set(contract::attr::userId, client->userId());
        span.set(contract::attr::userHandle, client->user().handle);
        rpc::v1::MarkReadRequest request;
        request.set_message_id(messageId);
        const auto reply = kit::unary<rpc::v1::Messaging>(
            m_rpc, {"messaging-service", "Messaging/MarkRead", client->token(), patience},
            &rpc::v1::Messaging::Stub::MarkRead, request, true);
        if (reply) return;
        span.fail(reply.error().what);
        client->socket().send(kit::frame::error(codeOf(reply.error().kind), reply.error().what, messageId));
    });
    if (!taken) client->socket().send(kit::frame::error("UNAVAILABLE", "overloaded", messageId));
}

bool Door::sampled() {
    const auto now = std::chrono::steady_clock::now();
    if (now - m_second >= std::chrono::seconds{1}) {
        m_second = now;
        m_inSecond = 0;
    }
    return ++m_inSecond <= sampledPerSecond;
}

void Door::count() {
    m_connections.set(static_cast<double>(m_clients.size()));
}

}  // namespace nova::realtime_chat
