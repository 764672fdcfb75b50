// gRPC client side: replicas of a service from endpoints.json ({"content-service": ["127.0.0.1:4711", …]}, replaced by
// rename and watched), one channel a replica, round robin over the ready ones. A replica that answers no ping for 2 s
// (stopped, hung: the kernel still takes its connections) is ready no more 3 s after its last word, until it speaks
// again. Blocking calls; deadline, token and traceparent set; client span made.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "kit/runtime/config.h"
#include "kit/runtime/error.h"

namespace nova::kit {

class RpcClients {
public:
    explicit RpcClients(std::string endpointsFile);
    ~RpcClients();
    // A channel to one replica of the service; error (transient) when none is listed.
    Result<std::shared_ptr<grpc::Channel>> channel(const std::string& service);
    // A channel to the replica at host:port, listed or not.
    std::shared_ptr<grpc::Channel> channelTo(const std::string& address);
    // True when at least one replica's channel is not in transient failure.
    bool reachable(const std::string& service);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

struct CallTarget {
    const char* service;  // "content-service"
    const char* method;   // "Content/CreatePost"
    std::string token;    // bearer token to pass on; may be empty
    std::chrono::milliseconds deadline{5'000};
    std::optional<Mode> mode{};  // passed on as metadata `nova-mode`
    std::string address{};       // host:port of the replica that is meant; empty: any
};

// Runs `call` with a prepared context inside a client span. UNAVAILABLE is tried once more on another replica only if
// `idempotent`. Where the service itself did not answer, the error says that much, and the span what gRPC knows of it.
Result<void> rpcCall(
    RpcClients& clients, const CallTarget& target, bool idempotent,
    const std::function<grpc::Status(const std::shared_ptr<grpc::Channel>&, grpc::ClientContext&)>& call);

// auto reply = unary<rpc::v1::Content>(clients, target, &Stub::CreatePost, request);   Stub method: Status (ctx, req,
// resp*)
template <typename Svc, typename Request, typename Reply>
Result<Reply> unary(RpcClients& clients, const CallTarget& target,
                    grpc::Status (Svc::Stub::*method)(grpc::ClientContext*, const Request&, Reply*),
                    const Request& request, bool idempotent = false) {
    Reply reply;
    auto done = rpcCall(clients, target, idempotent, [&](const auto& channel, grpc::ClientContext& context) {
        reply.Clear();
        typename Svc::Stub stub(channel);
        return (stub.*method)(&context, request, &reply);
    });
    if (!done) return done.error();
    return reply;
}

}  // namespace nova::kit
