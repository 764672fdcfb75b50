// What a service is told at start: one TOML file (mode 0600, it holds a database password), named by --config FILE.
// Unknown keys are refused by name, so that a typing error is found at once.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "kit/runtime/error.h"

namespace nova::kit {

enum class Publish { outbox, direct };
enum class Mode { events, sync };  // contract §6

struct ServiceConfig {
    std::string service;  // "content-service": also the consumer group and the OTLP service.name
    int replica = 0;
    std::string grpcListen;      // host:port, empty for a service without gRPC (the gateway)
    std::string httpListen;      // host:port of /healthz /readyz /metrics, and of the gateway's doors
    std::string wsListen;        // host:port of the WebSocket door; realtime-chat-service alone
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
    Mode mode = Mode::events;
    bool allowRequestMode = false;  // obey the metadata `nova-mode` of a request; a local Nova sets it
    bool premiumFirst = true;       // premium authors' events first within a batch, never across the order of a key
    // Connect to every broker at once and look for a lost one each 100 ms rather than once a second: for a broker beside
    // the service. A local Nova sets it.
    bool kafkaEager = false;
    // notification-service alone: what the log took longer than this before the service's first start is history, of
    // which no socket is told.
    std::chrono::seconds pushGrace{600};
    std::string s3Endpoint, s3Bucket, s3AccessKey, s3SecretKey;  // media-service alone; "http://host:port"
    std::int64_t uploadLimit = 20 * 1024 * 1024;                 // bytes
};

Result<ServiceConfig> loadConfig(const std::string& file);

}  // namespace nova::kit
