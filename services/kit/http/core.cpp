#include "kit/http/core.h"

#include <nlohmann/json.hpp>

#include "contract/topics.h"
#include "kit/http/session.h"
#include "kit/trace/span.h"

namespace nova::kit::http {

HttpResponse errorResponse(int status, std::string_view code, std::string_view message, std::string_view traceParent) {
    const nlohmann::json error{{"message", message}, {"extensions", {{"code", code}}}};
    HttpResponse response;
    response.status = status;
    response.body = nlohmann::json{{"errors", nlohmann::json::array({error})}}.dump();
    const auto context = trace::Context::parse(traceParent).value_or(trace::Context::fresh(false));
    response.headers.emplace_back(contract::header::traceParent, context.traceparent());
    return response;
}

Core::Core(const HttpServerOptions& o) : options(o), workers(o.workers, o.queueLimit, o.queueTime) {}

void Core::addRoute(const std::string& path, Route route) {
    const std::unique_lock lock(m_routesMutex);
    m_routes[path] = std::make_shared<const Route>(std::move(route));
}

std::shared_ptr<const Route> Core::find(std::string_view path) const {
    const std::shared_lock lock(m_routesMutex);
    if (const auto exact = m_routes.find(path); exact != m_routes.end()) return exact->second;
    for (auto slash = path.rfind('/'); slash != path.npos; slash = path.rfind('/')) {
        if (const auto folder = m_routes.find(path.substr(0, slash + 1)); folder != m_routes.end())
            return folder->second;
        path = path.substr(0, slash);
    }
    return nullptr;
}

std::string Core::enter(Session* session, const std::string& owner) {
    const std::lock_guard lock(m_mutex);
    if (m_stopping) return "the server is stopping";
    if (m_sessions.size() >= options.connectionLimit) return "too many connections";
    if (hasTooMany(owner)) return "too many connections from this address";
    m_sessions.insert(session);
    ++m_owners[owner];
    return {};
}

bool Core::rename(std::string& owner, const std::string& next) {
    const std::lock_guard lock(m_mutex);
    if (owner == next) return true;
    if (hasTooMany(next)) return false;
    forgetOne(owner);
    ++m_owners[next];
    owner = next;
    return true;
}

void Core::leave(Session* session, const std::string& owner) {
    const std::lock_guard lock(m_mutex);
    m_sessions.erase(session);
    forgetOne(owner);
}

bool Core::hasTooMany(const std::string& owner) const {
    if (options.connectionsPerOwner == 0) return false;
    const auto found = m_owners.find(owner);
    return found != m_owners.end() && found->second >= options.connectionsPerOwner;
}

void Core::forgetOne(const std::string& owner) {
    const auto found = m_owners.find(owner);
    if (found != m_owners.end() && --found->second == 0) m_owners.erase(found);
}

void Core::beginRequest() {
    const std::lock_guard lock(m_mutex);
    ++m_inHand;
}

void Core::endRequest() {
    const std::lock_guard lock(m_mutex);
    if (--m_inHand == 0) m_idle.notify_all();
}

// Released by the caller without the lock: a session leaves under it.
std::vector<std::shared_ptr<Session>> Core::openSessions() {
    std::vector<std::shared_ptr<Session>> open;
    const std::lock_guard lock(m_mutex);
    for (Session* session : m_sessions) {
        if (auto alive = session->weak_from_this().lock()) open.push_back(std::move(alive));
    }
    return open;
}

void Core::drain(std::chrono::milliseconds limit) {
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    for (const auto& session : openSessions()) session->closeIfIdle();
    std::unique_lock lock(m_mutex);
    m_idle.wait_for(lock, limit, [this] { return m_inHand == 0; });
}

void Core::cutBodies() {
    for (const auto& session : openSessions()) session->cutBody();
}

}  // namespace nova::kit::http
