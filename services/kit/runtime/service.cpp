#include "kit/runtime/service.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <thread>

#include "kit/consume/loop.h"
#include "kit/consume/parking.h"
#include "kit/http/server.h"
#include "kit/kafka/handles.h"
#include "kit/outbox/outbox.h"
#include "kit/postgres/migrate.h"
#include "kit/postgres/pool.h"
#include "kit/redis/client.h"
#include "kit/rpc/auth.h"
#include "kit/rpc/client.h"
#include "kit/rpc/listener.h"
#include "kit/rpc/server.h"
#include "kit/runtime/doors.h"
#include "kit/runtime/health.h"
#include "kit/runtime/log.h"
#include "kit/runtime/metrics.h"
#include "kit/runtime/stop.h"
#include "kit/trace/exporter.h"

namespace nova::kit {
namespace {

constexpr std::chrono::seconds stopLimit{15};
constexpr std::chrono::milliseconds portPatience{2'000};  // a predecessor may still be closing
constexpr std::chrono::milliseconds firstPause{5};
constexpr std::chrono::milliseconds longestPause{50};

// Unwinds compose() when a stop is requested while a dependency is awaited.
struct StopRequested {};

constexpr rlim_t wantedFiles = 65'536;

// Each connection of a user is a file, and the doors take thousands; the usual soft limit is 1,024.
void raiseFileLimit() {
    rlimit files{};
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= wantedFiles) return;
    files.rlim_cur = std::min(files.rlim_max, wantedFiles);
    if (setrlimit(RLIMIT_NOFILE, &files) != 0)
        logWarn("service", "no more than the usual number of open files: {}", std::strerror(errno));
}

std::string readWhole(const std::string& file) {
    if (file.empty()) return {};
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// The gateway's doors take what all users send, media-service's what they look at; the other services have health
// alone.
HttpServerOptions httpOptions(const ServiceConfig& config) {
    HttpServerOptions options;
    options.listen = config.httpListen;
    if (config.grpcListen.empty()) {
        options.workers = 128;
        options.connectionsPerOwner = 500;
    } else if (!config.s3Endpoint.empty()) {
        options.workers = 16;  // each waits for the object storage
    }
    return options;
}

class RunningService final : public Service {
public:
    RunningService(ServiceConfig config, StopSignal& stop)
        : m_config(std::move(config)),
          m_stop(stop),
          m_instance(fmt::format("{}/{}", m_config.service, m_config.replica)),
          m_health("starting"),
          m_exporter(m_config.kafkaBootstrap, m_config.service, m_instance, &m_metrics),
          m_tokens(readWhole(m_config.tokenPublicKeyFile)),
          m_clients(m_config.endpointsFile),
          m_http(httpOptions(m_config)) {
        trace::install([this](trace::SpanData&& span) { m_exporter.push(std::move(span)); });
        addProcessMetrics(m_metrics);
        addHealthDoors(m_http, m_health, m_metrics);
    }
    ~RunningService() override {
        trace::install(nullptr);
        observeRpc(nullptr);
    }

    int run(const std::function<void(Service&)>& compose) {
        const auto begin = std::chrono::steady_clock::now();
        openHttp();
        connect();
        compose(*this);
        startWork();
        m_health.setPhase("");
        const auto took = std::chrono::floor<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
        logInfo("service", "{} serves after {} ms, http {}, gRPC {}", m_instance, took.count(), m_config.httpListen,
                m_config.grpcListen.empty() ? "none" : m_config.grpcListen);
        m_stop.wait();
        return 0;
    }

    // In this order: no new work from users, none from Kafka, then the service's own threads, then the relay; the
    // tracer goes out with its destructor.
    void finish() {
        m_health.setPhase("stopping");
        m_http.stop();
        m_listener.reset();
        for (const auto& loop : m_loops) loop->stop();
        for (const auto& stop : m_onStop) stop();
        if (m_outbox) m_outbox->stop();
        m_health.stop();
        logInfo("service", "{} stopped", m_instance);
    }

    const ServiceConfig& config() const override { return m_config; }
    Metrics& metrics() override { return m_metrics; }
    RpcClients& clients() override { return m_clients; }
    TokenVerifier& tokens() override { return m_tokens; }
    HttpServer& http() override { return m_http; }
    PostgresPool& postgres() override { return need(m_postgres, "postgres_uri"); }
    RedisClient& redis() override { return need(m_redis, "redis_port"); }

    Outbox& outbox() override {
        if (!m_outbox) m_outbox.emplace(m_config, postgres(), m_metrics);
        return *m_outbox;
    }

    void serve(std::shared_ptr<grpc::Service> service) override { m_services.push_back(std::move(service)); }

    void consume(std::vector<std::string> topics, std::shared_ptr<RecordHandler> handler) override {
        std::unique_ptr<consume::Parking> parking;
        if (m_postgres)
            parking = consume::parkingIn(*m_postgres);
        else if (m_redis)
            parking = consume::parkingIn(*m_redis, m_config.service);
        m_loops.push_back(std::make_unique<ConsumerLoop>(m_config, std::move(topics), std::move(handler),
                                                         m_redis ? &*m_redis : nullptr, m_metrics, std::move(parking)));
    }

    void readyWhen(std::function<std::string()> check) override {
        m_health.watch(Health::Weight::needed, "", std::move(check));
    }
    void degradedWhen(std::function<std::string()> check) override {
        m_health.watch(Health::Weight::degrades, "", std::move(check));
    }
    void onStop(std::function<void()> stop) override { m_onStop.push_back(std::move(stop)); }

    void migrate(std::string_view schemaSql) override {
        untilDone("migrations", [&] { return kit::migrate(postgres(), schemaSql); });
    }

private:
    template <typename T>
    T& need(std::optional<T>& part, const char* key) {
        if (!part) throw std::runtime_error(fmt::format("{} needs the configuration key {}", m_config.service, key));
        return *part;
    }

    // Tries until it succeeds; throws what will not heal by itself, and StopRequested.
    template <typename Step>
    void untilDone(const char* what, Step step) {
        auto pause = firstPause;
        for (;;) {
            const Result<void> done = step();
            if (done) return;
            if (!done.error().retryable()) throw std::runtime_error(fmt::format("{}: {}", what, done.error().what));
            m_health.setPhase(fmt::format("{}: {}", what, done.error().what));
            if (m_stop.waitFor(pause)) throw StopRequested{};
            pause = std::min(pause * 2, longestPause);
        }
    }

    void openHttp() {
        const auto until = std::chrono::steady_clock::now() + portPatience;
        untilDone("http", [&] {
            auto opened = m_http.start();
            if (!opened && std::chrono::steady_clock::now() < until)
                return Result<void>(transient(opened.error().what));
            return opened;
        });
    }

    void connect() {
        m_health.setPhase("starting");
        if (m_config.redisPort != 0) {
            m_redis.emplace(m_config.redisHost, m_config.redisPort);
            m_health.watch(Health::Weight::needed, "redis", [this] { return answer(m_redis->ping()); });
        }
        if (m_config.postgresUri.empty()) return;
        m_postgres.emplace(m_config.postgresUri, m_config.postgresSchema, m_config.postgresConnections);
        Probe& probe = m_health.watch(Health::Weight::needed, "postgres", [this] { return askPostgres(); });
        while (!probe.waitFine(longestPause)) {
            if (m_stop.requested()) throw StopRequested{};
        }
    }

    static std::string answer(const Result<void>& done) { return done ? "" : done.error().what; }

    // On a connection of the probe's own: an exhausted pool is not a missing database.
    std::string askPostgres() {
        if (!m_probeConnection) {
            auto made = m_postgres->dedicated();
            if (!made) return made.error().what;
            m_probeConnection = std::move(made.value());
        }
        try {
            pqxx::nontransaction(*m_probeConnection).exec("SELECT 1");
            return {};
        } catch (const std::exception& e) {
            m_probeConnection.reset();
            return sqlError(e).what;
        }
    }

    void startWork() {
        // A pure consumer cannot do its work without the broker; one that publishes has its outbox and is only
        // degraded.
        const auto weight = m_outbox ? Health::Weight::degrades : Health::Weight::needed;
        if (m_outbox) {
            m_outbox->start();
            m_health.watch(Health::Weight::degrades, "kafka",
                           [this] { return m_exporter.askBroker(std::chrono::milliseconds{500}); });
        }
        for (const auto& loop : m_loops) {
            loop->start();
            m_health.add(weight, [raw = loop.get()] { return raw->readiness(); });
            m_health.add(Health::Weight::noted, [raw = loop.get()] { return raw->note(); });
        }
        if (m_config.grpcListen.empty()) return;
        const auto until = std::chrono::steady_clock::now() + portPatience;
        untilDone("gRPC", [&]() -> Result<void> {
            auto made = RpcListener::open(m_config.grpcListen, m_services);
            if (made) {
                m_listener = std::move(made.value());
                return outcome::success();
            }
            return std::chrono::steady_clock::now() < until ? transient(made.error().what) : made.error();
        });
    }

    // Destroyed from the last to the first: whoever uses another part stands below it.
    const ServiceConfig m_config;
    StopSignal& m_stop;
    const std::string m_instance;
    Metrics m_metrics;
    std::unique_ptr<pqxx::lazyconnection> m_probeConnection;  // the probe's thread alone
    std::optional<PostgresPool> m_postgres;
    std::optional<RedisClient> m_redis;
    std::optional<Outbox> m_outbox;
    Health m_health;
    trace::Exporter m_exporter;
    TokenVerifier m_tokens;
    RpcClients m_clients;
    HttpServer m_http;
    std::vector<std::shared_ptr<grpc::Service>> m_services;
    std::vector<std::unique_ptr<ConsumerLoop>> m_loops;
    std::vector<std::function<void()>> m_onStop;
    std::unique_ptr<RpcListener> m_listener;
};

std::string configFile(int argc, char** argv) {
    constexpr std::string_view flag = "--config=";
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        if (argument.starts_with(flag)) return std::string(argument.substr(flag.size()));
        if (argument == "--config" && i + 1 < argc) return argv[i + 1];
    }
    return {};
}

}  // namespace

int runService(int argc, char** argv, const std::function<void(Service&)>& compose) {
    const std::string file = configFile(argc, argv);
    if (file.empty()) {
        fmt::print(stderr, "usage: {} --config FILE\n", argv[0]);
        return 2;
    }
    auto config = loadConfig(file);
    if (!config) {
        fmt::print(stderr, "{}: {}; {}\n", argv[0], config.error().what, config.error().hint);
        return 2;
    }
    std::signal(SIGPIPE, SIG_IGN);
    raiseFileLimit();
    kafka::connectEagerly(config.value().kafkaEager);
    StopSignal stop(stopLimit);
    try {
        RunningService service(std::move(config.value()), stop);
        int status = 0;
        try {
            status = service.run(compose);
        } catch (const StopRequested&) {
        } catch (const std::exception& e) {
            logError("service", "cannot start: {}", e.what());
            status = 1;
        }
        stop.request();  // from here on the stop limit counts
        service.finish();
        return status;
    } catch (const std::exception& e) {
        logError("service", "{}", e.what());
        return 1;
    }
}

}  // namespace nova::kit
