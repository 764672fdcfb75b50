#include "feed/reload.h"

#include <grpcpp/channel.h>

#include <map>

#include "kit/rpc/client.h"
#include "nova/rpc/v1/content.grpc.pb.h"

namespace nova::feed {

Reload ownerReload(kit::RpcClients& clients) {
    return [&clients](const std::vector<std::string>& ids) -> kit::Result<std::vector<PostState>> {
        rpc::v1::GetPostsRequest request;
        for (const auto& id : ids) request.add_ids(id);
        request.set_with_deleted(true);
        auto reply =
            kit::unary<rpc::v1::Content>(clients, {"content-service", "Content/GetPosts", {}, std::chrono::seconds{1}},
                                         &rpc::v1::Content::Stub::GetPosts, request, true);
        if (!reply) return reply.error();
        std::vector<PostState> states;
        for (const auto& post : reply.value().posts()) {
            auto state = decode(post);
            if (!state) return state.error();
            states.push_back(std::get<PostState>(std::move(state.value())));
        }
        return states;
    };
}

void complete(std::vector<kit::Result<Change>>& changes, const Reload& reload) {
    std::map<std::string, std::vector<kit::Result<Change>*>> bare;
    for (auto& change : changes) {
        const auto* post = change ? std::get_if<PostState>(&change.value()) : nullptr;
        if (post && post->authorId.empty()) bare[post->id].push_back(&change);
    }
    if (bare.empty()) return;
    std::vector<std::string> ids;
    for (const auto& [id, places] : bare) ids.push_back(id);
    const auto states = reload(ids);
    if (!states) {
        for (const auto& [id, places] : bare)
            for (auto* place : places) *place = states.error();
        return;
    }
    for (const auto& state : states.value())
        for (auto* place : bare[state.id]) *place = Change{state};
}

}  // namespace nova::feed
