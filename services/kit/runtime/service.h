// The life of a service process: configuration, log, signals, health, clean stop. A main.cpp composes with it:
//
//   int main(int argc, char** argv) {
//       return nova::kit::runService(argc, argv, [](nova::kit::Service& s) {
//           auto store = std::make_shared<content::Store>(s.postgres());
//           s.serve(std::make_shared<content::ContentRpc>(store, …));     // gRPC
//           s.consume({topic::media}, handler);                            // consumer loop
//       });
//   }
//
// Order: config → log → tracer → PostgreSQL (waits, retries; then migrations) → Redis → compose() → relay, gRPC,
// consumers, HTTP. The HTTP port answers from the first moment (/readyz 503 naming what is missing). No service waits
// for another Nova service. SIGTERM, SIGINT: stop taking work, finish what is in hand, commit offsets, leave the group,
// flush the tracer, exit 0 (15 s at most). The limit of open files is raised to 65,536, or as far as the system allows.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kit/runtime/config.h"

namespace grpc {
class Service;
}

namespace nova::kit {

class Metrics;
class HttpServer;
class Outbox;
class PostgresPool;
class RedisClient;
class RpcClients;
class TokenVerifier;
class RecordHandler;

class Service {
public:
    virtual ~Service() = default;
    virtual const ServiceConfig& config() const = 0;
    virtual Metrics& metrics() = 0;
    virtual PostgresPool& postgres() = 0;  // only with config().postgresUri
    virtual RedisClient& redis() = 0;      // only with config().redisPort
    virtual Outbox& outbox() = 0;          // only with postgres; starting it starts the relay
    virtual RpcClients& clients() = 0;     // other services by name, from endpoints.json
    virtual TokenVerifier& tokens() = 0;
    virtual HttpServer& http() = 0;  // the gateway adds its routes here

    virtual void serve(std::shared_ptr<grpc::Service> service) = 0;
    // One consumer thread in the group config().service. The handler is called from that thread only.
    virtual void consume(std::vector<std::string> topics, std::shared_ptr<RecordHandler> handler) = 0;
    // A condition of /readyz: returns "" when fine, else what is missing ("redis: connection refused").
    virtual void readyWhen(std::function<std::string()> check) = 0;
    // A name for /readyz's "degraded" list, or "".
    virtual void degradedWhen(std::function<std::string()> check) = 0;
    // Called once on stop, before connections are closed.
    virtual void onStop(std::function<void()> stop) = 0;
    // `migrations`: the text of schema.sql, see kit/postgres/migrate.h. Call before the first use of postgres().
    virtual void migrate(std::string_view schemaSql) = 0;
};

int runService(int argc, char** argv, const std::function<void(Service&)>& compose);

}  // namespace nova::kit
