// What both doors ask of a request before they serve it: who sends it, whether it is within the limits, which trace it
// belongs to. Thread: any.
#pragma once

#include <optional>
#include <string>

#include "gateway/http/second_counter.h"
#include "kit/http/server.h"
#include "kit/rpc/auth.h"
#include "kit/runtime/config.h"
#include "kit/trace/span.h"

namespace nova::gateway {

struct Caller {
    std::string token;  // empty: none was sent
    kit::Result<kit::Claims> claims;
};

struct Refusal {
    std::string message;
    bool close = false;  // the connection
};

class Admission {
public:
    // Per second: `requests` of a token, or of an address without a valid one; `traced` actions whose caller sent no
    // traceparent.
    Admission(kit::TokenVerifier& tokens, int requests, int traced)
        : m_tokens(tokens), m_rate(requests), m_sampled(traced) {}

    Caller callerOf(const kit::HttpRequest& request) const;
    // Why the request is not served now: 429, or nothing. Counts it, and from the first valid token on its connection
    // as that token's.
    std::optional<Refusal> refusal(const kit::HttpRequest& request, const Caller& caller);
    // The caller's context, or a new trace: sampled when it is an action and not too many were within this second.
    kit::trace::Context parentOf(const kit::HttpRequest& request, bool isAction);

private:
    kit::TokenVerifier& m_tokens;
    SecondCounter m_rate;
    SecondCounter m_sampled;
};

// The request header `Nova-Mode: sync|events`; nothing without it, or with another word.
std::optional<kit::Mode> modeOf(const kit::HttpRequest& request);

}  // namespace nova::gateway
