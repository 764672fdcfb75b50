#include "kit/http/client.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <optional>

#include "kit/http/names.h"

namespace nova::kit {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bh = boost::beast::http;

constexpr std::uint64_t bodyLimit = 64 * 1024 * 1024;

struct Url {
    std::string host, port, path;
};

std::optional<Url> parseUrl(std::string_view text) {
    constexpr std::string_view scheme = "http://";
    if (!text.starts_with(scheme)) return std::nullopt;
    text.remove_prefix(scheme.size());
    const auto slash = std::min(text.find('/'), text.size());
    const auto authority = text.substr(0, slash);
    const auto colon = authority.rfind(':');
    Url url;
    url.host = authority.substr(0, colon);
    url.port = colon == std::string_view::npos ? "80" : authority.substr(colon + 1);
    url.path = slash == text.size() ? "/" : text.substr(slash);
    if (url.host.empty()) return std::nullopt;
    return url;
}

HttpResponse toResponse(bh::response<bh::string_body>&& message) {
    HttpResponse response;
    response.status = static_cast<int>(message.result_int());
    response.contentType = message[bh::field::content_type];
    for (const auto& field : message)
        response.headers.emplace_back(http::lowerCase(field.name_string()), field.value());
    response.body = std::move(message.body());
    return response;
}

}  // namespace

struct HttpClient::Impl {
    Impl(const std::string& baseUrl, std::chrono::milliseconds limit)
        : base(baseUrl), url(parseUrl(baseUrl)), timeout(limit) {}

    // Runs the started operation to its end; the stream's timer limits it.
    beast::error_code finish() {
        io.restart();
        io.run();
        return last;
    }

    beast::error_code connect() {
        buffer.clear();
        stream.emplace(io);
        asio::ip::tcp::resolver resolver(io);
        const auto found = resolver.resolve(url->host, url->port, last);
        if (last) return last;
        stream->expires_after(timeout);
        stream->async_connect(found, [this](beast::error_code error, const asio::ip::tcp::endpoint&) { last = error; });
        if (finish()) return last;
        stream->socket().set_option(asio::ip::tcp::no_delay(true), last);
        return last;
    }

    beast::error_code exchange(bh::request<bh::string_body>& request, bh::response_parser<bh::string_body>& parser) {
        stream->expires_after(timeout);
        bh::request_serializer<bh::string_body> serializer(request);
        bh::async_write(*stream, serializer, [&](beast::error_code error, std::size_t) {
            last = error;
            if (error) return;
            bh::async_read(*stream, buffer, parser,
                           [this](beast::error_code readError, std::size_t) { last = readError; });
        });
        return finish();
    }

    bh::request<bh::string_body> build(const std::string& method, const std::string& target, const std::string& body,
                                       const std::vector<std::pair<std::string, std::string>>& headers) const {
        bh::request<bh::string_body> request;
        request.version(11);
        request.method_string(method);
        request.target(target.empty() ? url->path : target);
        request.set(bh::field::host, url->host + ":" + url->port);
        if (!body.empty()) request.set(bh::field::content_type, "application/json");
        for (const auto& [name, value] : headers) request.set(name, value);
        request.body() = body;
        request.prepare_payload();
        return request;
    }

    Error fail(const std::string& method, beast::error_code error) {
        stream.reset();
        const std::string why = error == beast::error::timeout
                                    ? "no answer within " + std::to_string(timeout.count()) + " ms"
                                    : error.message();
        return transient(method + " " + base + ": " + why);
    }

    const std::string base;
    const std::optional<Url> url;
    const std::chrono::milliseconds timeout;
    asio::io_context io{1};
    std::optional<beast::tcp_stream> stream;
    beast::flat_buffer buffer;
    beast::error_code last;
};

HttpClient::HttpClient(const std::string& baseUrl, std::chrono::milliseconds timeout)
    : m_impl(std::make_unique<Impl>(baseUrl, timeout)) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

Result<HttpResponse> HttpClient::send(const std::string& method, const std::string& target, const std::string& body,
                                      const std::vector<std::pair<std::string, std::string>>& headers) {
    Impl& impl = *m_impl;
    if (!impl.url) return badInput(impl.base + " is not an http:// address");
    auto request = impl.build(method, target, body, headers);
    for (int attempt = 0;; ++attempt) {
        const bool kept = impl.stream.has_value();
        if (!kept && impl.connect()) return impl.fail(method, impl.last);
        bh::response_parser<bh::string_body> parser;
        parser.body_limit(bodyLimit);
        parser.skip(method == "HEAD");
        if (const auto error = impl.exchange(request, parser)) {
            // A server may close an idle connection while we send: nothing of an answer came, so asking again is safe.
            const bool closedWhileIdle = kept && attempt == 0 && error != beast::error::timeout && !parser.got_some();
            if (!closedWhileIdle) return impl.fail(method, error);
            impl.stream.reset();
            continue;
        }
        auto message = parser.release();
        if (!message.keep_alive()) impl.stream.reset();
        return toResponse(std::move(message));
    }
}

}  // namespace nova::kit
