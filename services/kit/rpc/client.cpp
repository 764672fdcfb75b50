#include "kit/rpc/client.h"

#include <grpcpp/completion_queue.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "contract/topics.h"
#include "kit/rpc/endpoints.h"
#include "kit/rpc/mode.h"
#include "kit/rpc/server.h"
#include "kit/runtime/log.h"
#include "kit/trace/span.h"

namespace nova::kit {
namespace {

using ChannelPtr = std::shared_ptr<grpc::Channel>;
using Replicas = std::map<std::string, ChannelPtr>;  // by address

constexpr std::chrono::milliseconds connectPatience{100}, reachPatience{50};
constexpr std::size_t mostUnlisted = 64;
// gRPC 1.51 sends no two pings within a second. A process under load answers late: the patience is for it.
constexpr std::chrono::milliseconds pingAfter{1'000}, pingPatience{2'000};

ChannelPtr makeChannel(const std::string& address) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 20);
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 1'000);  // gRPC takes this one as the time limit of a connect
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 500);
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL,
                     1);  // a replica that comes back owes nothing to its predecessor
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, static_cast<int>(pingAfter.count()));
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, static_cast<int>(pingPatience.count()));
    arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);  // a read ends long before a ping is due
    arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);    // any number
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    arguments.SetMaxReceiveMessageSize(16 * 1024 * 1024);
    return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

// Reads what comes in while no call is under way: gRPC's own reading goes on within calls and servers alone, and unread
// answers to pings would look like silence.
class Driver {
public:
    Driver() : m_thread([this] { run(); }) {}
    ~Driver() {
        m_queue.Shutdown();
        m_thread.join();
    }

private:
    void run() {
        void* tag = nullptr;
        bool ok = false;
        while (m_queue.Next(&tag, &ok)) {  // nothing is ever queued; it ends with the shutdown
        }
    }
    grpc::CompletionQueue m_queue;
    std::thread m_thread;  // last: uses the queue
};

bool hopeful(grpc_connectivity_state state) {
    return state == GRPC_CHANNEL_IDLE || state == GRPC_CHANNEL_CONNECTING;
}

}  // namespace

struct RpcClients::Impl {
    struct ServiceSlot {
        Replicas replicas;
        std::size_t turn = 0;
    };

    explicit Impl(std::string file)
        : watch(std::move(file), [this](const Endpoints& endpoints) { update(endpoints); }) {}

    void update(const Endpoints& endpoints) {
        const std::lock_guard lock(mutex);
        std::erase_if(services, [&](const auto& entry) { return !endpoints.contains(entry.first); });
        for (const auto& [service, addresses] : endpoints) {
            ServiceSlot& slot = services[service];
            Replicas next;
            for (const std::string& address : addresses) {
                const auto old = slot.replicas.find(address);
                next[address] = old != slot.replicas.end() ? old->second : makeChannel(address);
            }
            slot.replicas = std::move(next);
        }
    }

    // All channels of the service, beginning with the one whose turn it is.
    std::vector<ChannelPtr> inTurn(const std::string& service) {
        const std::lock_guard lock(mutex);
        const auto found = services.find(service);
        if (found == services.end()) return {};
        std::vector<ChannelPtr> all;
        for (const auto& [address, channel] : found->second.replicas) all.push_back(channel);
        if (!all.empty())
            std::rotate(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(found->second.turn++ % all.size()),
                        all.end());
        return all;
    }

    std::mutex mutex;
    std::map<std::string, ServiceSlot> services;
    Replicas unlisted;  // asked for by address
    Driver driver;
    EndpointsWatch watch;  // last: its thread uses the others
};

RpcClients::RpcClients(std::string endpointsFile) : m_impl(std::make_unique<Impl>(std::move(endpointsFile))) {}
RpcClients::~RpcClients() = default;

Result<ChannelPtr> RpcClients::channel(const std::string& service) {
    const auto all = m_impl->inTurn(service);
    if (all.empty()) return transient(service + " is not running", "no replica of it is listed in endpoints.json");
    const auto until = std::chrono::system_clock::now() + connectPatience;
    for (;;) {
        ChannelPtr awaited;
        grpc_connectivity_state seen = GRPC_CHANNEL_SHUTDOWN;
        for (const ChannelPtr& channel : all) {
            const auto state = channel->GetState(true);
            if (state == GRPC_CHANNEL_READY) return channel;
            if (awaited || !hopeful(state)) continue;
            awaited = channel;
            seen = state;
        }
        if (!awaited || !awaited->WaitForStateChange(seen, until)) return all.front();
    }
}

ChannelPtr RpcClients::channelTo(const std::string& address) {
    const std::lock_guard lock(m_impl->mutex);
    for (const auto& [service, slot] : m_impl->services) {
        if (const auto listed = slot.replicas.find(address); listed != slot.replicas.end()) return listed->second;
    }
    const auto known = m_impl->unlisted.find(address);
    if (known != m_impl->unlisted.end()) return known->second;
    if (m_impl->unlisted.size() >= mostUnlisted) m_impl->unlisted.clear();
    return m_impl->unlisted[address] = makeChannel(address);
}

bool RpcClients::reachable(const std::string& service) {
    const auto all = m_impl->inTurn(service);
    const auto until = std::chrono::system_clock::now() + reachPatience;
    return std::ranges::any_of(all, [until](const ChannelPtr& channel) {
        auto state = channel->GetState(true);
        // One that has only begun to connect gets a moment.
        if (state != GRPC_CHANNEL_READY && channel->WaitForStateChange(state, until)) state = channel->GetState(false);
        return state != GRPC_CHANNEL_TRANSIENT_FAILURE && state != GRPC_CHANNEL_SHUTDOWN;
    });
}

namespace {

std::string unanswered(const CallTarget& target, const grpc::Status& status) {
    const bool late = status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED;
    return std::string(target.method) + ": " + target.service + (late ? " did not answer in time" : " is out of reach");
}

}  // namespace

Result<void> rpcCall(RpcClients& clients, const CallTarget& target, bool idempotent,
                     const std::function<grpc::Status(const ChannelPtr&, grpc::ClientContext&)>& call) {
    trace::Span span(target.method, trace::SpanKind::client, "grpc");
    span.set("peer.service", target.service);
    const auto deadline = std::chrono::system_clock::now() + target.deadline;
    bool repeated = false;
    std::string detail;  // of an error: for the span
    const auto attempt = [&]() -> Result<void> {
        auto channel = target.address.empty() ? clients.channel(target.service) : clients.channelTo(target.address);
        if (!channel) {
            detail = channel.error().what;
            return channel.error();
        }
        grpc::ClientContext context;
        context.set_deadline(deadline);
        if (!target.token.empty()) context.AddMetadata("authorization", "Bearer " + target.token);
        if (span.context().valid())
            context.AddMetadata(std::string(contract::header::traceParent), span.context().traceparent());
        if (target.mode) context.AddMetadata(std::string(contract::metadata::mode), std::string(name(*target.mode)));
        const grpc::Status status = call(channel.value(), context);
        const auto& trailing = context.GetServerTrailingMetadata();
        repeated = trailing.contains(contract::metadata::repeated.data());
        if (status.ok()) return outcome::success();
        Error error = toError(status, target.method);
        detail = error.what;
        // gRPC's own words name addresses.
        if (error.retryable() && !trailing.contains(contract::metadata::refused.data()))
            error.what = unanswered(target, status);
        idempotent = idempotent && status.error_code() == grpc::StatusCode::UNAVAILABLE;
        return error;
    };
    auto done = attempt();
    if (!done && done.error().retryable() && idempotent) {
        span.set(contract::attr::tries, std::int64_t{2});
        done = attempt();
    }
    if (!done) span.fail(detail);
    span.end();
    if (done && repeated) trace::annotate(contract::attr::repeated, "true");  // the span around this call
    return done;
}

}  // namespace nova::kit
