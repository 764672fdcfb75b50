// HTTP/1.1 on Boost.Beast, hidden. I/O on its own threads; handlers run on a bounded worker pool and may block.
// Each response carries `traceparent` when the handler's span set one. Bodies above the limit: 413; queue full or older
// than its limit: 503 with a JSON error.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kit/runtime/error.h"

namespace nova::kit {

struct HttpRequest {
    std::string method, target, body, remote;                   // target with query
    std::vector<std::pair<std::string, std::string>> headers;   // names in lower case
    std::string_view header(std::string_view lowerName) const;  // "" when absent
};

struct HttpResponse {
    int status = 200;
    std::string body;
    std::string contentType = "application/json";
    std::vector<std::pair<std::string, std::string>> headers;
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
};

class HttpServer {
public:
    using Handler = std::function<HttpResponse(const HttpRequest&)>;
    explicit HttpServer(HttpServerOptions options);
    ~HttpServer();
    // Exact path, without query. `direct`: answered on the I/O thread, must not block (health).
    void route(const std::string& path, Handler handler, bool direct = false);
    Result<void> start();  // binds and listens; error names address and cause
    int port() const;
    void stop();  // stops accepting, finishes what is in hand (2 s), closes
private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::kit
