// Social events: facts with absolute counts, numbered per post or per followee.
#pragma once

#include <cstdint>
#include <string>

#include "kit/outbox/outbox.h"

namespace nova::social {

struct FollowChange {
    std::string follower, followee;
    std::int64_t count = 0, version = 0;  // of the followee's followers
    kit::WallTime at;
};
struct LikeChange {
    std::string postId, userId, authorId;
    std::int64_t count = 0, version = 0;  // of the post's likes
    kit::WallTime at;
};

kit::OutEvent userFollowed(const FollowChange& change);
kit::OutEvent userUnfollowed(const FollowChange& change);
kit::OutEvent postLiked(const LikeChange& change);
kit::OutEvent postUnliked(const LikeChange& change);

}  // namespace nova::social
