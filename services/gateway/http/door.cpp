#include "gateway/http/door.h"

#include <algorithm>

#include "contract/topics.h"
#include "gateway/http/body.h"
#include "gateway/http/replies.h"
#include "gateway/resolvers/resolvers.h"
#include "kit/rpc/auth.h"
#include "kit/runtime/metrics.h"
#include "kit/runtime/text.h"

namespace nova::gateway {
namespace {

constexpr std::size_t longestKey = 200;  // of an Idempotency-Key, bytes
constexpr int jsonNesting = 32;
constexpr const char* wrongMode = "The header Nova-Mode is \"sync\" or \"events\".";

// The part before ';', without case: "Application/JSON; charset=utf-8" is application/json.
bool isJson(std::string_view contentType) {
    std::string type(contentType.substr(0, contentType.find(';')));
    while (!type.empty() && type.back() == ' ') type.pop_back();
    std::transform(type.begin(), type.end(), type.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return type == "application/json";
}

bool isKeyed(const std::string& field) {
    return field == "createPost" || field == "sendMessage" || field == "likePost";
}

std::string wrongKey(const std::string& key, const std::vector<std::string>& fields) {
    if (key.empty()) return {};
    if (key.size() > longestKey) return "The Idempotency-Key is longer than " + std::to_string(longestKey) + " bytes.";
    if (!kit::codePoints(key)) return "The Idempotency-Key is not valid UTF-8.";
    if (std::count_if(fields.begin(), fields.end(), isKeyed) > 1)
        return "One Idempotency-Key stands for one of createPost, sendMessage, likePost.";
    return {};
}

// {"stale":["feed.posts.likeCount",…]}, or nothing.
std::string extensionsOf(const GatewayRequest& request) {
    if (request.staleFields().empty()) return {};
    graphql::Value::List fields;
    for (const auto& field : request.staleFields()) fields.emplace_back(field);
    std::string out = "{\"stale\":";
    graphql::writeJson(out, fields);
    return out + "}";
}

}  // namespace

Door::Door(kit::RpcClients& clients, kit::TokenVerifier& tokens, kit::Metrics& metrics, DoorLimits limits)
    : m_owners(clients, limits.readTime, limits.keyTime),
      m_admission(tokens, limits.requestsPerSecond, limits.actionsTraced),
      m_metrics(metrics),
      m_engine(makeResolvers()) {}

kit::HttpResponse Door::handle(const kit::HttpRequest& request) {
    const auto unmeasured = [&] { return m_admission.parentOf(request, false); };
    if (request.method != "POST") {
        auto response = refuse(405, "Send a POST with the JSON body {\"query\": …, \"variables\": {…}}.",
                               graphql::code::badInput, unmeasured());
        response.headers.emplace_back("allow", "POST");
        return response;
    }
    if (!isJson(request.header("content-type"))) {
        return refuse(400, "The content type must be application/json.", graphql::code::badInput, unmeasured());
    }
    const Caller caller = m_admission.callerOf(request);
    if (const auto refusal = m_admission.refusal(request, caller)) {
        auto response = refuse(429, refusal->message, graphql::code::unavailable, unmeasured());
        response.close = refusal->close;
        return response;
    }
    return serve(request, caller);
}

kit::HttpResponse Door::serve(const kit::HttpRequest& request, const Caller& caller) {
    auto body = readBody(request.body, jsonNesting);
    if (!body) return refuse(400, {body.error()}, m_admission.parentOf(request, false));
    const auto prepared = m_engine.prepare(body.value().query);
    if (!prepared->errors.empty()) return refuse(200, prepared->errors, m_admission.parentOf(request, false));
    const auto operation = graphql::Engine::choose(*prepared, body.value().operationName);
    if (!operation) return refuse(200, {operation.error()}, m_admission.parentOf(request, false));
    return act(request, caller, *prepared, *operation.value(), body.value().variables);
}

kit::HttpResponse Door::act(const kit::HttpRequest& request, const Caller& caller, const graphql::Prepared& prepared,
                            const graphql::ast::Operation& operation, const graphql::Value& variables) {
    const auto begin = std::chrono::steady_clock::now();
    const auto fields = graphql::Engine::rootFields(prepared, operation);
    const std::string action = fields.empty() ? "introspection" : fields.front();
    kit::trace::Span span("POST /graphql", kit::trace::SpanKind::server, "http",
                          m_admission.parentOf(request, !fields.empty()));
    span.set(contract::attr::action, action);

    const std::string key(request.header("idempotency-key"));
    if (auto wrong = wrongKey(key, fields); !wrong.empty()) {
        span.fail(wrong);
        return refuse(200, std::move(wrong), graphql::code::badInput, span.context());
    }
    const auto mode = modeOf(request);
    if (!mode && !request.header("nova-mode").empty()) {
        span.fail(wrongMode);
        return refuse(200, wrongMode, graphql::code::badInput, span.context());
    }
    GatewayRequest work(m_owners, m_memory, {caller.token, mode}, caller.claims, key);
    const auto done = m_engine.run(prepared, operation, variables, work);
    if (!work.actor().id.empty()) {
        span.set(contract::attr::userId, work.actor().id);
        span.set(contract::attr::userHandle, work.actor().handle);
    }
    if (!done.errors.empty()) span.fail(done.errors.front().message);
    count(action, done, begin);
    return answer(200, graphql::writeResponse(done, extensionsOf(work)), span.context());
}

void Door::count(const std::string& action, const graphql::Engine::Answer& done,
                 std::chrono::steady_clock::time_point begin) {
    const std::string outcome = done.errors.empty() ? "ok" : done.errors.front().code;
    m_metrics
        .counter("gateway_requests_total", "GraphQL requests by first root field and outcome",
                 {{"action", action}, {"outcome", outcome}})
        .add();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    m_metrics.histogram("gateway_request_seconds", "Time from parsed request to answer", {{"action", action}})
        .observe(took.count());
}

}  // namespace nova::gateway
