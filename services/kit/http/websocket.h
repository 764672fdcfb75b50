// A WebSocket server (RFC 6455) on Boost.Beast, hidden, with a listener of its own. It carries text frames and keeps
// the limits; what the frames mean is the handlers' business. No compression. Origins: a request without one, or from a
// loopback host, or listed in the options; `null` never.
//
// Thread: one I/O thread, on which all handlers are called; they must not block. A WebSocket's functions: any thread.
// Close codes sent: 1001 the server stops, 1003 not text, 1007 not UTF-8, 1008 too many frames or not owned in time or
// its time is over, 1009 too large, 1013 it does not read what is sent or its owner has too many connections.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kit/http/server.h"
#include "kit/runtime/error.h"
#include "kit/runtime/ids.h"

namespace nova::kit {

struct WebSocketOptions {
    std::string listen;  // host:port, port 0 chooses
    std::string path = "/ws";
    std::vector<std::string> origins;       // "https://host"
    std::size_t connections = 2'000;        // in all; more: HTTP 503
    std::size_t connectionsPerOwner = 500;  // of an address until it is owned (HTTP 503), then of the owner
    std::size_t frameLimit = 64 * 1024;     // bytes of a frame from the client
    int framesPerSecond = 20;               // from a client, its pings included
    std::size_t queueFrames = 1'000;        // waiting to be sent to a client
    std::size_t queueBytes = 4 * 1024 * 1024;
    std::chrono::milliseconds handshake{5'000};   // for the HTTP request, then for own()
    std::chrono::milliseconds keepAlive{30'000};  // silent for half of it: pinged; for all of it: dropped
    std::chrono::milliseconds closing{2'000};     // for what is queued and the client's answer to a close
};

class WebSocket {
public:
    enum class Close { policy = 1008, tryAgainLater = 1013 };

    virtual ~WebSocket() = default;
    virtual const std::string& id() const = 0;  // unique: a UUID
    // Whose connection it is, until when; a connection nobody owns is closed. False: closed, the owner has too many.
    virtual bool own(const std::string& owner, WallTime until) = 0;
    // Queues a text frame. False: it is closed, or is being closed now because it does not keep up.
    virtual bool send(std::string text) = 0;
    virtual std::size_t queuedFrames() const = 0;
    virtual void close(Close code, const std::string& reason) = 0;  // after what is queued
};
using WebSocketPtr = std::shared_ptr<WebSocket>;

struct WebSocketHandlers {
    std::function<void(const WebSocketPtr&, const HttpRequest&)> opened;
    std::function<void(const WebSocketPtr&, std::string)> received;
    std::function<void(const WebSocketPtr&)> closed;  // exactly once for each opened
};

class WebSocketServer {
public:
    WebSocketServer(WebSocketOptions options, WebSocketHandlers handlers);
    ~WebSocketServer();    // as stop()
    Result<void> start();  // binds and listens; error names address and cause
    int port() const;
    // Takes no new connections and closes all with 1001; every `closed` has been called on return.
    void stop();

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::kit
