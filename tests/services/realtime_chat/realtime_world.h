// A realtime-chat-service's surroundings: a real Redis, messaging-service played, replicas with real doors, and users
// who connect to them.
#pragma once

#include <QTemporaryDir>
#include <algorithm>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>

#include "kit/redis/client.h"
#include "kit/rpc/client.h"
#include "kit/rpc/server.h"
#include "kit/runtime/times.h"
#include "nova/rpc/v1/messaging.grpc.pb.h"
#include "nova/rpc/v1/realtime.grpc.pb.h"
#include "realtime_chat/realtime.h"
#include "tests/kit/base/websocket_client.h"
#include "tests/services/records.h"
#include "tests/services/service_fixture.h"
#include "tests/support/real_stores.h"

namespace nova::test {

using Json = nlohmann::json;

// Inboxes in memory, as the real one has them.
class FakeMessaging final : public rpc::v1::Messaging::Service {
public:
    explicit FakeMessaging(kit::TokenVerifier& tokens) : m_tokens(tokens) {}

    std::function<void(int page)> answered;  // called after a page was made, before it is sent; pages count from 1
    std::atomic<bool> away{false};
    std::atomic<int> pages{0};
    std::atomic<int> reads{0};

    rpc::v1::ChatMessage add(const std::string& from, const std::string& to, const std::string& text) {
        const std::lock_guard lock(m_mutex);
        auto& conversation = m_conversations[std::minmax(from, to)];
        if (conversation.first.empty()) conversation.first = kit::newUuid();
        rpc::v1::ChatMessage message;
        message.set_id(kit::newUuid());
        message.set_conversation_id(conversation.first);
        message.set_from_id(from);
        message.set_to_id(to);
        message.set_text(text);
        message.set_seq(++conversation.second);
        message.set_inbox_seq(++m_inboxes[to]);
        kit::setTime(message.mutable_sent_at(), kit::wallNow());
        m_messages.push_back(message);
        return message;
    }

    grpc::Status ListReceived(grpc::ServerContext* context, const rpc::v1::ListReceivedRequest* request,
                              rpc::v1::ListMessagesReply* reply) override {
        if (away) return {grpc::StatusCode::UNAVAILABLE, "away"};
        const auto user = m_tokens.verify(kit::bearerToken(*context)).value().userId;
        auto status = list(user, *request, *reply);
        const int page = ++pages;
        if (answered) answered(page);
        return status;
    }

    grpc::Status MarkRead(grpc::ServerContext* context, const rpc::v1::MarkReadRequest* request,
                          rpc::v1::ChatMessage*) override {
        const auto user = m_tokens.verify(kit::bearerToken(*context)).value().userId;
        const std::lock_guard lock(m_mutex);
        for (auto& message : m_messages) {
            if (message.id() != request->message_id()) continue;
            if (message.to_id() != user) return {grpc::StatusCode::PERMISSION_DENIED, "not yours"};
            kit::setTime(message.mutable_read_at(), kit::wallNow());
            ++reads;
            return grpc::Status::OK;
        }
        return {grpc::StatusCode::NOT_FOUND, "no such message"};
    }

private:
    grpc::Status list(const std::string& user, const rpc::v1::ListReceivedRequest& request,
                      rpc::v1::ListMessagesReply& reply) {
        const std::lock_guard lock(m_mutex);
        bool begun = false;
        for (const auto& message : m_messages) {
            if (message.to_id() != user) continue;
            if (begun || (request.after().empty() && !message.has_read_at())) {
                begun = true;
                if (reply.messages_size() == request.first()) reply.set_has_more(true);
                if (reply.messages_size() < request.first()) *reply.add_messages() = message;
            }
            if (message.id() == request.after()) begun = true;
        }
        reply.set_inbox_seq(m_inboxes[user]);
        if (!begun && !request.after().empty()) return {grpc::StatusCode::NOT_FOUND, "no such message"};
        return grpc::Status::OK;
    }

    kit::TokenVerifier& m_tokens;
    std::mutex m_mutex;
    std::deque<rpc::v1::ChatMessage> m_messages;
    std::map<std::pair<std::string, std::string>, std::pair<std::string, std::int64_t>> m_conversations;
    std::map<std::string, std::int64_t> m_inboxes;
};

inline kit::Record sentRecord(const rpc::v1::ChatMessage& message) {
    events::v1::MessageSent event;
    event.set_message_id(message.id());
    event.set_conversation_id(message.conversation_id());
    *event.mutable_event_time() = message.sent_at();
    event.set_seq(message.seq());
    event.set_from_id(message.from_id());
    event.set_to_id(message.to_id());
    event.set_text(message.text());
    event.set_inbox_seq(message.inbox_seq());
    return recordOf(contract::topic::message, message.conversation_id(), event);
}

inline kit::Record readRecord(const rpc::v1::ChatMessage& message, kit::WallTime at = kit::wallNow()) {
    events::v1::MessageRead event;
    event.set_message_id(message.id());
    event.set_conversation_id(message.conversation_id());
    kit::setTime(event.mutable_event_time(), at);
    event.set_reader_id(message.to_id());
    event.set_sender_id(message.from_id());
    event.set_seq(message.seq());
    return recordOf(contract::topic::message, message.conversation_id(), event);
}

// One replica with its gRPC and WebSocket doors.
struct Replica {
    kit::Metrics metrics;
    kit::ServiceConfig config = [] {
        auto made = configOf("realtime-chat-service");
        made.grpcListen = "127.0.0.1:" + std::to_string(freePort());
        made.wsListen = "127.0.0.1:0";
        return made;
    }();
    kit::RedisClient redis;
    kit::RpcClients clients;
    realtime_chat::Realtime realtime;
    std::unique_ptr<kit::RpcListener> listener;

    Replica(int redisPort, const std::string& endpoints, kit::TokenVerifier& tokens)
        : redis("127.0.0.1", redisPort),
          clients(endpoints),
          realtime({config, redis, clients, tokens, metrics}),
          listener(kit::RpcListener::open(config.grpcListen,
                                          {std::shared_ptr<grpc::Service>(std::shared_ptr<void>(), &realtime.rpc())})
                       .value()) {
        if (const auto started = realtime.start(); !started) qFatal("%s", started.error().what.c_str());
    }
    ~Replica() { realtime.stop(); }
    std::vector<kit::Outcome> deliver(const kit::Record& record) { return test::deliver(realtime.handler(), record); }
};

struct World {
    RealRedis server;
    kit::RedisClient redis{"127.0.0.1", server.port()};
    QTemporaryDir folder;
    std::string endpoints = folder.filePath(QStringLiteral("endpoints.json")).toStdString();
    Door door;
    FakeMessaging messaging{door.tokens};

    World() {
        door.open(messaging);
        std::ofstream(endpoints) << R"({"messaging-service": ["127.0.0.1:)" << door.listener->port() << "\"]}";
    }
    std::unique_ptr<Replica> replica() { return std::make_unique<Replica>(server.port(), endpoints, door.tokens); }
    std::string token(const kit::Claims& user, std::chrono::seconds ttl = std::chrono::hours{1}) {
        return kit::TokenSigner(door.keys.first, ttl).sign(user).value().first;
    }
    // Connected, and entered in Redis.
    WebSocketClient connect(Replica& replica, const kit::Claims& user, const std::string& after = {}) {
        const auto before = places(user.userId);
        WebSocketClient client;
        if (client.connect(replica.realtime.port()) != 101) qFatal("not connected");
        Json hello{{"type", "hello"}, {"token", token(user)}};
        if (!after.empty()) hello["after"] = after;
        client.send(hello.dump());
        const auto isNew = [&](const std::string& place) { return std::ranges::find(before, place) == before.end(); };
        if (!eventually([&] { return std::ranges::any_of(places(user.userId), isNew); })) qFatal("not entered");
        return client;
    }
    // As connect(), and every page of what was missed has been asked for.
    WebSocketClient connectLive(Replica& replica, const kit::Claims& user) {
        const int before = messaging.pages;
        auto client = connect(replica, user);
        if (!eventually([&] { return messaging.pages > before; })) qFatal("not live");
        return client;
    }
    std::vector<std::string> places(const std::string& user) {
        std::vector<std::string> members;
        const auto reply = redis.command({"ZRANGE", "websocket:" + user, "0", "-1"});
        if (!reply) return members;
        for (const auto& item : reply.value().items) members.push_back(item.text);
        return members;
    }
};

// The next frame; null when none comes.
inline Json next(WebSocketClient& client) {
    const auto text = client.read();
    return text ? Json::parse(*text) : Json();
}

// Fields of the next frames.
inline std::vector<std::string> nextOf(WebSocketClient& client, const char* field, std::size_t count) {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < count; ++i) all.push_back(next(client).value(field, ""));
    return all;
}

}  // namespace nova::test
