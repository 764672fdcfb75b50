#include <grpcpp/create_channel.h>

#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>

#include "kit/rpc/client.h"
#include "kit/rpc/listener.h"
#include "kit/rpc/mode.h"
#include "kit/rpc/server.h"
#include "kit/trace/span.h"
#include "nova/rpc/v1/identity.grpc.pb.h"
#include "tests/kit/base/eventually.h"

using namespace nova::kit;
using nova::test::eventually;
namespace rpc = nova::rpc::v1;
using Stub = rpc::Identity::Stub;

namespace {

// Answers with its own name, and with what it knows of the caller.
class FakeIdentity final : public rpc::Identity::Service {
public:
    FakeIdentity(std::string name, TokenVerifier* tokens, int delayMs = 0)
        : m_name(std::move(name)), m_tokens(tokens), m_delayMs(delayMs) {}

    grpc::Status GetUsers(grpc::ServerContext* context, const rpc::GetUsersRequest* request,
                          rpc::GetUsersReply* reply) override {
        return serveCall(*context, {"Identity/GetUsers", m_tokens, NeedsUser::yes, m_delayMs},
                         [&](const Claims& claims) -> Result<void> {
                             if (request->handles_size() > 0) return fail(request->handles(0));
                             auto* user = reply->add_users();
                             user->set_id(claims.userId);
                             user->set_handle(m_name);
                             user->set_display_name(bearerToken(*context));
                             return outcome::success();
                         });
    }

    // Any thread; for the calls that come after it.
    void set(const std::function<void(ServiceConfig&)>& change) {
        const std::lock_guard lock(m_mutex);
        change(m_config);
    }

    grpc::Status Authenticate(grpc::ServerContext* context, const rpc::AuthenticateRequest*,
                              rpc::SessionReply* reply) override {
        return serveCall(*context, {"Identity/Authenticate", m_tokens, NeedsUser::no},
                         [&](const Claims& claims) -> Result<void> {
                             reply->mutable_user()->set_id(claims.userId);
                             reply->set_token(m_name);
                             const std::lock_guard lock(m_mutex);
                             reply->mutable_user()->set_handle(std::string(name(requestMode(*context, m_config))));
                             return outcome::success();
                         });
    }

private:
    static Result<void> fail(const std::string& how) {
        if (how == "throws") throw std::runtime_error("inside");
        if (how == "conflict") return Error{ErrorKind::conflict, "the handle is taken", "choose another"};
        if (how == "away") return transient("PostgreSQL is away");
        if (how == "store") return inside(transient("PostgreSQL at 10.0.0.7:5432: refused", "Start 10.0.0.7."));
        return Error{ErrorKind::notFound, "no such user", {}};
    }

    const std::string m_name;
    TokenVerifier* m_tokens;
    const int m_delayMs;
    std::mutex m_mutex;
    ServiceConfig m_config;  // guarded by m_mutex
};

}  // namespace

class Rpc : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::string m_token;
    std::string m_userId = newUuid();
    std::unique_ptr<TokenVerifier> m_tokens;

    std::string file() const { return m_folder.filePath(QStringLiteral("endpoints.json")).toStdString(); }

    void list(const std::vector<int>& ports) const {
        nlohmann::json replicas = nlohmann::json::array();
        for (const int port : ports) replicas.push_back("127.0.0.1:" + std::to_string(port));
        std::ofstream(file() + ".new") << nlohmann::json{{"identity-service", replicas}};
        std::filesystem::rename(file() + ".new", file());
    }

    std::unique_ptr<RpcListener> replica(const std::string& name, int port = 0, int delayMs = 0) const {
        auto made = RpcListener::open("127.0.0.1:" + std::to_string(port),
                                      {std::make_shared<FakeIdentity>(name, m_tokens.get(), delayMs)});
        return made ? std::move(made.value()) : nullptr;
    }

    Result<rpc::GetUsersReply> getUsers(RpcClients& clients, const std::string& how = {}, bool idempotent = false,
                                        std::chrono::milliseconds deadline = std::chrono::seconds{5}) const {
        rpc::GetUsersRequest request;
        if (!how.empty()) request.add_handles(how);
        return unary<rpc::Identity>(clients, {"identity-service", "Identity/GetUsers", m_token, deadline},
                                    &Stub::GetUsers, request, idempotent);
    }

    // Which replica answered, or "" for an error.
    std::string who(RpcClients& clients) const {
        auto reply = getUsers(clients);
        return reply ? reply.value().users(0).handle() : std::string();
    }

private Q_SLOTS:
    void initTestCase() {
        const auto keys = newTokenKeys();
        m_tokens = std::make_unique<TokenVerifier>(keys.value().second);
        m_token = TokenSigner(keys.value().first, std::chrono::hours{1})
                      .sign({m_userId, "alice", "Alice", "standard", {}})
                      .value()
                      .first;
    }
    void cleanup() {
        std::filesystem::remove(file());
        trace::install(nullptr);
    }

    void callsWithToken() {
        const auto server = replica("a");
        list({server->port()});
        RpcClients clients(file());
        const auto reply = getUsers(clients);
        QVERIFY2(reply.has_value(), reply ? "" : reply.error().what.c_str());
        QCOMPARE(reply.value().users(0).id(), m_userId);
        QCOMPARE(reply.value().users(0).display_name(), m_token);
        QVERIFY(clients.reachable("identity-service"));
    }

    // While a store hangs, calls come faster than they end.
    void moreCallsThanThreadsAreRefusedAtOnce() {
        constexpr int calls = 700;
        const auto server = replica("slow", 0, 3'000);
        Stub stub(
            grpc::CreateChannel("127.0.0.1:" + std::to_string(server->port()), grpc::InsecureChannelCredentials()));
        struct Call {
            grpc::ClientContext context;
            rpc::GetUsersReply reply;
            grpc::Status status;
            std::unique_ptr<grpc::ClientAsyncResponseReader<rpc::GetUsersReply>> reader;
        };
        std::vector<Call> all(calls);
        grpc::CompletionQueue queue;
        for (Call& call : all) {
            call.context.AddMetadata("authorization", "Bearer " + m_token);
            call.reader = stub.AsyncGetUsers(&call.context, {}, &queue);
            call.reader->Finish(&call.reply, &call.status, &call);
        }
        int refused = 0, answered = 0;
        for (int i = 0; i < calls; ++i) {
            void* tag = nullptr;
            bool ok = false;
            QVERIFY(queue.Next(&tag, &ok));
            const auto& status = static_cast<Call*>(tag)->status;
            if (status.ok())
                ++answered;
            else if (++refused; status.error_code() != grpc::StatusCode::RESOURCE_EXHAUSTED || answered > 0)
                QFAIL(status.error_message().c_str());
        }
        QVERIFY(answered > 256 && answered <= 512);
        QVERIFY(toError({grpc::StatusCode::RESOURCE_EXHAUSTED, ""}, "a call").retryable());
    }

    void tokensAreChecked() {
        const auto server = replica("a");
        list({server->port()});
        RpcClients clients(file());
        const auto without = unary<rpc::Identity>(clients, {"identity-service", "Identity/GetUsers", ""},
                                                  &Stub::GetUsers, rpc::GetUsersRequest{});
        QVERIFY(!without);
        QVERIFY(without.error().kind == ErrorKind::unauthenticated);
        const auto wrong = unary<rpc::Identity>(clients, {"identity-service", "Identity/GetUsers", "a.b.c"},
                                                &Stub::GetUsers, rpc::GetUsersRequest{});
        QVERIFY(wrong.error().kind == ErrorKind::unauthenticated);
        const auto open = unary<rpc::Identity>(clients, {"identity-service", "Identity/Authenticate", ""},
                                               &Stub::Authenticate, rpc::AuthenticateRequest{});
        QVERIFY(open.has_value());
        QCOMPARE(open.value().user().id(), std::string());
        const auto bad = unary<rpc::Identity>(clients, {"identity-service", "Identity/Authenticate", "a.b.c"},
                                              &Stub::Authenticate, rpc::AuthenticateRequest{});
        QVERIFY(!bad);
    }

    void errorsKeepTheirKind() {
        const auto server = replica("a");
        list({server->port()});
        RpcClients clients(file());
        const auto conflict = getUsers(clients, "conflict");
        QVERIFY(conflict.error().kind == ErrorKind::conflict);
        QCOMPARE(conflict.error().what, std::string("the handle is taken"));
        QCOMPARE(conflict.error().hint, std::string("choose another"));
        QVERIFY(getUsers(clients, "unknown").error().kind == ErrorKind::notFound);
        const auto away = getUsers(clients, "away");
        QVERIFY(away.error().retryable());
        QVERIFY(away.error().what.find("Identity/GetUsers") != std::string::npos);
        QVERIFY(getUsers(clients, "throws").error().kind == ErrorKind::permanent);
        for (const auto kind : {ErrorKind::transient, ErrorKind::badInput, ErrorKind::unauthenticated,
                                ErrorKind::forbidden, ErrorKind::notFound, ErrorKind::conflict, ErrorKind::permanent}) {
            QVERIFY(toError(toStatus({kind, "x", {}}), "y").kind == kind);
        }
    }

    void insidesAreNotTold() {
        std::vector<std::string> told;
        std::mutex mutex;
        trace::install([&](trace::SpanData&& span) {
            const std::lock_guard lock(mutex);
            told.push_back(span.error);
        });
        auto server = replica("a");
        const auto address = "127.0.0.1:" + std::to_string(server->port());
        list({server->port()});
        RpcClients clients(file());
        const trace::Span root("POST /graphql", trace::SpanKind::server, "http", trace::Context::fresh(true));
        const auto store = getUsers(clients, "store").error();
        QVERIFY(store.retryable());
        QCOMPARE(store.what, std::string("Identity/GetUsers: a store that it needs does not answer just now"));
        QCOMPARE(store.hint, std::string());
        QCOMPARE(told.at(0), std::string("PostgreSQL at 10.0.0.7:5432: refused"));
        server.reset();
        told.clear();
        const auto away = getUsers(clients).error();
        QVERIFY(away.retryable());
        QCOMPARE(away.what, std::string("Identity/GetUsers: identity-service is out of reach"));
        QVERIFY2(told.at(0).find(address) != std::string::npos, told.at(0).c_str());
    }

    void traceIsContinued() {
        std::mutex mutex;
        std::vector<trace::SpanData> seen;
        trace::install([&](trace::SpanData&& span) {
            const std::lock_guard lock(mutex);
            seen.push_back(std::move(span));
        });
        const auto server = replica("a");
        list({server->port()});
        RpcClients clients(file());
        std::string rootId;
        {
            const trace::Span root("POST /graphql", trace::SpanKind::server, "http", trace::Context::fresh(true));
            rootId = root.context().spanIdHex();
            QVERIFY(getUsers(clients).has_value());
        }
        QCOMPARE(seen.size(), std::size_t{3});
        const auto& serverSpan = seen[0];
        const auto& clientSpan = seen[1];
        QCOMPARE(serverSpan.name, std::string("Identity/GetUsers"));
        QVERIFY(serverSpan.kind == trace::SpanKind::server);
        QVERIFY(clientSpan.kind == trace::SpanKind::client);
        QVERIFY(serverSpan.parentId == clientSpan.context.spanId);
        QVERIFY(serverSpan.context.traceId == clientSpan.context.traceId);
        trace::Context parent;
        parent.spanId = clientSpan.parentId;
        QCOMPARE(parent.spanIdHex(), rootId);
        seen.clear();
        QVERIFY(getUsers(clients).has_value());  // outside of any action: no spans
        QVERIFY(seen.empty());
    }

    void takesTurns() {
        const auto a = replica("a");
        const auto b = replica("b");
        list({a->port(), b->port()});
        RpcClients clients(file());
        QVERIFY(eventually([&] { return who(clients) != who(clients); }));
        std::map<std::string, int> counts;
        for (int i = 0; i < 20; ++i) ++counts[who(clients)];
        QCOMPARE(counts["a"], 10);
        QCOMPARE(counts["b"], 10);
    }

    void replicasComeAndGo() {
        RpcClients clients(file());
        const auto nobody = getUsers(clients);
        QVERIFY(!nobody);
        QVERIFY(nobody.error().retryable());
        QVERIFY(!clients.reachable("identity-service"));
        const auto a = replica("a");
        list({a->port()});
        QVERIFY(eventually([&] { return who(clients) == "a"; }));
        const auto b = replica("b");
        list({a->port(), b->port()});
        QVERIFY(eventually([&] { return who(clients) == "b"; }));
        list({b->port()});
        QVERIFY(eventually([&] { return who(clients) == "b" && who(clients) == "b" && who(clients) == "b"; }));
        std::ofstream(file()) << "{ not json";
        QTest::qWait(100);
        QCOMPARE(who(clients), std::string("b"));
        std::ofstream(file()) << "{}";
        QVERIFY(eventually([&] { return !clients.reachable("identity-service"); }));
    }

    void deadReplicaIsPassedOver() {
        auto a = replica("a");
        const auto b = replica("b");
        const int port = a->port();
        list({port, b->port()});
        RpcClients clients(file());
        QVERIFY(eventually([&] { return who(clients) == "a"; }));
        a.reset();
        QVERIFY(eventually([&] { return who(clients) == "b" && who(clients) == "b" && who(clients) == "b"; }));
        a = replica("a2", port);
        QVERIFY(a);
        QElapsedTimer timer;
        timer.start();
        QVERIFY(eventually([&] { return who(clients) == "a2"; }));
        QVERIFY2(timer.elapsed() < 3'000, "the backoff is 500 ms at most");
    }

    void goneReplicaIsUnreachable() {
        auto a = replica("a");
        list({a->port()});
        RpcClients clients(file());
        QVERIFY(eventually([&] { return who(clients) == "a"; }));
        a.reset();
        QVERIFY(eventually([&] { return !clients.reachable("identity-service"); }));
        QElapsedTimer timer;
        timer.start();
        const auto answer = getUsers(clients, {}, true);
        QVERIFY(answer.error().retryable());
        QVERIFY2(timer.elapsed() < 1'000, "an unreachable service must be told at once");
    }

    void deadline() {
        const auto server = replica("a", 0, 2'000);
        list({server->port()});
        RpcClients clients(file());
        QElapsedTimer timer;
        timer.start();
        const auto answer = getUsers(clients, {}, false, std::chrono::milliseconds{100});
        QVERIFY(!answer);
        QVERIFY(answer.error().retryable());
        QVERIFY(timer.elapsed() < 1'500);
    }

    void idempotentCallsAreTriedTwice() {
        const auto server = replica("a");
        list({server->port()});
        RpcClients clients(file());
        int calls = 0;
        const auto away = [&](const auto&, grpc::ClientContext&) {
            ++calls;
            return calls == 1 ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "away") : grpc::Status::OK;
        };
        QVERIFY(rpcCall(clients, {"identity-service", "Identity/GetUsers", {}}, true, away).has_value());
        QCOMPARE(calls, 2);
        calls = 0;
        QVERIFY(!rpcCall(clients, {"identity-service", "Identity/GetUsers", {}}, false, away));
        QCOMPARE(calls, 1);
    }

    void modeIsPassedOnAndObeyedWhereAllowed() {
        const auto fake = std::make_shared<FakeIdentity>("a", m_tokens.get());
        const auto server = RpcListener::open("127.0.0.1:0", {fake}).value();
        list({server->port()});
        RpcClients clients(file());
        const auto modeOf = [&](std::optional<Mode> wanted) {
            CallTarget target{"identity-service", "Identity/Authenticate", ""};
            target.mode = wanted;
            return unary<rpc::Identity>(clients, target, &Stub::Authenticate, rpc::AuthenticateRequest{})
                .value()
                .user()
                .handle();
        };
        QCOMPARE(modeOf(Mode::sync), std::string("events"));
        fake->set([](ServiceConfig& config) { config.allowRequestMode = true; });
        QCOMPARE(modeOf(Mode::sync), std::string("sync"));
        QCOMPARE(modeOf(std::nullopt), std::string("events"));
        fake->set([](ServiceConfig& config) { config.mode = Mode::sync; });
        QCOMPARE(modeOf(std::nullopt), std::string("sync"));
        QCOMPARE(modeOf(Mode::events), std::string("events"));
    }

    void observedAndDelayed() {
        std::mutex mutex;
        std::vector<std::pair<std::string, double>> seen;
        observeRpc([&](const char* method, double seconds, bool) {
            const std::lock_guard lock(mutex);
            seen.emplace_back(method, seconds);
        });
        const auto server = replica("a", 0, 30);
        list({server->port()});
        RpcClients clients(file());
        QCOMPARE(who(clients), std::string("a"));
        observeRpc(nullptr);
        QCOMPARE(seen.size(), std::size_t{1});
        QCOMPARE(seen[0].first, std::string("Identity/GetUsers"));
        QVERIFY(seen[0].second >= 0.03);
    }

    void takenPortIsAnError() {
        const auto server = replica("a");
        QVERIFY(!replica("b", server->port()));
    }
};

QTEST_GUILESS_MAIN(Rpc)
#include "tst_rpc.moc"
