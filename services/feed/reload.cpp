#include "feed/reload.h"

#include <grpcpp/channel.h>

#include "kit/rpc/client.h"
#include "kit/runtime/times.h"
#include "nova/rpc/v1/content.grpc.pb.h"

namespace nova::feed {
namespace {

PostState stateOf(const rpc::v1::Post& post) {
    PostState state{.id = post.id(),
                    .authorId = post.author_id(),
                    .created = kit::micros(kit::timeOf(post.created_at())),
                    .updated = kit::micros(kit::timeOf(post.updated_at())),
                    .version = post.version(),
                    .deleted = post.deleted(),
                    .content = post.content(),
                    .mediaIds = {}};
    for (const auto& media : post.media_ids()) state.mediaIds += (state.mediaIds.empty() ? "" : " ") + media;
    return state;
}

}  // namespace

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
        for (const auto& post : reply.value().posts()) states.push_back(stateOf(post));
        return states;
    };
}

}  // namespace nova::feed
