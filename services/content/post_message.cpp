#include "content/post_message.h"

#include "content/store.h"
#include "kit/runtime/times.h"
#include "nova/rpc/v1/content.pb.h"

namespace nova::content {

void fill(rpc::v1::Post* to, const Post& post) {
    to->set_id(post.id);
    to->set_author_id(post.authorId);
    to->set_user_tier(post.userTier);
    to->set_content(post.content);
    for (const auto& media : post.mediaIds) to->add_media_ids(media);
    to->set_version(post.version);
    kit::setTime(to->mutable_created_at(), post.createdAt);
    kit::setTime(to->mutable_updated_at(), post.updatedAt);
    to->set_deleted(post.deleted);
}

}  // namespace nova::content
