// One WebSocket connection, and what all connections of a server share. Internal to kit/http: includes Beast.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>

#include "kit/http/websocket.h"

namespace nova::kit::http {

class WebSocketSession;

// Thread: any.
class WebSocketCore {
public:
    WebSocketCore(WebSocketOptions o, WebSocketHandlers h) : options(std::move(o)), handlers(std::move(h)) {}

    bool enter(WebSocketSession* session, const std::string& owner);  // false: too many, or stopping
    bool rename(const std::string& from, const std::string& to);      // false: `to` has too many; nothing changed
    void leave(WebSocketSession* session, const std::string& owner);
    [[nodiscard]] bool allowedOrigin(const std::string& origin) const;
    [[nodiscard]] bool stopping() const { return m_stopping; }
    std::vector<std::shared_ptr<WebSocketSession>> beginStop();  // all that are open
    void waitEmpty();

    const WebSocketOptions options;
    const WebSocketHandlers handlers;

private:
    void count(const std::string& owner, int by);

    std::mutex m_mutex;
    std::condition_variable m_empty;
    std::set<WebSocketSession*> m_sessions;
    std::map<std::string, std::size_t> m_owners;
    std::atomic<bool> m_stopping{false};
};

// Reads the HTTP request, upgrades, reads frames; writes what is queued. Members without a note belong to the I/O
// thread.
class WebSocketSession final : public WebSocket, public std::enable_shared_from_this<WebSocketSession> {
public:
    WebSocketSession(boost::asio::ip::tcp::socket socket, std::shared_ptr<WebSocketCore> core);
    ~WebSocketSession() override;
    void start();
    void goAway();  // thread: any

    const std::string& id() const override { return m_id; }
    bool own(const std::string& owner, WallTime until) override;
    bool send(std::string text) override;
    std::size_t queuedFrames() const override;
    void close(Close code, const std::string& reason) override;

private:
    enum class State { open, closing };  // closing: takes nothing more

    void onRequest(boost::beast::error_code error);
    void refuse(boost::beast::http::status status, std::string_view why);
    void onUpgraded(boost::beast::error_code error);
    void read();
    void onRead(boost::beast::error_code error);
    bool tooFast();
    void write();
    void closeWith(const boost::beast::websocket::close_reason& reason, bool dropQueue);
    void sendClose();
    void watchTime();
    void drop();
    void finish();

    const std::shared_ptr<WebSocketCore> m_core;
    const std::string m_id = newUuid();
    boost::beast::websocket::stream<boost::beast::tcp_stream> m_stream;
    boost::asio::steady_timer m_time, m_closeTime;
    boost::beast::flat_buffer m_buffer;
    std::optional<boost::beast::http::request_parser<boost::beast::http::empty_body>> m_parser;
    boost::beast::http::response<boost::beast::http::string_body> m_refusal;
    std::optional<boost::beast::http::response_serializer<boost::beast::http::string_body>> m_serializer;
    std::chrono::steady_clock::time_point m_second;
    int m_framesInSecond = 0;
    bool m_opened = false;
    bool m_accepting = false, m_closeSent = false;

    mutable std::mutex m_mutex;  // guards all below
    std::string m_owner;
    bool m_entered = false;
    std::optional<WallTime> m_until;
    State m_state = State::open;
    std::deque<std::string> m_queue;
    std::size_t m_queuedBytes = 0;
    bool m_writing = false;
    boost::beast::websocket::close_reason m_reason;
};

}  // namespace nova::kit::http
