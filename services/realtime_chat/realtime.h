// realtime-chat-service put together: its parts in the order of their use, its start and its stop. The configuration
// names the WebSocket's listener (`ws_listen`) and, by `grpc_listen`, the address under which others find this replica.
#pragma once

#include "kit/http/websocket.h"
#include "kit/runtime/config.h"
#include "realtime_chat/catch_up.h"
#include "realtime_chat/clients.h"
#include "realtime_chat/door.h"
#include "realtime_chat/jobs.h"
#include "realtime_chat/keeper.h"
#include "realtime_chat/message_handler.h"
#include "realtime_chat/presence_store.h"
#include "realtime_chat/pusher.h"
#include "realtime_chat/realtime_rpc.h"

namespace nova::kit {
class Metrics;
class RedisClient;
class RpcClients;
class TokenVerifier;
}  // namespace nova::kit

namespace nova::realtime_chat {

struct RealtimeParts {
    const kit::ServiceConfig& config;
    kit::RedisClient& redis;
    kit::RpcClients& rpc;
    kit::TokenVerifier& tokens;
    kit::Metrics& metrics;
};

class Realtime {
public:
    explicit Realtime(const RealtimeParts& parts);
    ~Realtime();
    kit::Result<void> start();  // tried for 2 s: a predecessor may still hold the port
    // Closes all sockets (1001) and takes their entries out of Redis.
    void stop();
    int port() const { return m_server.port(); }  // of the WebSocket door
    MessageHandler& handler() { return m_handler; }
    RealtimeRpc& rpc() { return m_rpcDoor; }

private:
    Clients m_clients;
    PresenceStore m_presence;
    Pusher m_pusher;
    Jobs m_jobs;
    CatchUp m_catchUp;
    Keeper m_keeper;
    Door m_door;
    MessageHandler m_handler;
    RealtimeRpc m_rpcDoor;
    kit::WebSocketServer m_server;
};

}  // namespace nova::realtime_chat
