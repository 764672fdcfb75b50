// One blocking HTTP/1.1 client connection with keep-alive (http:// only; local Nova and tests). Not shared between
// threads.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "kit/http/server.h"

namespace nova::kit {

class HttpClient {
public:
    explicit HttpClient(const std::string& baseUrl, std::chrono::milliseconds timeout = std::chrono::seconds{10});
    ~HttpClient();
    HttpClient(HttpClient&&) noexcept;
    HttpClient& operator=(HttpClient&&) noexcept;
    // `target` empty: the path of the base URL. Reconnects once when a kept connection was closed by the server.
    // An HTTP status is no error; unreachable, no answer in time, not HTTP: transient. The answer's header names are in
    // lower case.
    Result<HttpResponse> send(const std::string& method, const std::string& target, const std::string& body = {},
                              const std::vector<std::pair<std::string, std::string>>& headers = {});

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::kit
