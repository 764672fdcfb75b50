// gRPC server side: each handler body runs inside `serveCall`, which continues the caller's trace (metadata
// `traceparent`), makes the server span, verifies the bearer token (metadata `authorization`), maps kit::Error to
// grpc::Status, applies rpcDelayMs. Of an error from a store's insides the caller is told that there was one; what the
// store said goes to the log, a line a second, and to the span.
#pragma once

#include <grpcpp/support/status.h>

#include <functional>
#include <string>

#include "kit/rpc/auth.h"
#include "kit/runtime/error.h"

namespace grpc {
class ServerContext;
class ServerContextBase;
}  // namespace grpc

namespace nova::kit {

class TokenVerifier;

enum class NeedsUser { yes, no };

struct CallOptions {
    const char* method;  // "Content/CreatePost": the span's name
    TokenVerifier* tokens;
    NeedsUser user = NeedsUser::yes;
    int delayMs = 0;
};

// body(claims): claims are empty with NeedsUser::no and no token.
grpc::Status serveCall(grpc::ServerContext& context, const CallOptions& options,
                       const std::function<Result<void>(const Claims&)>& body);

// Said by a handler, from its own thread, when it changed nothing and made no event since an earlier call had done the
// same. The handler's span and, by trailing metadata, the span around the caller's call bear contract::attr::repeated.
void noteRepeated();

// The bearer token of the call, to pass on to another service; "" when none was sent.
std::string bearerToken(const grpc::ServerContext& context);

// Called after each handler, from its thread, with the seconds it took; nullptr: nobody. runService installs
// nova_rpc_seconds.
using RpcObserver = std::function<void(const char* method, double seconds, bool ok)>;
void observeRpc(RpcObserver observer);

// transient UNAVAILABLE, badInput INVALID_ARGUMENT, unauthenticated UNAUTHENTICATED, forbidden PERMISSION_DENIED,
// notFound NOT_FOUND, conflict ABORTED, permanent INTERNAL; the message is Error::what, the details are Error::hint.
// toError also takes ALREADY_EXISTS and FAILED_PRECONDITION as conflict, and DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED and
// CANCELLED as transient.
grpc::Status toStatus(const Error& error);
Error toError(const grpc::Status& status, const std::string& call);

}  // namespace nova::kit
