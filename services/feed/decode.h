// Content and social events as changes of the feed's projections, and the same from their owners directly.
#pragma once

#include <variant>

#include "feed/states.h"
#include "kit/consume/handler.h"

namespace nova::rpc::v1 {
class ApplyFollowRequest;
class Post;
}  // namespace nova::rpc::v1

namespace nova::feed {

using Change = std::variant<PostState, EdgeChange, LikesChange>;

bool knowsSchema(const std::string& dataSchema);
bool isPremium(const kit::Record& record);  // a content event of a premium author
// A content event of the design's first form has no more than a post's id, version and time: its state bears no author
// and is to be asked of the owner. badInput: badly formed ids, versions below 1, or bytes that are no such event.
kit::Result<Change> decode(const kit::Record& record);
kit::Result<Change> decode(const rpc::v1::Post& post);  // of its present state; deleted: a tombstone
kit::Result<Change> decode(const rpc::v1::ApplyFollowRequest& follow);

}  // namespace nova::feed
