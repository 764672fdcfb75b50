#include "feed/reload.h"

#include <grpcpp/channel.h>

#include "feed/decode.h"
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

}  // namespace nova::feed
