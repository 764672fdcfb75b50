#include "kit/rpc/server.h"

#include <grpcpp/server_context.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <thread>

#include "contract/topics.h"
#include "kit/runtime/log.h"
#include "kit/trace/span.h"

namespace nova::kit {
namespace {

struct ObserverSlot {
    std::mutex mutex;
    std::shared_ptr<const RpcObserver> observer;
};
ObserverSlot& slot() {
    static auto* const instance = new ObserverSlot;  // handlers may end while the process does
    return *instance;
}

thread_local bool repeated = false;  // of the call under way on this thread

std::string_view metadata(const grpc::ServerContext& context, const char* name) {
    const auto& all = context.client_metadata();
    const auto found = all.find(name);
    if (found == all.end()) return {};
    return {found->second.data(), found->second.size()};
}

std::string_view tokenOf(const grpc::ServerContext& context) {
    return bearerOf(metadata(context, "authorization"));
}

Result<Claims> claimsOf(const grpc::ServerContext& context, const CallOptions& options) {
    const auto token = tokenOf(context);
    if (token.empty() && options.user == NeedsUser::no) return Claims{};
    if (!options.tokens) return permanent(std::string(options.method) + " has no token verifier");
    return options.tokens->verify(token);
}

Result<void> answer(const grpc::ServerContext& context, const CallOptions& options, trace::Span& span,
                    const std::function<Result<void>(const Claims&)>& body) {
    auto claims = claimsOf(context, options);
    if (!claims) return claims.error();
    if (!claims.value().userId.empty()) span.set(contract::attr::userId, claims.value().userId);
    if (options.delayMs > 0) std::this_thread::sleep_for(std::chrono::milliseconds{options.delayMs});
    if (context.IsCancelled()) return transient("the caller gave up");
    try {
        return body(claims.value());
    } catch (const std::exception& e) {
        logError("rpc", "{} threw: {}", options.method, e.what());
        return permanent(std::string(options.method) + " failed inside");
    }
}

// A line a second: while a store is away every call fails, and the spans tell of each.
bool isDue() {
    static std::atomic<std::chrono::steady_clock::rep> next{0};
    const auto now = std::chrono::steady_clock::now();
    auto due = next.load();
    return now.time_since_epoch().count() >= due &&
           next.compare_exchange_strong(due, (now + std::chrono::seconds{1}).time_since_epoch().count());
}

// What a store said goes to the log; callers pass on to users what they are told.
Error forCaller(const Error& error, const char* method) {
    if (!error.inside) return error;
    if (isDue()) logWarn("rpc", "{}: {}", method, error.what);
    return {error.kind, error.retryable() ? "a store that it needs does not answer just now" : "it failed inside", {}};
}

void observe(const char* method, std::chrono::steady_clock::time_point begin, bool ok) {
    std::shared_ptr<const RpcObserver> observer;
    {
        const std::lock_guard lock(slot().mutex);
        observer = slot().observer;
    }
    if (!observer) return;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    (*observer)(method, took.count(), ok);
}

}  // namespace

void noteRepeated() {
    repeated = true;
}

std::string bearerToken(const grpc::ServerContext& context) {
    return std::string(tokenOf(context));
}

void observeRpc(RpcObserver observer) {
    auto next = observer ? std::make_shared<const RpcObserver>(std::move(observer)) : nullptr;
    const std::lock_guard lock(slot().mutex);
    slot().observer = std::move(next);
}

grpc::Status serveCall(grpc::ServerContext& context, const CallOptions& options,
                       const std::function<Result<void>(const Claims&)>& body) {
    const auto begin = std::chrono::steady_clock::now();
    const auto parent = trace::Context::parse(metadata(context, contract::header::traceParent.data()));
    trace::Span span(options.method, trace::SpanKind::server, "grpc", parent.value_or(trace::Context{}));
    repeated = false;
    const auto done = answer(context, options, span, body);
    if (done && repeated) {
        span.set(contract::attr::repeated, "true");
        context.AddTrailingMetadata(std::string(contract::metadata::repeated), "true");
    }
    if (!done) span.fail(done.error().what);
    span.end();
    observe(options.method, begin, done.has_value());
    if (done) return grpc::Status::OK;
    context.AddTrailingMetadata(std::string(contract::metadata::refused), "true");
    return toStatus(forCaller(done.error(), options.method));
}

}  // namespace nova::kit
