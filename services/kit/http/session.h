// One accepted HTTP connection, and what all connections of a server share. Internal to kit/http: includes Beast.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>

#include "kit/http/server.h"
#include "kit/http/workers.h"

namespace nova::kit::http {

class Session;

struct Route {
    HttpServer::Handler handler;
    bool direct = false;
};

// Shared by the server and its sessions. Thread: any.
class Core {
public:
    explicit Core(const HttpServerOptions& options);

    void addRoute(const std::string& path, Route route);
    std::shared_ptr<const Route> find(std::string_view path) const;

    bool enter(Session* session);  // false: too many connections, or stopping
    void leave(Session* session);
    void beginRequest();
    void endRequest();
    [[nodiscard]] bool stopping() const { return m_stopping; }
    // No request is begun any more; returns when none is in hand or `limit` has passed.
    void drain(std::chrono::milliseconds limit);

    const HttpServerOptions options;
    Workers workers;

private:
    mutable std::shared_mutex m_routesMutex;
    std::map<std::string, std::shared_ptr<const Route>, std::less<>> m_routes;
    std::mutex m_mutex;
    std::condition_variable m_idle;
    std::set<Session*> m_sessions;
    std::size_t m_inHand = 0;
    std::atomic<bool> m_stopping{false};
};

// Reads a request, has it answered, writes, reads the next. All members are touched on the connection's strand only.
class Session : public std::enable_shared_from_this<Session> {
public:
    Session(boost::asio::ip::tcp::socket socket, std::shared_ptr<Core> core);
    ~Session();
    void start();
    void closeIfIdle();  // thread: any

private:
    void read();
    void onRead(boost::beast::error_code error);
    void dispatch(HttpRequest request);
    void respond(HttpResponse answer);
    void refuse(int status, std::string_view code,
                std::string_view message);  // answers and closes: the stream is out of step
    void write();
    void lingeringClose();
    void discard();

    boost::beast::tcp_stream m_stream;
    std::shared_ptr<Core> m_core;
    boost::beast::flat_buffer m_buffer;
    std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> m_parser;
    boost::beast::http::response<boost::beast::http::string_body> m_response;
    std::optional<boost::beast::http::response_serializer<boost::beast::http::string_body>> m_serializer;
    std::string m_remote;
    bool m_entered = false;
    bool m_inHand = false;
    bool m_keepAlive = false;
    bool m_head = false;
    unsigned m_version = 11;
};

// {"errors":[{"message":…,"extensions":{"code":…}}]}, the form of the gateway's own errors.
HttpResponse errorResponse(int status, std::string_view code, std::string_view message);

}  // namespace nova::kit::http
