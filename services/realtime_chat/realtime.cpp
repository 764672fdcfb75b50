#include "realtime_chat/realtime.h"

#include <thread>

namespace nova::realtime_chat {
namespace {

constexpr int jobThreads = 8;
constexpr std::chrono::milliseconds portPatience{2'000}, portPause{50};

kit::WebSocketOptions options(const kit::ServiceConfig& config) {
    kit::WebSocketOptions options;
    options.listen = config.wsListen;
    return options;
}

}  // namespace

Realtime::Realtime(const RealtimeParts& parts)
    : m_presence(parts.redis, parts.config.grpcListen),
      m_pusher(m_clients, m_presence, parts.rpc, parts.metrics),
      m_jobs(jobThreads),
      m_catchUp(parts.rpc, m_clients, m_jobs),
      m_keeper(m_presence, m_clients, m_catchUp, m_jobs),
      m_door(m_clients, m_keeper, m_jobs, parts.rpc, parts.tokens, parts.metrics),
      m_handler(m_presence, m_pusher),
      m_rpcDoor(m_presence, m_pusher, parts.tokens, parts.config.rpcDelayMs),
      m_server(options(parts.config), m_door.handlers()) {}

Realtime::~Realtime() {
    stop();
}

kit::Result<void> Realtime::start() {
    const auto until = std::chrono::steady_clock::now() + portPatience;
    auto started = m_server.start();
    while (!started && std::chrono::steady_clock::now() < until) {
        std::this_thread::sleep_for(portPause);
        started = m_server.start();
    }
    if (started) m_keeper.start();
    return started;
}

void Realtime::stop() {
    m_keeper.stop();
    m_keeper.leaveAll();
    m_server.stop();
    m_jobs.stop();
}

}  // namespace nova::realtime_chat
