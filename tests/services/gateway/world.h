// The gateway's door before fake owners: users with tokens, posts, requests as a client sends them.
#pragma once

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>
#include <fstream>

#include "gateway/graphql/json.h"
#include "gateway/http/door.h"
#include "kit/rpc/client.h"
#include "kit/runtime/metrics.h"
#include "kit/trace/span.h"
#include "tests/services/gateway/fake_owners.h"

namespace nova::test {

struct Answer {
    int status = 0;
    QJsonObject body;
    std::string traceparent;
    QJsonObject data() const { return body[QStringLiteral("data")].toObject(); }
    // "CODE path: message" of the first error, or "".
    QString error() const {
        const auto errors = body[QStringLiteral("errors")].toArray();
        if (errors.isEmpty()) return {};
        const auto first = errors[0].toObject();
        QStringList path;
        for (const auto& step : first[QStringLiteral("path")].toArray()) path << step.toVariant().toString();
        return first[QStringLiteral("extensions")].toObject()[QStringLiteral("code")].toString() + QLatin1Char(' ') +
               path.join(QLatin1Char('.')) + QStringLiteral(": ") + first[QStringLiteral("message")].toString();
    }
    QString code() const { return error().section(QLatin1Char(' '), 0, 0); }
    QStringList stale() const {
        QStringList fields;
        for (const auto& field : body[QStringLiteral("extensions")].toObject()[QStringLiteral("stale")].toArray())
            fields << field.toString();
        return fields;
    }
    QString json() const { return QString::fromUtf8(QJsonDocument(body).toJson(QJsonDocument::Compact)); }
};

class World {
public:
    OwnersState owners;
    std::vector<kit::trace::SpanData> spans;

    // Owners get more time than in life, so that a busy machine does not make a test's reads stale.
    static gateway::DoorLimits patient() {
        return {.readTime = std::chrono::seconds(10), .keyTime = std::chrono::seconds(10)};
    }

    explicit World(gateway::DoorLimits limits = patient()) {
        auto keys = kit::newTokenKeys();
        m_signer = std::make_unique<kit::TokenSigner>(keys.value().first, std::chrono::hours(1));
        m_tokens = std::make_unique<kit::TokenVerifier>(keys.value().second);
        kit::trace::install([this](kit::trace::SpanData&& span) {
            const std::lock_guard lock(m_spanMutex);
            spans.push_back(std::move(span));
        });
        listen("identity-service", std::make_shared<FakeIdentity>(owners, *m_tokens));
        listen("content-service", std::make_shared<FakeContent>(owners, *m_tokens));
        listen("social-service", std::make_shared<FakeSocial>(owners, *m_tokens));
        listen("feed-service", std::make_shared<FakeFeed>(owners, *m_tokens));
        listen("media-service", std::make_shared<FakeMedia>(owners, *m_tokens));
        listen("messaging-service", std::make_shared<FakeMessaging>(owners, *m_tokens));
        listen("notification-service", std::make_shared<FakeNotifications>(owners, *m_tokens));
        m_clients = std::make_unique<kit::RpcClients>(writeEndpoints());
        for (const auto& [name, listener] : m_listeners) connect(name);
        m_door = std::make_unique<gateway::Door>(*m_clients, *m_tokens, m_metrics, limits);
    }
    ~World() { kit::trace::install(nullptr); }

    // A user known to identity-service; returns the id.
    std::string addUser(const std::string& handle, const std::string& tier = "standard") {
        rpc::User user;
        user.set_id(kit::newUuid());
        user.set_handle(handle);
        user.set_display_name("The " + handle);
        user.set_tier(tier);
        const std::lock_guard lock(owners.mutex);
        owners.users[user.id()] = user;
        return user.id();
    }
    std::string token(const std::string& id) {
        const auto& user = owners.users.at(id);
        return m_signer->sign({user.id(), user.handle(), user.display_name(), user.tier(), {}}).value().first;
    }
    // A post, and its entry in the one feed there is.
    std::string addPost(const std::string& author, const std::string& content) {
        rpc::Post post;
        post.set_id(kit::newUuid());
        post.set_author_id(author);
        post.set_content(content);
        post.set_version(1);
        post.mutable_created_at()->set_seconds(1'700'000'000);
        post.mutable_updated_at()->set_seconds(1'700'000'001);
        rpc::FeedEntry entry;
        entry.set_post_id(post.id());
        entry.set_has_snapshot(true);
        entry.set_author_id(author);
        entry.set_content(content + " (snapshot)");
        entry.set_version(1);
        *entry.mutable_created_at() = post.created_at();
        *entry.mutable_updated_at() = post.updated_at();
        entry.set_like_count(7);
        const std::lock_guard lock(owners.mutex);
        owners.posts[post.id()] = post;
        owners.feed.push_back(entry);
        return post.id();
    }

    // A file attached to the post; returns the media's id.
    std::string addMedia(const std::string& post, const std::string& fileName) {
        rpc::MediaItem item;
        item.set_id(kit::newUuid());
        item.set_url("objects:" + fileName);
        item.set_file_name(fileName);
        item.set_size_bytes(5'000'000'000);
        const std::lock_guard lock(owners.mutex);
        owners.media[item.id()] = item;
        owners.posts.at(post).add_media_ids(item.id());
        for (auto& entry : owners.feed) {
            if (entry.post_id() == post) entry.add_media_ids(item.id());
        }
        return item.id();
    }

    Answer send(kit::HttpRequest request) {
        const auto response = m_door->handle(request);
        Answer answer{response.status, QJsonDocument::fromJson(QByteArray::fromStdString(response.body)).object(), {}};
        for (const auto& [name, value] : response.headers) {
            if (name == "traceparent") answer.traceparent = value;
        }
        return answer;
    }
    Answer ask(const std::string& query, const std::string& token = {},
               std::vector<std::pair<std::string, std::string>> headers = {}, const std::string& variables = "{}") {
        kit::HttpRequest request{"POST", "/graphql", {}, "127.0.0.1", std::move(headers)};
        request.headers.emplace_back("content-type", "application/json");
        if (!token.empty()) request.headers.emplace_back("authorization", "Bearer " + token);
        request.body = "{\"query\":";
        graphql::writeJsonString(request.body, query);
        request.body += ",\"variables\":" + variables + "}";
        return send(std::move(request));
    }
    // What the owners were asked since the last time, sorted.
    QString calls() {
        const std::lock_guard lock(owners.mutex);
        QStringList all;
        for (const auto& call : std::exchange(owners.calls, {})) all << QString::fromStdString(call);
        all.sort();
        return all.join(QStringLiteral(", "));
    }
    void kill(const std::string& service) { m_listeners.erase(service); }
    void killAll() { m_listeners.clear(); }
    kit::Metrics& metrics() { return m_metrics; }

private:
    void listen(const std::string& name, std::shared_ptr<grpc::Service> service) {
        const auto keys = std::make_shared<FakeKeys>(name, owners, *m_tokens);
        m_listeners[name] = std::move(kit::RpcListener::open("127.0.0.1:0", {std::move(service), keys}).value());
    }
    std::string writeEndpoints() const {
        const std::string file = m_folder.filePath(QStringLiteral("endpoints.json")).toStdString();
        QJsonObject all;
        for (const auto& [name, listener] : m_listeners) {
            all[QString::fromStdString(name)] = QJsonArray{QStringLiteral("127.0.0.1:%1").arg(listener->port())};
        }
        std::ofstream(file) << QJsonDocument(all).toJson().toStdString();
        return file;
    }
    // The first connection is not what the tests are about.
    void connect(const std::string& name) {
        auto channel = m_clients->channel(name);
        if (channel) channel.value()->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(10));
    }

    QTemporaryDir m_folder;
    std::mutex m_spanMutex;
    kit::Metrics m_metrics;
    std::unique_ptr<kit::TokenSigner> m_signer;
    std::unique_ptr<kit::TokenVerifier> m_tokens;
    std::map<std::string, std::unique_ptr<kit::RpcListener>> m_listeners;
    std::unique_ptr<kit::RpcClients> m_clients;
    std::unique_ptr<gateway::Door> m_door;
};

}  // namespace nova::test
