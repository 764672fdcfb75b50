#include "kit/http/session.h"

#include <algorithm>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <future>
#include <utility>

#include "contract/topics.h"
#include "kit/http/request_of.h"
#include "kit/runtime/log.h"
#include "kit/trace/span.h"

namespace nova::kit::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bh = boost::beast::http;

constexpr std::chrono::seconds lingerTime{1};
constexpr std::string_view goOn = "HTTP/1.1 100 Continue\r\n\r\n";

HttpResponse call(const std::function<HttpResponse(const HttpRequest&)>& handler, const HttpRequest& request) {
    trace::forgetOutermost();
    const auto name = std::string(contract::header::traceParent);
    HttpResponse answer;
    try {
        answer = handler(request);
    } catch (const std::exception& e) {
        logError("http", "{} {} threw: {}", request.method, request.target, e.what());
        const std::string outermost = trace::outermost().valid() ? trace::outermost().traceparent() : std::string();
        answer = errorResponse(500, "UNAVAILABLE", "the request failed inside",
                               outermost.empty() ? request.header(name) : outermost);
    }
    const bool named = std::ranges::any_of(answer.headers, [&](const auto& header) { return header.first == name; });
    if (trace::outermost().valid() && !named) answer.headers.emplace_back(name, trace::outermost().traceparent());
    return answer;
}

// The body as a handler reads it, on its worker.
class SessionBody final : public HttpBody {
public:
    explicit SessionBody(Session& session) : m_session(session) {}
    Result<std::string> read() override {
        std::promise<Result<std::string>> promise;
        auto piece = promise.get_future();
        m_session.readPiece([&promise](Result<std::string> bytes) { promise.set_value(std::move(bytes)); });
        return piece.get();
    }

private:
    Session& m_session;
};

}  // namespace

bool isGarbage(beast::error_code error) {
    return error.category() == bh::make_error_code(bh::error::bad_method).category() &&
           error != bh::error::partial_message;
}

Session::Session(asio::ip::tcp::socket socket, std::shared_ptr<Core> core)
    : m_stream(std::move(socket)), m_core(std::move(core)) {
    beast::error_code ignored;
    m_stream.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
    const auto peer = m_stream.socket().remote_endpoint(ignored);
    m_remote = peer.address().to_string();
    m_owner = "address " + m_remote;
}

Session::~Session() {
    if (m_inHand) m_core->endRequest();
    if (m_entered) m_core->leave(this, m_owner);
}

void Session::start() {
    const auto refused = m_core->enter(this, m_owner);
    m_entered = refused.empty();
    if (!m_entered) return refuse(503, "UNAVAILABLE", refused);
    asio::dispatch(m_stream.get_executor(), [self = shared_from_this()] { self->read(); });
}

bool Session::own(const std::string& owner) {
    return m_core->rename(m_owner, "owner " + owner);
}

void Session::closeIfIdle() {
    asio::post(m_stream.get_executor(), [self = shared_from_this()] {
        if (!self->m_inHand) self->m_stream.close();
    });
}

void Session::read() {
    if (m_core->stopping()) return m_stream.close();
    m_parser.reset();
    m_bodyParser.reset();
    m_traceParent.clear();
    m_header.emplace();
    m_header->header_limit(headerLimit);
    m_header->body_limit(boost::none);  // each route has its own
    m_stream.expires_after(m_core->options.idle);
    bh::async_read_header(m_stream, m_buffer, *m_header,
                          [self = shared_from_this()](beast::error_code error, std::size_t) { self->onHeader(error); });
}

void Session::onHeader(beast::error_code error) {
    if (error) return onReadError(error);
    const auto& head = m_header->get();
    m_traceParent = std::string(head[std::string(contract::header::traceParent)]);
    m_expectsContinue = beast::iequals(head[bh::field::expect], "100-continue");
    m_keepAlive = head.keep_alive();
    m_version = head.version();
    m_head = head.method() == bh::verb::head;
    const std::string_view target = head.target();
    m_route = m_core->find(target.substr(0, target.find('?')));
    const bool streams = m_route && m_route->stream;
    const auto limit = streams ? static_cast<std::uint64_t>(m_route->limits.body) : m_core->options.bodyLimit;
    if (const auto length = m_header->content_length(); length && *length > limit)
        return onReadError(bh::error::body_limit);
    if (!streams)
        return allowBody([self = shared_from_this(), limit] {
            self->m_parser.emplace(std::move(*self->m_header));
            self->m_parser->body_limit(limit);
            self->readBody();
        });
    m_bodyParser.emplace(std::move(*m_header));
    m_bodyParser->body_limit(limit);
    begin();
    dispatch(requestOf(m_bodyParser->get(), m_remote));
}

// A client may wait to be asked for its body.
void Session::allowBody(std::function<void()> then) {
    if (!m_expectsContinue) return then();
    m_expectsContinue = false;
    m_stream.expires_after(writeTime);
    asio::async_write(m_stream, asio::buffer(goOn),
                      [self = shared_from_this(), then = std::move(then)](beast::error_code error, std::size_t) {
                          if (error) self->m_stream.close();
                          then();
                      });
}

void Session::readBody() {
    m_stream.expires_after(m_core->options.idle);
    bh::async_read(m_stream, m_buffer, *m_parser,
                   [self = shared_from_this()](beast::error_code error, std::size_t) { self->onBody(error); });
}

void Session::onBody(beast::error_code error) {
    if (error) return onReadError(error);
    begin();
    auto message = m_parser->release();
    HttpRequest request = requestOf(message, m_remote);
    request.body = std::move(message.body());
    dispatch(std::move(request));
}

void Session::begin() {
    m_stream.expires_never();
    m_core->beginRequest();
    m_inHand = true;
}

void Session::onReadError(beast::error_code error) {
    if (error == bh::error::end_of_stream) return lingeringClose();
    if (error == bh::error::body_limit) {
        const bool streams = m_route && m_route->stream;
        const auto limit = streams ? static_cast<std::uint64_t>(m_route->limits.body) : m_core->options.bodyLimit;
        return refuse(413, "BAD_INPUT", "the body is larger than " + std::to_string(limit) + " bytes");
    }
    if (error == bh::error::header_limit)
        return refuse(431, "BAD_INPUT", "the header is larger than " + std::to_string(headerLimit) + " bytes");
    if (error == bh::error::partial_message || error == beast::error::timeout) return m_stream.close();
    if (isGarbage(error)) {
        return refuse(400, "BAD_INPUT", "this is not HTTP/1.1: " + error.message());
    }
    m_stream.close();
}

void Session::dispatch(HttpRequest request) {
    request.connection = shared_from_this();
    if (!m_route) return respond(errorResponse(404, "NOT_FOUND", "nothing here", m_traceParent));
    if (m_route->direct) return respond(call(m_route->handler, request));
    if (!m_route->stream) return submit(std::move(request), m_route->handler);
    m_bodyUntil = std::chrono::steady_clock::now() + m_route->limits.time;
    m_bodyError.reset();
    submit(std::move(request), [this, route = m_route](const HttpRequest& r) {
        SessionBody body(*this);  // the job holds this session
        return route->stream(r, body);
    });
}

void Session::submit(HttpRequest request, const std::function<HttpResponse(const HttpRequest&)>& answerTo) {
    const bool taken = m_core->workers.submit(
        [self = shared_from_this(), answerTo, request = std::move(request), parent = m_traceParent](bool late) mutable {
            auto answer = late ? errorResponse(503, "UNAVAILABLE", "overloaded: the request waited too long", parent)
                               : call(answerTo, request);
            request.connection.reset();
            asio::post(self->m_stream.get_executor(),
                       [self, answer = std::move(answer)]() mutable { self->respond(std::move(answer)); });
        });
    if (!taken) respond(errorResponse(503, "UNAVAILABLE", "overloaded: too many requests are waiting", m_traceParent));
}

void Session::respond(HttpResponse answer) {
    const bool unread = m_bodyParser && !m_bodyParser->is_done();
    if (m_core->stopping() || answer.close || unread) m_keepAlive = false;
    m_response = {};
    m_response.version(m_version);
    m_response.result(static_cast<unsigned>(answer.status));
    m_response.set(bh::field::content_type, answer.contentType);
    for (const auto& [name, value] : answer.headers) m_response.insert(name, value);
    m_response.keep_alive(m_keepAlive);
    m_content = std::move(answer.content);
    m_response.content_length(m_content ? static_cast<std::uint64_t>(m_content->size) : answer.body.size());
    if (!m_head && !m_content) m_response.body() = std::move(answer.body);
    if (m_content) return writeContent();
    write();
}

void Session::refuse(int status, std::string_view code, std::string_view message) {
    m_keepAlive = false;
    m_head = false;
    asio::dispatch(m_stream.get_executor(),
                   [self = shared_from_this(), answer = errorResponse(status, code, message, m_traceParent)]() mutable {
                       self->respond(std::move(answer));
                   });
}

void Session::write() {
    m_stream.expires_after(writeTime);
    m_serializer.emplace(m_response);
    bh::async_write(m_stream, *m_serializer,
                    [self = shared_from_this()](beast::error_code error, std::size_t) { self->onWritten(error); });
}

void Session::onWritten(beast::error_code error) {
    if (m_inHand) m_core->endRequest();
    m_inHand = false;
    m_content.reset();
    if (error) return m_stream.close();
    if (!m_keepAlive) return lingeringClose();
    read();
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
