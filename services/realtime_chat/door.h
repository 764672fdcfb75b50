// What the frames of a WebSocket mean (contract §7): the token as a bearer header or in the first frame
// `{"type":"hello","token":…}`, with `"after":"<message id>"` to have what was sent since; then `{"type":"read",
// "message_id":…}`. A later hello of the same user renews the token. What cannot be obeyed is answered by
// `{"type":"error","code","message"}`, the connection stays. Thread: the server's I/O thread; calls go to the jobs.
#pragma once

#include <memory>
#include <string>

#include "kit/http/websocket.h"
#include "realtime_chat/clients.h"

namespace nova::kit {
class Gauge;
class Metrics;
class RpcClients;
class TokenVerifier;
}  // namespace nova::kit

namespace nova::realtime_chat {

class Jobs;
class Keeper;

class Door {
public:
    Door(Clients& clients, Keeper& keeper, Jobs& jobs, kit::RpcClients& rpc, kit::TokenVerifier& tokens,
         kit::Metrics& metrics);
    kit::WebSocketHandlers handlers();

private:
    void opened(const kit::WebSocketPtr& socket, const kit::HttpRequest& request);
    void received(const kit::WebSocketPtr& socket, const std::string& text);
    void closed(const kit::WebSocketPtr& socket);
    void signIn(const kit::WebSocketPtr& socket, const std::string& token, const std::string& after);
    void renew(const ClientPtr& client, const std::string& token);
    void markRead(const ClientPtr& client, const std::string& messageId);
    bool sampled();
    void count();

    Clients& m_clients;
    Keeper& m_keeper;
    Jobs& m_jobs;
    kit::RpcClients& m_rpc;
    kit::TokenVerifier& m_tokens;
    kit::Gauge& m_connections;
    std::chrono::steady_clock::time_point m_second{};
    int m_inSecond = 0;
};

}  // namespace nova::realtime_chat
