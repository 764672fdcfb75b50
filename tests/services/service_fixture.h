// What a service's test stands on: its schema on a real PostgreSQL, its outbox (the relay not started), users with
// tokens, and its gRPC service behind a real listener.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <QtTest>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "kit/outbox/outbox.h"
#include "kit/postgres/migrate.h"
#include "kit/postgres/pool.h"
#include "kit/rpc/auth.h"
#include "kit/rpc/listener.h"
#include "kit/runtime/config.h"
#include "kit/runtime/ids.h"
#include "kit/runtime/metrics.h"

namespace nova::test {

inline kit::ServiceConfig configOf(const std::string& service) {
    kit::ServiceConfig config;
    config.service = service;
    return config;
}

struct StoredEvent {
    std::string topic, key, type, payload;
    std::int64_t version = 0;
};

struct ServiceStores {
    kit::Metrics metrics;
    kit::PostgresPool pool;
    kit::Outbox outbox;

    ServiceStores(const std::string& uri, const std::string& schema, std::string_view sql)
        : pool(uri, schema, 16), outbox(configOf(schema + "-service"), pool, metrics) {
        if (auto done = kit::migrate(pool, sql); !done) qFatal("%s", done.error().what.c_str());
    }
    template <typename... Args>
    pqxx::result sql(const char* text, Args... args) {
        auto rows = pool.run<pqxx::result>(nullptr, [&](kit::Transaction& t) { return t.exec(text, args...); });
        if (!rows) qFatal("%s: %s", text, rows.error().what.c_str());
        return rows.value();
    }
    std::int64_t number(const char* text) { return sql(text)[0][0].as<std::int64_t>(); }
    // In the order of their ids.
    std::vector<StoredEvent> events() {
        std::vector<StoredEvent> all;
        for (const auto& row :
             sql("SELECT topic, part_key, headers->>'ce_type', payload, agg_version FROM outbox ORDER BY id"))
            all.push_back({row[0].as<std::string>(), row[1].as<std::string>(), row[2].as<std::string>(),
                           pqxx::binarystring(row[3]).str(), row[4].as<std::int64_t>()});
        return all;
    }
};

template <typename Event>
Event parsed(const std::string& bytes) {
    Event event;
    if (!event.ParseFromString(bytes)) qFatal("not a %s", Event::descriptor()->full_name().c_str());
    return event;
}

inline kit::Claims user(const std::string& handle, const std::string& tier = "standard") {
    return {kit::newUuid(), handle, handle, tier, {}};
}

// Runs `body(i)` on `count` threads that begin together.
template <typename Body>
void together(int count, Body body) {
    std::atomic<int> waiting{count};
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i)
        threads.emplace_back([&, i] {
            --waiting;
            while (waiting > 0) std::this_thread::yield();
            body(i);
        });
    for (auto& thread : threads) thread.join();
}

// Keys of a Nova, and calls with a user's token.
struct Door {
    std::pair<std::string, std::string> keys = kit::newTokenKeys().value();
    kit::TokenVerifier tokens{keys.second};
    kit::TokenSigner signer{keys.first, std::chrono::hours{1}};
    std::unique_ptr<kit::RpcListener> listener;
    std::shared_ptr<grpc::Channel> channel;

    // `service` lives as long as the door.
    void open(grpc::Service& service) { open(std::shared_ptr<grpc::Service>(std::shared_ptr<void>(), &service)); }
    void open(std::shared_ptr<grpc::Service> service) {
        auto made = kit::RpcListener::open("127.0.0.1:0", {std::move(service)});
        if (!made) qFatal("%s", made.error().what.c_str());
        listener = std::move(made.value());
        channel =
            grpc::CreateChannel("127.0.0.1:" + std::to_string(listener->port()), grpc::InsecureChannelCredentials());
    }
    // Status of one call; `who` null: without a token.
    template <typename Stub, typename Request, typename Reply>
    grpc::Status call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Reply*),
                      const kit::Claims* who, const Request& request, Reply& reply) {
        grpc::ClientContext context;
        if (who) context.AddMetadata("authorization", "Bearer " + signer.sign(*who).value().first);
        Stub stub(channel);
        return (stub.*method)(&context, request, &reply);
    }
};

template <typename T>
std::string problem(const kit::Result<T>& result) {
    return result ? std::string() : result.error().what;
}
template <typename T>
bool failedAs(const kit::Result<T>& result, kit::ErrorKind kind) {
    return !result && result.error().kind == kind;
}

}  // namespace nova::test

// Fails the test with the error's own words.
#define QVERIFY_OK(...) QCOMPARE(nova::test::problem(__VA_ARGS__), std::string())
#define QVERIFY_KIND(result, wanted) QVERIFY(nova::test::failedAs(result, nova::kit::ErrorKind::wanted))
