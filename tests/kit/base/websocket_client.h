// A WebSocket client for tests, blocking, each wait bounded. Not by our server's code: Beast's own client side.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace nova::test {

class WebSocketClient {
public:
    WebSocketClient();
    ~WebSocketClient();
    WebSocketClient(WebSocketClient&&) noexcept;
    WebSocketClient& operator=(WebSocketClient&&) noexcept;

    // The HTTP status of the answer, 101 when connected; 0 when there was none.
    int connect(int port, const std::vector<std::pair<std::string, std::string>>& headers = {},
                const std::string& target = "/ws");
    bool send(const std::string& text, bool binary = false);
    bool ping();
    // The next text frame; nothing when none came in time, or the connection is over: see closeCode().
    std::optional<std::string> read(std::chrono::milliseconds limit = std::chrono::seconds{10});
    // Reads on to the end; the close code of the server, 0 when the connection ended without one.
    int closeCode(std::chrono::milliseconds limit = std::chrono::seconds{10});
    void drop();  // without a close frame

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::test
