#include "kit/http/server.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <thread>

#include "kit/http/listening.h"
#include "kit/http/session.h"
#include "kit/runtime/log.h"

namespace nova::kit {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::chrono::seconds finishTime{2};
constexpr std::chrono::milliseconds answerTime{500};  // for what a slow handler answered after finishTime
constexpr std::chrono::milliseconds acceptPause{50};

}  // namespace

std::string_view HttpRequest::header(std::string_view lowerName) const {
    for (const auto& [name, value] : headers) {
        if (name == lowerName) return value;
    }
    return {};
}

struct HttpServer::Impl {
    explicit Impl(const HttpServerOptions& options)
        : core(std::make_shared<http::Core>(options)),
          io(options.ioThreads),
          keepRunning(asio::make_work_guard(io)),
          acceptor(io),
          pause(io) {}

    Result<void> bind() {
        const auto taken = http::listenOn(acceptor, core->options.listen, "http");
        if (!taken) return taken.error();
        port = taken.value();
        return outcome::success();
    }

    void accept() {
        acceptor.async_accept(asio::make_strand(io), [this](boost::system::error_code error, tcp::socket socket) {
            if (error == asio::error::operation_aborted || core->stopping()) return;
            if (!error) {
                std::make_shared<http::Session>(std::move(socket), core)->start();
                return accept();
            }
            // Mostly no file descriptor left: the backlog keeps the callers until some are closed.
            pause.expires_after(acceptPause);
            pause.async_wait([this](boost::system::error_code stopped) {
                if (!stopped) accept();
            });
        });
    }

    void start() {
        accept();
        for (int i = 0; i < core->options.ioThreads; ++i) threads.emplace_back([this] { io.run(); });
    }

    void stop() {
        if (threads.empty()) return;
        asio::post(io, [this] {
            boost::system::error_code ignored;
            acceptor.close(ignored);
            pause.cancel();
        });
        core->drain(finishTime);
        core->cutBodies();
        core->workers.stop();
        core->drain(answerTime);
        io.stop();
        for (std::thread& thread : threads) thread.join();
        threads.clear();
    }

    std::shared_ptr<http::Core> core;
    asio::io_context io;
    // While workers have all requests in hand, io has nothing pending and would end its threads.
    asio::executor_work_guard<asio::io_context::executor_type> keepRunning;
    tcp::acceptor acceptor;
    asio::steady_timer pause;
    std::vector<std::thread> threads;
    int port = 0;
};

HttpServer::HttpServer(const HttpServerOptions& options) : m_impl(std::make_unique<Impl>(options)) {}
HttpServer::~HttpServer() {
    stop();
}

void HttpServer::route(const std::string& path, Handler handler, bool direct) {
    m_impl->core->addRoute(path, {std::move(handler), direct, {}, {}});
}

void HttpServer::stream(const std::string& path, StreamHandler handler, HttpStreamLimits limits) {
    m_impl->core->addRoute(path, {{}, false, std::move(handler), limits});
}

Result<void> HttpServer::start() {
    auto bound = m_impl->bind();
    if (bound) m_impl->start();
    return bound;
}

int HttpServer::port() const {
    return m_impl->port;
}
void HttpServer::stop() {
    m_impl->stop();
}

}  // namespace nova::kit
