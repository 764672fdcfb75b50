// The mode of one request (contract §6): events, or the synchronous chain. Thread: any.
#pragma once

#include <string_view>

#include "kit/runtime/config.h"

namespace grpc {
class ServerContext;
}

namespace nova::kit {

// The caller's metadata `nova-mode` where `allow_request_mode` says so and it names a mode; the configured mode else.
// To pass it on to another service, set CallTarget::mode. The span in hand bears contract::attr::mode when it is sync.
Mode requestMode(const grpc::ServerContext& context, const ServiceConfig& config);

std::string_view name(Mode mode);  // "events", "sync"

}  // namespace nova::kit
