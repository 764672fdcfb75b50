// nova.rpc.v1.IdempotencyKeys over the table of kit/postgres/idempotency.h: under which operation a service knows a key
// of the caller. Each service with keyed operations serves it, for the gateway to ask. Thread: gRPC's.
#pragma once

#include <memory>

namespace grpc {
class Service;
}

namespace nova::kit {

class PostgresPool;
class TokenVerifier;

// `pool` and `tokens` outlive it. delayMs: ServiceConfig::rpcDelayMs.
std::shared_ptr<grpc::Service> idempotencyKeys(PostgresPool& pool, TokenVerifier& tokens, int delayMs);

}  // namespace nova::kit
