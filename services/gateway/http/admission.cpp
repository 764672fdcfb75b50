#include "gateway/http/admission.h"

#include "contract/topics.h"

namespace nova::gateway {

Caller Admission::callerOf(const kit::HttpRequest& request) const {
    std::string token(kit::bearerOf(request.header("authorization")));
    if (token.empty()) return {{}, kit::Error{kit::ErrorKind::unauthenticated, "no bearer token", {}}};
    auto claims = m_tokens.verify(token);
    return {std::move(token), std::move(claims)};
}

std::optional<Refusal> Admission::refusal(const kit::HttpRequest& request, const Caller& caller) {
    if (!m_rate.take(caller.claims ? caller.token : request.remote))
        return Refusal{"Too many requests in this second.", false};
    if (caller.claims && request.connection && !request.connection->own(caller.token))
        return Refusal{"Too many connections with this token.", true};
    return std::nullopt;
}

kit::trace::Context Admission::parentOf(const kit::HttpRequest& request, bool isAction) {
    if (const auto sent = kit::trace::Context::parse(request.header(contract::header::traceParent))) return *sent;
    return kit::trace::Context::fresh(isAction && m_sampled.take({}));
}

std::optional<kit::Mode> modeOf(const kit::HttpRequest& request) {
    const auto word = request.header("nova-mode");
    if (word == "sync") return kit::Mode::sync;
    if (word == "events") return kit::Mode::events;
    return std::nullopt;
}

}  // namespace nova::gateway
