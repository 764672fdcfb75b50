#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>
#include <fstream>

#include "kit/rpc/auth.h"
#include "kit/runtime/config.h"

using namespace nova::kit;

namespace {

constexpr const char* good =
    "service = \"content-service\"\nhttp_listen = \"127.0.0.1:0\"\nkafka_bootstrap = \"127.0.0.1:9092\"\n";

}  // namespace

class Config : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    std::string write(const std::string& text) const {
        const std::string file = m_folder.filePath(QStringLiteral("service.toml")).toStdString();
        std::ofstream(file) << text;
        using std::filesystem::perms;
        std::filesystem::permissions(file, perms::owner_read | perms::owner_write);
        return file;
    }

    void refuses(const std::string& text, const std::vector<std::string>& words) const {
        const std::string file = write(text);
        const auto config = loadConfig(file);
        QVERIFY2(!config, text.c_str());
        const std::string said = config.error().what + "; " + config.error().hint;
        QVERIFY2(said.find(file) != std::string::npos, said.c_str());
        for (const auto& word : words)
            QVERIFY2(said.find(word) != std::string::npos, (said + " lacks " + word).c_str());
        QVERIFY(!config.error().retryable());
        QVERIFY(!config.error().hint.empty());
    }

private Q_SLOTS:
    void defaults() {
        const auto config = loadConfig(write(good));
        QVERIFY2(config.has_value(), config ? "" : config.error().what.c_str());
        QCOMPARE(config.value().service, std::string("content-service"));
        QCOMPARE(config.value().redisPort, 0);
        QCOMPARE(config.value().postgresConnections, 8);
        QCOMPARE(config.value().keyTemplate, std::string("processed:{group}:{event_id}"));
        QVERIFY(config.value().publish == Publish::outbox);
        QVERIFY(config.value().tokenTtl == std::chrono::hours{168});
        QVERIFY(config.value().pushGrace == std::chrono::minutes{10});
    }

    void everyKey() {
        const std::string key = m_folder.filePath(QStringLiteral("key.pem")).toStdString();
        std::ofstream(key) << newTokenKeys().value().second;
        const auto config = loadConfig(
            write(std::string(good) +
                  "replica = 3\ngrpc_listen = \"127.0.0.1:4711\"\n"
                  "postgres_uri = \"postgresql://x\"\npostgres_schema = \"content\"\nredis_host = \"::1\"\nredis_port "
                  "= 6379\n"
                  "endpoints_file = \"/nowhere/endpoints.json\"\ntoken_public_key_file = \"" +
                  key + "\"\ntoken_private_key_file = \"" + key +
                  "\"\ntoken_ttl_s = 60\npublish = \"direct\"\npostgres_connections = 4\nrpc_delay_ms = "
                  "5\nargon_memory_kib = 8192\n"
                  "argon_passes = 1\nkey_template = \"processed:{post_id}:{timestamp}\"\nlegacy_shared_keys = true\n"
                  "push_grace_s = 30\n"));
        QVERIFY2(config.has_value(), config ? "" : config.error().what.c_str());
        const ServiceConfig& c = config.value();
        QCOMPARE(c.replica, 3);
        QCOMPARE(c.grpcListen, std::string("127.0.0.1:4711"));
        QCOMPARE(c.redisPort, 6379);
        QVERIFY(c.tokenTtl == std::chrono::seconds{60});
        QVERIFY(c.pushGrace == std::chrono::seconds{30});
        QVERIFY(c.publish == Publish::direct);
        QCOMPARE(c.rpcDelayMs, 5);
        QCOMPARE(c.argonMemoryKib, 8192);
        QVERIFY(c.legacySharedKeys);
    }

    void missingFile() {
        const auto config = loadConfig("/nowhere/service.toml");
        QVERIFY(!config);
        QVERIFY(config.error().what.find("/nowhere/service.toml") != std::string::npos);
    }

    void aFileThatOthersMayReadIsRefused() {
        using std::filesystem::perms;
        for (const auto wide : {perms::group_read, perms::others_read, perms::group_write}) {
            const std::string file = write(good);
            std::filesystem::permissions(file, wide, std::filesystem::perm_options::add);
            const auto config = loadConfig(file);
            QVERIFY(!config);
            QCOMPARE(config.error().hint, "chmod 600 " + file);
        }
    }

    void publicKeysAreLookedAt() {
        const std::string key = m_folder.filePath(QStringLiteral("odd.pem")).toStdString();
        for (const auto& pem : {std::string("x"), std::string(), newTokenKeys().value().first}) {
            std::ofstream(key) << pem;
            refuses(std::string(good) + "token_public_key_file = \"" + key + "\"\n", {"token_public_key_file", key});
        }
    }

    void errorsNameKeyAndRemedy() {
        refuses(std::string(good) + "grpc_lisen = \"127.0.0.1:1\"\n", {"unknown key grpc_lisen", "grpc_listen", ":4:"});
        refuses(std::string(good) + "redis_port = \"6379\"\n", {"redis_port", "whole number"});
        refuses(std::string(good) + "redis_port = 70000\n", {"redis_port", "70000", "65535"});
        refuses(std::string(good) + "legacy_shared_keys = 1\n", {"legacy_shared_keys", "true or false"});
        refuses(std::string(good) + "postgres_uri = 5\n", {"postgres_uri", "text"});
        refuses(std::string(good) + "publish = \"carrier pigeon\"\n", {"publish", "carrier pigeon", "direct"});
        refuses(std::string(good) + "grpc_listen = \"4711\"\n", {"grpc_listen", "host:port"});
        refuses(std::string(good) + "token_public_key_file = \"/nowhere/key.pem\"\n",
                {"token_public_key_file", "/nowhere/key.pem"});
        refuses(std::string(good) + "postgres_uri = \"postgresql://x\"\n", {"postgres_schema", "missing"});
        refuses("service = \"x\"\nhttp_listen = \"127.0.0.1:0\"\n", {"kafka_bootstrap", "missing"});
        refuses("service = \n", {":1:"});
        refuses(std::string(good) + "[redis]\nport = 1\n", {"unknown key redis"});
    }
};

QTEST_GUILESS_MAIN(Config)
#include "tst_config.moc"
