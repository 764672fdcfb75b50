// gRPC server side: each handler body runs inside `serveCall`, which continues the caller's trace (metadata `traceparent`), makes the
// server span, verifies the bearer token (metadata `authorization`), maps kit::Error to grpc::Status, applies rpcDelayMs.
#pragma once

#include <grpcpp/support/status.h>

#include <functional>
#include <string>

#include "kit/rpc/auth.h"
#include "kit/runtime/error.h"

namespace grpc { class ServerContext; class ServerContextBase; }

namespace nova::kit {

class TokenVerifier;

enum class NeedsUser { yes, no };

struct CallOptions {
    const char* method;          // "Content/CreatePost": the span's name
    TokenVerifier* tokens;
    NeedsUser user = NeedsUser::yes;
    int delayMs = 0;
};

// body(claims): claims are empty with NeedsUser::no and no token.
grpc::Status serveCall(grpc::ServerContext& context, const CallOptions& options,
                       const std::function<Result<void>(const Claims&)>& body);

grpc::Status toStatus(const Error& error);
Error toError(const grpc::Status& status, const std::string& call);

}  // namespace nova::kit
