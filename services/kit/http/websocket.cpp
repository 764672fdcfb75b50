#include "kit/http/websocket.h"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <thread>

#include "kit/http/listening.h"
#include "kit/http/websocket_session.h"

namespace nova::kit {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::chrono::milliseconds acceptPause{50};

// "http://localhost:3000" → "localhost"
std::string hostOf(const std::string& origin) {
    const auto scheme = origin.find("://");
    if (scheme == std::string::npos) return {};
    const std::string rest = origin.substr(scheme + 3);
    if (rest.find('@') != std::string::npos) return {};
    if (rest.starts_with('[')) return rest.substr(0, rest.find(']') + 1);
    return rest.substr(0, rest.find(':'));
}

}  // namespace

namespace http {

void WebSocketCore::count(const std::string& owner, int by) {
    auto& connections = m_owners[owner];
    connections += static_cast<std::size_t>(by);
    if (connections == 0) m_owners.erase(owner);
}

bool WebSocketCore::enter(WebSocketSession* session, const std::string& owner) {
    const std::lock_guard lock(m_mutex);
    const auto held = m_owners.find(owner);
    if (m_stopping || m_sessions.size() >= options.connections ||
        (held != m_owners.end() && held->second >= options.connectionsPerOwner))
        return false;
    m_sessions.insert(session);
    count(owner, 1);
    return true;
}

bool WebSocketCore::rename(const std::string& from, const std::string& to) {
    const std::lock_guard lock(m_mutex);
    if (from == to) return true;
    const auto held = m_owners.find(to);
    if (held != m_owners.end() && held->second >= options.connectionsPerOwner) return false;
    count(from, -1);
    count(to, 1);
    return true;
}

void WebSocketCore::leave(WebSocketSession* session, const std::string& owner) {
    const std::lock_guard lock(m_mutex);
    if (m_sessions.erase(session) == 0) return;
    count(owner, -1);
    if (m_sessions.empty()) m_empty.notify_all();
}

bool WebSocketCore::allowedOrigin(const std::string& origin) const {
    const std::string host = hostOf(origin);
    if (host == "localhost" || host == "127.0.0.1" || host == "[::1]") return true;
    return std::ranges::find(options.origins, origin) != options.origins.end();
}

std::vector<std::shared_ptr<WebSocketSession>> WebSocketCore::beginStop() {
    const std::lock_guard lock(m_mutex);
    m_stopping = true;
    std::vector<std::shared_ptr<WebSocketSession>> open;
    for (WebSocketSession* session : m_sessions)
        if (auto alive = session->weak_from_this().lock()) open.push_back(std::move(alive));
    return open;
}

void WebSocketCore::waitEmpty() {
    std::unique_lock lock(m_mutex);
    m_empty.wait(lock, [this] { return m_sessions.empty(); });
}

}  // namespace http

struct WebSocketServer::Impl {
    Impl(WebSocketOptions options, WebSocketHandlers handlers)
        : io(1),
          core(std::make_shared<http::WebSocketCore>(std::move(options), std::move(handlers))),
          keepRunning(asio::make_work_guard(io)),
          acceptor(io),
          pause(io) {}

    Result<void> bind() {
        const auto taken = http::listenOn(acceptor, core->options.listen, "WebSocket");
        if (!taken) return taken.error();
        port = taken.value();
        return outcome::success();
    }

    void accept() {
        acceptor.async_accept([this](boost::system::error_code error, tcp::socket socket) {
            if (error == asio::error::operation_aborted || core->stopping()) return;
            if (!error) {
                std::make_shared<http::WebSocketSession>(std::move(socket), core)->start();
                return accept();
            }
            // Mostly no file descriptor left: the backlog keeps the callers until some are closed.
            pause.expires_after(acceptPause);
            pause.async_wait([this](boost::system::error_code stopped) {
                if (!stopped) accept();
            });
        });
    }

    // Every connection ends by itself, within the time for closing.
    void stop() {
        if (!thread.joinable()) return;
        asio::post(io, [this] {
            boost::system::error_code ignored;
            acceptor.close(ignored);
            pause.cancel();
        });
        for (const auto& session : core->beginStop()) session->goAway();
        core->waitEmpty();
        io.stop();
        thread.join();
    }

    asio::io_context io;
    std::shared_ptr<http::WebSocketCore> core;
    asio::executor_work_guard<asio::io_context::executor_type> keepRunning;
    tcp::acceptor acceptor;
    asio::steady_timer pause;
    std::thread thread;
    int port = 0;
};

WebSocketServer::WebSocketServer(WebSocketOptions options, WebSocketHandlers handlers)
    : m_impl(std::make_unique<Impl>(std::move(options), std::move(handlers))) {}
WebSocketServer::~WebSocketServer() {
    stop();
}

Result<void> WebSocketServer::start() {
    auto bound = m_impl->bind();
    if (!bound) return bound;
    m_impl->accept();
    m_impl->thread = std::thread([io = &m_impl->io] { io->run(); });
    return bound;
}

int WebSocketServer::port() const {
    return m_impl->port;
}
void WebSocketServer::stop() {
    m_impl->stop();
}

}  // namespace nova::kit
