#include "kit/rpc/mode.h"

#include <grpcpp/server_context.h>

#include "contract/topics.h"
#include "kit/trace/span.h"

namespace nova::kit {

std::string_view name(Mode mode) {
    return mode == Mode::sync ? "sync" : "events";
}

namespace {

Mode wantedMode(const grpc::ServerContext& context, const ServiceConfig& config) {
    if (!config.allowRequestMode) return config.mode;
    const auto& all = context.client_metadata();
    const auto found = all.find({contract::metadata::mode.data(), contract::metadata::mode.size()});
    if (found == all.end()) return config.mode;
    const std::string_view wanted{found->second.data(), found->second.size()};
    for (const Mode mode : {Mode::events, Mode::sync})
        if (wanted == name(mode)) return mode;
    return config.mode;
}

}  // namespace

Mode requestMode(const grpc::ServerContext& context, const ServiceConfig& config) {
    const Mode mode = wantedMode(context, config);
    if (mode == Mode::sync) trace::annotate(contract::attr::mode, name(mode));
    return mode;
}

}  // namespace nova::kit
