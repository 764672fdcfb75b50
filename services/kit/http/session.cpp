#include "kit/http/session.h"

#include <algorithm>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <nlohmann/json.hpp>

#include "contract/topics.h"
#include "kit/http/names.h"
#include "kit/runtime/log.h"
#include "kit/trace/span.h"

namespace nova::kit::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bh = boost::beast::http;

constexpr std::uint32_t headerLimit = 16 * 1024;
constexpr std::chrono::seconds writeTime{30};
constexpr std::chrono::seconds lingerTime{1};

HttpRequest toRequest(bh::request<bh::string_body>&& message, const std::string& remote) {
    HttpRequest request;
    request.method = message.method_string();
    request.target = message.target();
    for (const auto& field : message) request.headers.emplace_back(lowerCase(field.name_string()), field.value());
    request.body = std::move(message.body());
    request.remote = remote;
    return request;
}

HttpResponse call(const HttpServer::Handler& handler, const HttpRequest& request) {
    trace::forgetOutermost();
    HttpResponse answer;
    try {
        answer = handler(request);
    } catch (const std::exception& e) {
        logError("http", "{} {} threw: {}", request.method, request.target, e.what());
        answer = errorResponse(500, "INTERNAL", "the request failed inside");
    }
    const auto name = std::string(contract::header::traceParent);
    const bool named = std::ranges::any_of(answer.headers, [&](const auto& header) { return header.first == name; });
    if (trace::outermost().valid() && !named) answer.headers.emplace_back(name, trace::outermost().traceparent());
    return answer;
}

}  // namespace

HttpResponse errorResponse(int status, std::string_view code, std::string_view message) {
    const nlohmann::json error{{"message", message}, {"extensions", {{"code", code}}}};
    HttpResponse response;
    response.status = status;
    response.body = nlohmann::json{{"errors", nlohmann::json::array({error})}}.dump();
    return response;
}

Core::Core(const HttpServerOptions& o) : options(o), workers(o.workers, o.queueLimit, o.queueTime) {}

void Core::addRoute(const std::string& path, Route route) {
    const std::unique_lock lock(m_routesMutex);
    m_routes[path] = std::make_shared<const Route>(std::move(route));
}

std::shared_ptr<const Route> Core::find(std::string_view path) const {
    const std::shared_lock lock(m_routesMutex);
    const auto found = m_routes.find(path);
    return found == m_routes.end() ? nullptr : found->second;
}

bool Core::enter(Session* session) {
    const std::lock_guard lock(m_mutex);
    if (m_stopping || m_sessions.size() >= options.connectionLimit) return false;
    m_sessions.insert(session);
    return true;
}

void Core::leave(Session* session) {
    const std::lock_guard lock(m_mutex);
    m_sessions.erase(session);
}

void Core::beginRequest() {
    const std::lock_guard lock(m_mutex);
    ++m_inHand;
}

void Core::endRequest() {
    const std::lock_guard lock(m_mutex);
    if (--m_inHand == 0) m_idle.notify_all();
}

void Core::drain(std::chrono::milliseconds limit) {
    std::vector<std::shared_ptr<Session>> open;  // released after the lock: a session leaves under it
    std::unique_lock lock(m_mutex);
    m_stopping = true;
    for (Session* session : m_sessions) {
        if (auto alive = session->weak_from_this().lock()) open.push_back(std::move(alive));
    }
    lock.unlock();
    for (const auto& session : open) session->closeIfIdle();
    open.clear();
    lock.lock();
    m_idle.wait_for(lock, limit, [this] { return m_inHand == 0; });
}

Session::Session(asio::ip::tcp::socket socket, std::shared_ptr<Core> core)
    : m_stream(std::move(socket)), m_core(std::move(core)) {
    beast::error_code ignored;
    m_stream.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
    const auto peer = m_stream.socket().remote_endpoint(ignored);
    m_remote = peer.address().to_string();
}

Session::~Session() {
    if (m_inHand) m_core->endRequest();
    if (m_entered) m_core->leave(this);
}

void Session::start() {
    m_entered = m_core->enter(this);
    if (!m_entered) return refuse(503, "UNAVAILABLE", "too many connections");
    asio::dispatch(m_stream.get_executor(), [self = shared_from_this()] { self->read(); });
}

void Session::closeIfIdle() {
    asio::post(m_stream.get_executor(), [self = shared_from_this()] {
        if (!self->m_inHand) self->m_stream.close();
    });
}

void Session::read() {
    if (m_core->stopping()) return m_stream.close();
    m_parser.emplace();
    m_parser->body_limit(m_core->options.bodyLimit);
    m_parser->header_limit(headerLimit);
    m_stream.expires_after(m_core->options.idle);
    bh::async_read(m_stream, m_buffer, *m_parser,
                   [self = shared_from_this()](beast::error_code error, std::size_t) { self->onRead(error); });
}

void Session::onRead(beast::error_code error) {
    if (error == bh::error::end_of_stream) return lingeringClose();
    if (error == bh::error::body_limit) {
        return refuse(413, "BAD_INPUT",
                      "the body is larger than " + std::to_string(m_core->options.bodyLimit) + " bytes");
    }
    if (error == bh::error::header_limit) return refuse(431, "BAD_INPUT", "the header is larger than 16384 bytes");
    if (error == bh::error::partial_message || error == beast::error::timeout) return m_stream.close();
    if (error.category() == bh::make_error_code(bh::error::bad_method).category()) {
        return refuse(400, "BAD_INPUT", "this is not HTTP/1.1: " + error.message());
    }
    if (error) return m_stream.close();
    m_stream.expires_never();
    auto message = m_parser->release();
    m_keepAlive = message.keep_alive();
    m_version = message.version();
    m_head = message.method() == bh::verb::head;
    m_core->beginRequest();
    m_inHand = true;
    dispatch(toRequest(std::move(message), m_remote));
}

void Session::dispatch(HttpRequest request) {
    const auto route = m_core->find(std::string_view(request.target).substr(0, request.target.find('?')));
    if (!route) return respond(errorResponse(404, "NOT_FOUND", "nothing here"));
    if (route->direct) return respond(call(route->handler, request));
    const bool taken =
        m_core->workers.submit([self = shared_from_this(), route, request = std::move(request)](bool late) {
            auto answer = late ? errorResponse(503, "UNAVAILABLE", "overloaded: the request waited too long")
                               : call(route->handler, request);
            asio::post(self->m_stream.get_executor(),
                       [self, answer = std::move(answer)]() mutable { self->respond(std::move(answer)); });
        });
    if (!taken) respond(errorResponse(503, "UNAVAILABLE", "overloaded: too many requests are waiting"));
}

void Session::respond(HttpResponse answer) {
    if (m_core->stopping()) m_keepAlive = false;
    m_response = {};
    m_response.version(m_version);
    m_response.result(static_cast<unsigned>(answer.status));
    m_response.set(bh::field::content_type, answer.contentType);
    for (const auto& [name, value] : answer.headers) m_response.insert(name, value);
    m_response.keep_alive(m_keepAlive);
    m_response.content_length(answer.body.size());
    if (!m_head) m_response.body() = std::move(answer.body);
    write();
}

void Session::refuse(int status, std::string_view code, std::string_view message) {
    m_keepAlive = false;
    m_head = false;
    asio::dispatch(m_stream.get_executor(),
                   [self = shared_from_this(), answer = errorResponse(status, code, message)]() mutable {
                       self->respond(std::move(answer));
                   });
}

void Session::write() {
    m_stream.expires_after(writeTime);
    m_serializer.emplace(m_response);
    bh::async_write(m_stream, *m_serializer, [self = shared_from_this()](beast::error_code error, std::size_t) {
        if (self->m_inHand) self->m_core->endRequest();
        self->m_inHand = false;
        if (error) return self->m_stream.close();
        if (!self->m_keepAlive) return self->lingeringClose();
        self->read();
    });
}

// Closing a socket with unread bytes resets it, and the peer may lose the answer: what it still sends is read and
// dropped first.
void Session::lingeringClose() {
    beast::error_code ignored;
    m_stream.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    m_stream.expires_after(lingerTime);
    discard();
}

void Session::discard() {
    m_buffer.clear();
    m_stream.async_read_some(m_buffer.prepare(16 * 1024),
                             [self = shared_from_this()](beast::error_code error, std::size_t) {
                                 if (error || self->m_core->stopping()) return self->m_stream.close();
                                 self->discard();
                             });
}

}  // namespace nova::kit::http
