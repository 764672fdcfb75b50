#include "kit/rpc/listener.h"

#include <grpc/support/log.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <mutex>

#include "kit/runtime/log.h"

namespace nova::kit {
namespace {

constexpr std::chrono::seconds finishTime{2};
constexpr int pingsApartMs = 500;  // more often is abuse
constexpr int mostThreads = 512;   // one serves a call to its end, however long a store makes it wait

void sendGrpcLogToOurs() {
    static std::once_flag once;
    std::call_once(once, [] {
        gpr_set_log_function([](gpr_log_func_args* line) {
            if (line->severity == GPR_LOG_SEVERITY_ERROR) logWarn("grpc", "{}", line->message);
        });
    });
}

}  // namespace

struct RpcListener::Impl {
    std::vector<std::shared_ptr<grpc::Service>> services;
    std::unique_ptr<grpc::Server> server;
    int port = 0;
};

Result<std::unique_ptr<RpcListener>> RpcListener::open(const std::string& address,
                                                       const std::vector<std::shared_ptr<grpc::Service>>& services) {
    sendGrpcLogToOurs();
    auto impl = std::make_unique<Impl>();
    impl->services = services;
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &impl->port);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    // Our clients (client.cpp) ask once a second whether the connection is alive.
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, pingsApartMs);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    builder.SetMaxReceiveMessageSize(16 * 1024 * 1024);
    builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 2);
    builder.SetSyncServerOption(grpc::ServerBuilder::MIN_POLLERS, 2);
    builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, 16);
    builder.SetResourceQuota(grpc::ResourceQuota("calls").SetMaxThreads(mostThreads));
    for (const auto& service : services) builder.RegisterService(service.get());
    impl->server = builder.BuildAndStart();
    if (!impl->server || impl->port == 0)
        return permanent("cannot listen on " + address, "another process may have this port");
    return std::unique_ptr<RpcListener>(new RpcListener(std::move(impl)));
}

RpcListener::RpcListener(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}

RpcListener::~RpcListener() {
    m_impl->server->Shutdown(std::chrono::system_clock::now() + finishTime);
    m_impl->server->Wait();
}

int RpcListener::port() const {
    return m_impl->port;
}

}  // namespace nova::kit
