// What a service is told at start: one TOML file (mode 0600, it holds a database password), named by --config FILE.
// Unknown keys are refused by name, so that a typing error is found at once.
#pragma once

#include <chrono>
#include <string>

#include "kit/runtime/error.h"

namespace nova::kit {

enum class Publish { outbox, direct };

struct ServiceConfig {
    std::string service;  // "content-service": also the consumer group and the OTLP service.name
    int replica = 0;
    std::string grpcListen;      // host:port, empty for a service without gRPC (the gateway)
    std::string httpListen;      // host:port of /healthz /readyz /metrics, and of the gateway's doors
    std::string kafkaBootstrap;  // host:port[,host:port]
    std::string postgresUri;     // empty: the service has no schema (the gateway)
    std::string postgresSchema;  // "content"
    std::string redisHost = "127.0.0.1";
    int redisPort = 0;                // 0: the service does not use Redis
    std::string endpointsFile;        // endpoints.json, watched
    std::string tokenPublicKeyFile;   // PEM, ES256
    std::string tokenPrivateKeyFile;  // PEM; identity-service alone
    std::chrono::seconds tokenTtl{std::chrono::hours{24 * 7}};
    Publish publish = Publish::outbox;
    int postgresConnections = 8;
    int rpcDelayMs = 0;           // test aid: each gRPC handler of this service sleeps so long first
    int argonMemoryKib = 65'536;  // libsodium INTERACTIVE; a local Nova uses 8192
    int argonPasses = 2;
    std::string keyTemplate = "processed:{group}:{event_id}";
    bool legacySharedKeys = false;
};

Result<ServiceConfig> loadConfig(const std::string& file);

}  // namespace nova::kit
