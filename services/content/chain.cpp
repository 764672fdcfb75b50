#include "content/chain.h"

#include <grpcpp/channel.h>

#include "content/post_message.h"
#include "kit/rpc/client.h"
#include "kit/runtime/log.h"
#include "nova/rpc/v1/feed.grpc.pb.h"

namespace nova::content {

kit::Result<void> Chain::finish(const Undo& change, const std::string& token) {
    if (change.after.version == 0) return kit::outcome::success();
    auto told = tell(change.after, token);
    if (told) return told;
    const kit::Error away = kit::transient("the followers' feeds could not be written: " + told.error().what);
    auto before = m_store.takeBack(change);
    if (!before) {
        kit::logError("chain", "post {} keeps version {} though its author was refused: {}", change.after.id,
                      change.after.version, before.error().what);
        return away;
    }
    // The call may have done its part all the same. Who cannot be told finds the gap in the versions later.
    if (before.value()) static_cast<void>(tell(*before.value(), token));
    return away;
}

kit::Result<void> Chain::tell(const Post& post, const std::string& token) {
    rpc::v1::ApplyPostRequest request;
    fill(request.mutable_post(), post);
    kit::CallTarget target{"feed-service", "Feed/ApplyPost", token, std::chrono::seconds{1}};
    target.mode = kit::Mode::sync;
    auto reply = kit::unary<rpc::v1::Feed>(m_clients, target, &rpc::v1::Feed::Stub::ApplyPost, request, true);
    if (!reply) return reply.error();
    return kit::outcome::success();
}

}  // namespace nova::content
