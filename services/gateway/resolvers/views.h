// What stands behind the objects of the schema while a request runs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kit/runtime/ids.h"

namespace nova::gateway {

// True once a field below it could not be asked of its owner; shared by a feed and all that stands in it.
using StaleMark = std::shared_ptr<bool>;

// What never changes of a user.
struct Profile {
    std::string id, handle, displayName;
    std::string tier;  // STANDARD, PREMIUM
};

struct UserView {
    std::string id;
    std::optional<std::int64_t> followerCount;  // where an owner just said it
    StaleMark stale;                            // of the feed it stands in, or null
};

// What never changes of an uploaded file.
struct Media {
    std::string id, url, fileName;
    std::int64_t sizeBytes = 0;
};

// A post as content-service has it, or had it when it was fanned out.
struct PostState {
    std::string id, authorId, content;
    std::vector<std::string> mediaIds;
    std::int64_t version = 0;
    kit::WallTime createdAt, updatedAt;
};

struct PostView {
    std::string id;
    std::shared_ptr<const PostState> state;  // null: still to be asked of content-service
    std::optional<std::int64_t> likeCount;   // where an owner just said it
    std::optional<bool> likedByMe;
    std::int64_t likesBefore = 0;  // as a snapshot knew them, for when social-service does not answer
    StaleMark stale;
};

struct FeedView {
    std::vector<PostView> posts;
    bool hydrated = false;  // the posts are content-service's, not the feed's snapshots
    std::string endCursor;
    bool hasMore = false;
    StaleMark stale = std::make_shared<bool>(false);
};

struct MessageView {
    std::string id, conversationId, fromId, toId, text;
    kit::WallTime sentAt;
    std::optional<kit::WallTime> readAt;
};

struct NotificationView {
    std::string id, type, actorId, text;
    std::string postId;  // empty: of no post
    kit::WallTime createdAt;
    bool seen = false;
};

struct SessionView {
    UserView user;
    std::string token;
    kit::WallTime expiresAt;
};

}  // namespace nova::gateway
