// createPost at rest against its floor (one gRPC hop + one two-row transaction by libpqxx), and from the post to a
// follower's feed. Floor and createPost are taken in turns, in one run, on the same PostgreSQL with the same settings.
#include <grpcpp/grpcpp.h>

#include <QCoreApplication>
#include <QFile>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QThread>
#include <QUrl>
#include <cstdio>

#include "kit/http/client.h"
#include "kit/redis/client.h"
#include "kit/runtime/ids.h"
#include "nova/rpc/v1/identity.grpc.pb.h"
#include "tests/bench/samples.h"
#include "tests/support/live_nova.h"

using namespace Qt::StringLiterals;
using namespace nova;

namespace {

constexpr int rounds = 400;

struct Echo final : rpc::v1::Identity::Service {
    grpc::Status GetUsers(grpc::ServerContext*, const rpc::v1::GetUsersRequest*,
                          rpc::v1::GetUsersReply* reply) override {
        reply->add_users()->set_handle("floor");
        return grpc::Status::OK;
    }
};

class Floor {
public:
    explicit Floor(const std::string& uri) : m_sql(uri) {
        grpc::ServerBuilder builder;
        int port = 0;
        builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
        builder.RegisterService(&m_echo);
        m_server = builder.BuildAndStart();
        m_stub = rpc::v1::Identity::NewStub(
            grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials()));
        pqxx::work work(m_sql);
        work.exec("CREATE TABLE IF NOT EXISTS floor_posts(id uuid PRIMARY KEY, content text)");
        work.exec(
            "CREATE TABLE IF NOT EXISTS floor_outbox(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event_id uuid "
            "UNIQUE, payload bytea)");
        work.commit();
    }
    double once() {
        const bench::Stopwatch watch;
        grpc::ClientContext context;
        rpc::v1::GetUsersReply reply;
        if (!m_stub->GetUsers(&context, {}, &reply).ok()) std::abort();
        pqxx::work work(m_sql);
        work.exec_params("INSERT INTO floor_posts VALUES($1, $2)", kit::newUuid(), "Golden hour over the harbour");
        work.exec_params("INSERT INTO floor_outbox(event_id, payload) VALUES($1, $2)", kit::newUuid(),
                         "Golden hour over the harbour");
        work.commit();
        return watch.ms();
    }

private:
    pqxx::connection m_sql;
    Echo m_echo;
    std::unique_ptr<grpc::Server> m_server;
    std::unique_ptr<rpc::v1::Identity::Stub> m_stub;
};

std::string contentUri(const test::LiveNova& live) {
    QFile file(live.dataDir() + u"/run/content-service-0.toml"_s);
    if (!file.open(QIODevice::ReadOnly)) return {};
    return QRegularExpression(u"postgres_uri\\s*=\\s*['\"]([^'\"]+)"_s)
        .match(QString::fromUtf8(file.readAll()))
        .captured(1)
        .toStdString();
}

}  // namespace

int main(int argc, char** argv) {
    QCoreApplication app(argc, argv);
    test::LiveNova live;
    if (!live.start()) return 1;
    const auto alice = live.signUp(u"alice"_s), bob = live.signUp(u"bob"_s);
    live.graphql(u"mutation($u:ID!){follow(userId:$u){id}}"_s, {{u"u"_s, alice.id}}, bob.token);
    for (bool follows = false; !follows;) {  // the follow reaches the feed by its event, too
        const auto post = live.createPost(alice, u"warm-up"_s);
        QThread::msleep(200);
        follows = live.feedOf(bob).contains(post);
    }

    Floor floor(contentUri(live));
    const QUrl redisUrl(live.run().value(u"redis").toString());
    kit::RedisClient redis(redisUrl.host().toStdString(), redisUrl.port());
    kit::HttpClient door(live.run().value(u"graphql").toString().toStdString());
    const std::vector<std::pair<std::string, std::string>> headers{
        {"content-type", "application/json"}, {"authorization", "Bearer " + alice.token.toStdString()}};
    const std::string body =
        R"({"query":"mutation($c:String!){createPost(content:$c){id}}","variables":{"c":"Golden hour over the harbour"}})";
    bench::Samples floorMs, ackMs, feedMs;
    for (int i = 0; i < rounds; ++i) {
        floorMs.add(floor.once());
        QThread::msleep(5);  // at rest: the traces and commits of the last round are done
        const bench::Stopwatch watch;
        const auto answer = door.send("POST", "", body, headers);
        const double ack = watch.ms();
        const auto id =
            QJsonDocument::fromJson(QByteArray::fromStdString(answer.value().body))[u"data"][u"createPost"][u"id"]
                .toString();
        if (id.isEmpty()) return std::puts(answer.value().body.c_str()), 1;
        ackMs.add(ack);
        while (redis.command({"ZSCORE", "feed:" + bob.id.toStdString(), id.toStdString()}).value().isNil() &&
               watch.ms() < 5'000)
            QThread::usleep(200);
        feedMs.add(watch.ms());
        QThread::msleep(10);
    }
    std::printf("createPost at rest, %d rounds in turns with the floor\n", rounds);
    std::printf("  floor (gRPC hop + two-row transaction)  p50 %.2f  p99 %.2f ms\n", floorMs.percentile(50),
                floorMs.percentile(99));
    std::printf("  createPost acknowledged                 p50 %.2f  p99 %.2f ms\n", ackMs.percentile(50),
                ackMs.percentile(99));
    std::printf("  post in the follower's feed             p50 %.2f  p99 %.2f ms\n", feedMs.percentile(50),
                feedMs.percentile(99));
    bool ok = bench::verdict("createPost p50 / floor p50", ackMs.percentile(50) / floorMs.percentile(50), 3, "x");
    ok &= bench::verdict("createPost p99", ackMs.percentile(99), 45, "ms");
    ok &= bench::verdict("post to feed p50", feedMs.percentile(50), 20, "ms");
    ok &= bench::verdict("post to feed p99", feedMs.percentile(99), 60, "ms");
    return live.stop() && ok ? 0 : 1;
}
