// What the connections of one server share: routes, workers, counts. Internal to kit/http. Thread: any.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "kit/http/server.h"
#include "kit/http/workers.h"

namespace nova::kit::http {

class Session;

struct Route {
    HttpServer::Handler handler;
    bool direct = false;
    HttpServer::StreamHandler stream;  // instead of `handler`
    HttpStreamLimits limits;
};

class Core {
public:
    explicit Core(const HttpServerOptions& options);

    void addRoute(const std::string& path, Route route);
    std::shared_ptr<const Route> find(std::string_view path) const;

    // "" or why the connection is refused: too many of them, or of this owner, or stopping.
    std::string enter(Session* session, const std::string& owner);
    bool rename(std::string& owner, const std::string& next);  // false: `next` has too many
    void leave(Session* session, const std::string& owner);
    void beginRequest();
    void endRequest();
    [[nodiscard]] bool stopping() const { return m_stopping; }
    // No request is begun any more; returns when none is in hand or `limit` has passed.
    void drain(std::chrono::milliseconds limit);
    void cutBodies();  // handlers that wait for a body get an error

    const HttpServerOptions options;
    Workers workers;

private:
    std::vector<std::shared_ptr<Session>> openSessions();
    [[nodiscard]] bool hasTooMany(const std::string& owner) const;
    void forgetOne(const std::string& owner);

    mutable std::shared_mutex m_routesMutex;
    std::map<std::string, std::shared_ptr<const Route>, std::less<>> m_routes;
    std::mutex m_mutex;
    std::condition_variable m_idle;
    std::set<Session*> m_sessions;
    std::map<std::string, std::size_t> m_owners;  // connections of each
    std::size_t m_inHand = 0;
    std::atomic<bool> m_stopping{false};
};

// {"errors":[{"message":…,"extensions":{"code":…}}]}, the form of the gateway's own errors; `traceParent`: the
// caller's, or a new one when it is none.
HttpResponse errorResponse(int status, std::string_view code, std::string_view message, std::string_view traceParent);

}  // namespace nova::kit::http
