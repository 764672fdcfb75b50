#include "kit/http/websocket_session.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <utility>

#include "kit/http/request_of.h"

namespace nova::kit::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bh = boost::beast::http;
namespace bw = boost::beast::websocket;

constexpr std::chrono::hours longestTimer{1};  // a wall clock may be set: the time is looked at again

bw::close_reason reasonOf(std::uint16_t code, const std::string& text) {
    bw::close_reason reason(code);
    reason.reason.assign(text.data(), std::min<std::size_t>(text.size(), reason.reason.max_size()));
    return reason;
}

}  // namespace

WebSocketSession::WebSocketSession(asio::ip::tcp::socket socket, std::shared_ptr<WebSocketCore> core)
    : m_core(std::move(core)),
      m_stream(std::move(socket)),
      m_time(m_stream.get_executor()),
      m_closeTime(m_stream.get_executor()) {
    beast::error_code ignored;
    auto& tcp = beast::get_lowest_layer(m_stream).socket();
    tcp.set_option(asio::ip::tcp::no_delay(true), ignored);
    m_owner = "address " + tcp.remote_endpoint(ignored).address().to_string();
}

WebSocketSession::~WebSocketSession() {
    if (m_entered) m_core->leave(this, m_owner);
}

void WebSocketSession::start() {
    m_entered = m_core->enter(this, m_owner);
    auto& tcp = beast::get_lowest_layer(m_stream);
    tcp.expires_after(m_core->options.handshake);
    m_parser.emplace();
    m_parser->header_limit(headerLimit);
    bh::async_read(tcp, m_buffer, *m_parser,
                   [self = shared_from_this()](beast::error_code error, std::size_t) { self->onRequest(error); });
}

void WebSocketSession::onRequest(beast::error_code error) {
    if (error) return drop();
    const auto& request = m_parser->get();
    const std::string_view target(request.target().data(), request.target().size());
    if (target.substr(0, target.find('?')) != m_core->options.path)
        return refuse(bh::status::not_found, "nothing here");
    if (!bw::is_upgrade(request)) return refuse(bh::status::upgrade_required, "this door speaks WebSocket");
    if (const auto origin = request.find(bh::field::origin);
        origin != request.end() && !m_core->allowedOrigin(std::string(origin->value())))
        return refuse(bh::status::forbidden, "this origin may not connect");
    if (!m_entered) return refuse(bh::status::service_unavailable, "too many connections");
    beast::get_lowest_layer(m_stream).expires_never();
    m_stream.set_option(bw::stream_base::timeout{m_core->options.handshake, m_core->options.keepAlive, true});
    m_stream.read_message_max(m_core->options.frameLimit);
    m_stream.control_callback([this](bw::frame_type kind, beast::string_view) {
        if (kind == bw::frame_type::ping && tooFast())
            closeWith(reasonOf(bw::close_code::policy_error, "too many frames"), true);
    });
    m_accepting = true;
    m_stream.async_accept(request, [self = shared_from_this()](beast::error_code e) { self->onUpgraded(e); });
}

void WebSocketSession::refuse(bh::status status, std::string_view why) {
    m_refusal = {status, m_parser->get().version()};
    m_refusal.set(bh::field::content_type, "text/plain");
    if (status == bh::status::upgrade_required) m_refusal.set(bh::field::upgrade, "websocket");
    m_refusal.keep_alive(false);
    m_refusal.body() = why;
    m_refusal.prepare_payload();
    m_serializer.emplace(m_refusal);
    bh::async_write(
        beast::get_lowest_layer(m_stream), *m_serializer, [self = shared_from_this()](beast::error_code, std::size_t) {
            beast::error_code ignored;
            beast::get_lowest_layer(self->m_stream).socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
            self->drop();
        });
}

void WebSocketSession::onUpgraded(beast::error_code error) {
    m_accepting = false;
    if (error) return drop();
    bool closing = false;
    {
        const std::lock_guard lock(m_mutex);
        if (!m_entered) return;  // the server stopped meanwhile
        m_until = wallNow() + m_core->options.handshake;
        closing = m_state == State::closing;
    }
    m_stream.text(true);
    m_opened = true;
    watchTime();
    m_core->handlers.opened(shared_from_this(), requestOf(m_parser->get(), m_owner));
    m_parser.reset();
    read();
    if (closing) write();  // asked to close while it was being accepted
}

void WebSocketSession::read() {
    m_stream.async_read(m_buffer,
                        [self = shared_from_this()](beast::error_code error, std::size_t) { self->onRead(error); });
}

void WebSocketSession::onRead(beast::error_code error) {
    if (error) return finish();
    const auto text = beast::buffers_to_string(m_buffer.data());
    m_buffer.consume(m_buffer.size());
    if (!m_stream.got_text())
        closeWith(reasonOf(bw::close_code::unknown_data, "text frames only"), true);
    else if (tooFast())
        closeWith(reasonOf(bw::close_code::policy_error, "too many frames"), true);
    bool open = false;
    {
        const std::lock_guard lock(m_mutex);
        open = m_state == State::open;
    }
    if (open) m_core->handlers.received(shared_from_this(), text);
    read();
}

bool WebSocketSession::tooFast() {
    const auto now = std::chrono::steady_clock::now();
    if (now - m_second >= std::chrono::seconds{1}) {
        m_second = now;
        m_framesInSecond = 0;
    }
    return ++m_framesInSecond > m_core->options.framesPerSecond;
}

bool WebSocketSession::own(const std::string& owner, WallTime until) {
    {
        const std::lock_guard lock(m_mutex);
        if (m_state != State::open) return false;
        if (m_core->rename(m_owner, "user " + owner)) {
            m_owner = "user " + owner;
            m_until = until;
            asio::post(m_stream.get_executor(), [self = shared_from_this()] { self->watchTime(); });
            return true;
        }
    }
    close(Close::tryAgainLater, "too many connections of this user");
    return false;
}

// Closes at m_until: when nobody owned the connection in time, or when the owner's time is over.
void WebSocketSession::watchTime() {
    WallTime until;
    {
        const std::lock_guard lock(m_mutex);
        if (m_state != State::open) return;
        until = *m_until;
    }
    const auto left = until - wallNow();
    if (left <= std::chrono::nanoseconds{0}) return close(Close::policy, "not signed in, or the token has expired");
    m_time.expires_after(std::min<std::chrono::nanoseconds>(left, longestTimer));
    m_time.async_wait([self = shared_from_this()](beast::error_code error) {
        if (!error) self->watchTime();
    });
}

bool WebSocketSession::send(std::string text) {
    {
        const std::lock_guard lock(m_mutex);
        if (m_state != State::open) return false;
        if (m_queue.size() < m_core->options.queueFrames && m_queuedBytes + text.size() <= m_core->options.queueBytes) {
            m_queuedBytes += text.size();
            m_queue.push_back(std::move(text));
            if (!m_writing) {
                m_writing = true;
                asio::post(m_stream.get_executor(), [self = shared_from_this()] { self->write(); });
            }
            return true;
        }
    }
    closeWith(reasonOf(bw::close_code::try_again_later, "frames are not read fast enough"), true);
    return false;
}

std::size_t WebSocketSession::queuedFrames() const {
    const std::lock_guard lock(m_mutex);
    return m_queue.size();
}

void WebSocketSession::write() {
    const std::string* front = nullptr;
    bool last = false;
    {
        const std::lock_guard lock(m_mutex);
        m_writing = !m_queue.empty();
        if (m_writing) front = &m_queue.front();  // stays: the deque moves no elements at its ends
        last = !m_writing && m_state == State::closing;
    }
    if (last) return sendClose();
    if (!front) return;
    m_stream.async_write(asio::buffer(*front), [self = shared_from_this()](beast::error_code error, std::size_t) {
        {
            const std::lock_guard lock(self->m_mutex);
            self->m_queuedBytes -= self->m_queue.front().size();
            self->m_queue.pop_front();
        }
        if (error) return self->drop();
        self->write();
    });
}

void WebSocketSession::close(Close code, const std::string& reason) {
    closeWith(reasonOf(static_cast<std::uint16_t>(code), reason), false);
}

void WebSocketSession::goAway() {
    closeWith(reasonOf(bw::close_code::going_away, "the server stops"), false);
}

void WebSocketSession::closeWith(const bw::close_reason& reason, bool dropQueue) {
    const std::lock_guard lock(m_mutex);
    if (m_state == State::closing) return;
    m_state = State::closing;
    m_reason = reason;
    if (dropQueue && !m_queue.empty()) {
        m_queue.erase(std::next(m_queue.begin()), m_queue.end());  // the first is in work
        m_queuedBytes = m_queue.front().size();
    }
    const bool idle = !m_writing;
    m_writing = true;
    asio::post(m_stream.get_executor(), [self = shared_from_this(), idle] {
        self->m_time.cancel();
        self->m_closeTime.expires_after(self->m_core->options.closing);
        self->m_closeTime.async_wait([self](beast::error_code error) {
            if (!error) self->drop();
        });
        if (idle) self->write();
    });
}

void WebSocketSession::sendClose() {
    if (m_accepting) return;  // comes again once there is somebody to tell
    if (!m_stream.is_open()) return drop();
    if (std::exchange(m_closeSent, true)) return;
    m_stream.async_close(m_reason, [self = shared_from_this()](beast::error_code) {});
}

// The read in hand then fails, and that ends the connection.
void WebSocketSession::drop() {
    beast::get_lowest_layer(m_stream).close();
    if (!m_opened) finish();
}

void WebSocketSession::finish() {
    m_time.cancel();
    m_closeTime.cancel();
    beast::get_lowest_layer(m_stream).close();
    std::string owner;
    {
        const std::lock_guard lock(m_mutex);
        m_state = State::closing;
        if (!m_entered) return;
        m_entered = false;
        owner = m_owner;
    }
    if (m_opened) m_core->handlers.closed(shared_from_this());
    m_core->leave(this, owner);
}

}  // namespace nova::kit::http
