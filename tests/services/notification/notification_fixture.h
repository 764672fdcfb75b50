// notification-service's parts on a real PostgreSQL and Redis, with an identity-service and a realtime-chat-service
// that remember what they were asked.
#pragma once

#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QtTest>
#include <atomic>
#include <fstream>
#include <mutex>

#include "kit/redis/client.h"
#include "kit/rpc/client.h"
#include "kit/rpc/server.h"
#include "notification/names.h"
#include "notification/notification_rpc.h"
#include "notification/notifier.h"
#include "notification/push_sweeper.h"
#include "notification/pusher.h"
#include "notification/social_handler.h"
#include "notification/store.h"
#include "notification/unread_cache.h"
#include "nova/rpc/v1/identity.grpc.pb.h"
#include "nova/rpc/v1/realtime.grpc.pb.h"
#include "nova/schema/notification.h"
#include "tests/services/records.h"
#include "tests/services/service_fixture.h"
#include "tests/support/real_stores.h"

namespace nova::test {

// Who is called what; slow or refusing when told so.
class FakeIdentity final : public rpc::v1::Identity::Service {
public:
    std::atomic<int> asked{0}, delayMs{0};
    void call(std::map<std::string, std::string> handles) {  // by id
        const std::lock_guard lock(m_mutex);
        m_handles = std::move(handles);
    }
    grpc::Status GetUsers(grpc::ServerContext*, const rpc::v1::GetUsersRequest* request,
                          rpc::v1::GetUsersReply* reply) override {
        ++asked;
        std::this_thread::sleep_for(std::chrono::milliseconds(delayMs));
        const std::lock_guard lock(m_mutex);
        for (const auto& id : request->ids()) {
            const auto found = m_handles.find(id);
            if (found == m_handles.end()) continue;
            auto* user = reply->add_users();
            user->set_id(id);
            user->set_handle(found->second);
        }
        return grpc::Status::OK;
    }

private:
    std::mutex m_mutex;
    std::map<std::string, std::string> m_handles;  // guarded
};

class FakeRealtime final : public rpc::v1::Realtime::Service {
public:
    std::atomic<int> delivers{1}, delayMs{0};
    grpc::Status Push(grpc::ServerContext*, const rpc::v1::PushRequest* request, rpc::v1::PushReply* reply) override {
        std::this_thread::sleep_for(std::chrono::milliseconds(delayMs));
        const std::lock_guard lock(m_mutex);
        m_pushes.push_back(*request);
        reply->set_delivered(delivers);
        return grpc::Status::OK;
    }
    std::vector<rpc::v1::PushRequest> pushes() {
        const std::lock_guard lock(m_mutex);
        return m_pushes;
    }
    void forget() {
        const std::lock_guard lock(m_mutex);
        m_pushes.clear();
    }
    // Waits for so many, then returns what came.
    std::vector<rpc::v1::PushRequest> pushes(std::size_t count) {
        eventually([&] { return pushes().size() >= count; });
        return pushes();
    }

private:
    std::mutex m_mutex;
    std::vector<rpc::v1::PushRequest> m_pushes;
};

inline QJsonObject frameOf(const rpc::v1::PushRequest& push) {
    return QJsonDocument::fromJson(QByteArray::fromStdString(push.frame())).object();
}

inline kit::Record likeRecord(const std::string& user, const std::string& author, const std::string& post,
                              std::int64_t version = 1) {
    events::v1::PostLiked event;
    event.set_post_id(post);
    event.set_user_id(user);
    event.set_author_id(author);
    event.set_like_count(version);
    event.set_version(version);
    kit::setTime(event.mutable_event_time(), kit::fromMicros(1'700'000'000'000'000 + version));
    return recordOf(contract::topic::social, post, event);
}

struct NotificationStores {
    RealPostgres postgres;
    RealRedis redisServer;
    ServiceStores stores{postgres.uri(), "notification", notification::schemaSql};
    kit::RedisClient redis{"127.0.0.1", redisServer.port()};
    FakeIdentity identity;
    FakeRealtime realtime;
    Door identityDoor, realtimeDoor;
    QTemporaryDir folder;
    std::unique_ptr<kit::RpcClients> clients = openClients();

    const std::string alice = kit::newUuid(), bob = kit::newUuid(), carol = kit::newUuid();

    void clear() {
        stores.sql("TRUNCATE notifications, pending_pushes, unread_counts");
        if (!redis.command({"FLUSHALL"})) qFatal("FLUSHALL");
        identity.call({{alice, "alice"}, {bob, "bob"}});
        identity.asked = 0;
        identity.delayMs = 0;
        realtime.delivers = 1;
        realtime.delayMs = 0;
        realtime.forget();
    }
    // As realtime-chat-service notes an open socket.
    void connect(const std::string& user) {
        const auto expiry = std::chrono::floor<std::chrono::milliseconds>(kit::wallNow()).time_since_epoch().count();
        QVERIFY(redis.command({"ZADD", "websocket:" + user, std::to_string(expiry + 30'000), "127.0.0.1:1/1"}));
    }
    std::string cached(const std::string& user) { return redis.command({"GET", "unread:" + user}).value().text; }
    std::int64_t unseen(const std::string& user) {
        return stores.sql("SELECT count(*) FROM notifications WHERE recipient_id = $1 AND NOT seen", user)[0][0]
            .as<std::int64_t>();
    }
    std::int64_t pending() { return stores.number("SELECT count(*) FROM pending_pushes"); }
    std::int64_t rows() { return stores.number("SELECT count(*) FROM notifications"); }

private:
    std::unique_ptr<kit::RpcClients> openClients() {
        identityDoor.open(identity);
        realtimeDoor.open(realtime);
        const auto file = folder.filePath(QStringLiteral("endpoints.json")).toStdString();
        std::ofstream(file) << "{\"identity-service\": [\"127.0.0.1:" << identityDoor.listener->port()
                            << "\"], \"realtime-chat-service\": [\"127.0.0.1:" << realtimeDoor.listener->port()
                            << "\"]}";
        auto made = std::make_unique<kit::RpcClients>(file);
        for (const char* name : {"identity-service", "realtime-chat-service"})
            made->channel(name).value()->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(10));
        return made;
    }
};

}  // namespace nova::test
