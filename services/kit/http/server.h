// HTTP/1.1 on Boost.Beast, hidden. I/O on its own threads; handlers run on a bounded worker pool and may block.
// Each response carries `traceparent` when the handler's span set one, and each refusal by the server itself. Bodies
// above the limit: 413; queue full or older than its limit, or too many connections: 503 with a JSON error.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kit/runtime/error.h"

namespace nova::kit {

// The connection that a request came on. Thread: any.
class HttpConnection {
public:
    virtual ~HttpConnection() = default;
    // From now on it counts as `owner`'s (a token) instead of its address's. False: that owner has as many as the
    // server allows, nothing changed; answer so and close.
    virtual bool own(const std::string& owner) = 0;
};

struct HttpRequest {
    std::string method, target, body, remote;                   // target with query
    std::vector<std::pair<std::string, std::string>> headers;   // names in lower case
    std::shared_ptr<HttpConnection> connection = nullptr;       // null without a server
    std::string_view header(std::string_view lowerName) const;  // "" when absent
};

// A body made while it is sent. `next` is called on a worker, one call at a time, until `size` bytes have come, and
// each of its pieces has at least one byte; an error, or more than `size`, cuts the connection.
struct HttpContent {
    std::int64_t size = 0;
    std::function<Result<std::string>()> next;
};

struct HttpResponse {
    int status = 200;
    std::string body;
    std::string contentType = "application/json";
    std::vector<std::pair<std::string, std::string>> headers;
    std::shared_ptr<const HttpContent> content = nullptr;  // instead of `body`
    bool close = false;                                    // the connection, after this answer
};

// A request's body while it comes. Bound: one piece in memory; the client waits meanwhile.
class HttpBody {
public:
    virtual ~HttpBody() = default;
    // The next piece, 1 B to 64 KiB; empty at the end. badInput: larger than the route's limit, or not HTTP; transient:
    // the client went away or was too slow. After an error: the same again. Thread: the handler's.
    virtual Result<std::string> read() = 0;
};

struct HttpServerOptions {
    std::string listen;  // host:port, port 0 chooses
    int ioThreads = 1;
    int workers = 2;
    std::size_t bodyLimit = 128 * 1024;  // bytes
    std::size_t queueLimit = 20'000;     // requests waiting for a worker
    std::chrono::seconds queueTime{15};
    std::chrono::seconds idle{60};
    std::size_t connectionLimit = 2'000;
    std::size_t connectionsPerOwner = 0;  // of an address, until HttpConnection::own() names another; 0: no limit
};

// What a streamed route takes: more is 413, slower is an error of HttpBody::read().
struct HttpStreamLimits {
    std::int64_t body = 0;  // bytes
    std::chrono::seconds time{120};
};

class HttpServer {
public:
    using Handler = std::function<HttpResponse(const HttpRequest&)>;
    using StreamHandler = std::function<HttpResponse(const HttpRequest&, HttpBody&)>;
    explicit HttpServer(const HttpServerOptions& options);
    ~HttpServer();
    // A path without query; one that ends in '/' takes all below it that no other route has. `direct`: answered on the
    // I/O thread, must not block (health).
    void route(const std::string& path, Handler handler, bool direct = false);
    // As route(), but the handler reads the body itself. It is called when the header has come; what it leaves unread
    // costs the connection. HttpRequest::body is empty.
    void stream(const std::string& path, StreamHandler handler, HttpStreamLimits limits);
    Result<void> start();  // binds and listens; error names address and cause
    int port() const;
    void stop();  // stops accepting, finishes what is in hand (2 s), cuts bodies that still come, closes
private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::kit
