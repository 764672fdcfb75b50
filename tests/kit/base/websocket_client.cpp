#include "tests/kit/base/websocket_client.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket.hpp>

namespace nova::test {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bw = boost::beast::websocket;

constexpr std::chrono::seconds patience{10};

}  // namespace

struct WebSocketClient::Impl {
    asio::io_context io{1};
    bw::stream<beast::tcp_stream> stream{io};
    beast::flat_buffer buffer;
    bool reading = false, readDone = false;
    beast::error_code readError;

    // Runs the started operation until it is done.
    template <typename Start>
    beast::error_code finish(Start start) {
        std::optional<beast::error_code> done;
        start([&done](beast::error_code error, std::size_t) { done = error; });
        const auto until = std::chrono::steady_clock::now() + patience;
        io.restart();
        while (!done && std::chrono::steady_clock::now() < until) io.run_one_for(std::chrono::milliseconds{50});
        if (done) return *done;
        beast::get_lowest_layer(stream).close();
        io.restart();
        io.run();
        return beast::error::timeout;
    }

    bool readOne(std::chrono::milliseconds limit) {
        if (!reading && !readDone) {
            reading = true;
            stream.async_read(buffer, [this](beast::error_code error, std::size_t) {
                reading = false;
                readDone = true;
                readError = error;
            });
        }
        const auto until = std::chrono::steady_clock::now() + limit;
        io.restart();
        while (!readDone && std::chrono::steady_clock::now() < until) io.run_one_for(std::chrono::milliseconds{20});
        return readDone;
    }
};

WebSocketClient::WebSocketClient() : m_impl(std::make_unique<Impl>()) {}
WebSocketClient::~WebSocketClient() {
    if (m_impl) drop();
}
WebSocketClient::WebSocketClient(WebSocketClient&&) noexcept = default;
WebSocketClient& WebSocketClient::operator=(WebSocketClient&&) noexcept = default;

int WebSocketClient::connect(int port, const std::vector<std::pair<std::string, std::string>>& headers,
                             const std::string& target) {
    beast::error_code error;
    auto& tcp = beast::get_lowest_layer(m_impl->stream);
    tcp.socket().connect({asio::ip::address_v4::loopback(), static_cast<asio::ip::port_type>(port)}, error);
    if (error) return 0;
    m_impl->stream.set_option(bw::stream_base::decorator([headers](bw::request_type& request) {
        for (const auto& [name, value] : headers) request.set(name, value);
    }));
    bw::response_type answer;
    const auto failed = m_impl->finish([&](auto done) {
        m_impl->stream.async_handshake(answer, "127.0.0.1", target,
                                       [done](beast::error_code e) mutable { done(e, 0); });
    });
    return failed && failed != bw::error::upgrade_declined ? 0 : static_cast<int>(answer.result_int());
}

bool WebSocketClient::send(const std::string& text, bool binary) {
    m_impl->stream.binary(binary);
    return !m_impl->finish([&](auto done) { m_impl->stream.async_write(asio::buffer(text), done); });
}

bool WebSocketClient::ping() {
    return !m_impl->finish(
        [&](auto done) { m_impl->stream.async_ping({}, [done](beast::error_code e) mutable { done(e, 0); }); });
}

std::optional<std::string> WebSocketClient::read(std::chrono::milliseconds limit) {
    if (!m_impl->readOne(limit) || m_impl->readError) return std::nullopt;
    m_impl->readDone = false;
    auto text = beast::buffers_to_string(m_impl->buffer.data());
    m_impl->buffer.consume(m_impl->buffer.size());
    return text;
}

int WebSocketClient::closeCode(std::chrono::milliseconds limit) {
    const auto until = std::chrono::steady_clock::now() + limit;
    while (read(std::chrono::milliseconds{200}) || !m_impl->readDone)
        if (std::chrono::steady_clock::now() > until) return -1;
    return m_impl->readError == bw::error::closed ? m_impl->stream.reason().code : 0;
}

void WebSocketClient::drop() {
    beast::get_lowest_layer(m_impl->stream).close();
    m_impl->io.restart();
    m_impl->io.run();
}

}  // namespace nova::test
