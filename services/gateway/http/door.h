// POST /graphql: from an HTTP request to its answer. Makes the root span of the action and the limits that need no
// document. Thread: the HTTP server's workers, many at a time.
#pragma once

#include <memory>

#include "gateway/graphql/engine.h"
#include "gateway/http/admission.h"
#include "gateway/resolvers/request.h"
#include "kit/http/server.h"
#include "kit/trace/span.h"

namespace nova::kit {
class Metrics;
class TokenVerifier;
}  // namespace nova::kit

namespace nova::gateway {

struct DoorLimits {
    int requestsPerSecond = 5'000;            // per token; per address without a valid one
    int actionsTraced = 200;                  // per second, of those whose caller sent no traceparent
    std::chrono::milliseconds readTime{100};  // for an owner's answer to a read; then it is served without
    std::chrono::milliseconds keyTime{250};   // for another owner's word on an idempotency key (key_desk.h)
};

class Door {
public:
    Door(kit::RpcClients& clients, kit::TokenVerifier& tokens, kit::Metrics& metrics, DoorLimits limits = {});
    kit::HttpResponse handle(const kit::HttpRequest& request);
    Admission& admission() { return m_admission; }  // lives as long as the door

private:
    kit::HttpResponse serve(const kit::HttpRequest& request, const Caller& caller);
    kit::HttpResponse act(const kit::HttpRequest& request, const Caller& caller, const graphql::Prepared& prepared,
                          const graphql::ast::Operation& operation, const graphql::Value& variables);
    void count(const std::string& action, const graphql::Engine::Answer& answer,
               std::chrono::steady_clock::time_point begin);

    Owners m_owners;
    Admission m_admission;
    kit::Metrics& m_metrics;
    graphql::Engine m_engine;
    Memory m_memory;
};

}  // namespace nova::gateway
