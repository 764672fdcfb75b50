// Plain values of the feed: what is known of posts, edges and counts. Times are Unix microseconds unless named
// otherwise.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

namespace nova::feed {

struct PostState {
    std::string id, authorId;
    std::int64_t created = 0, updated = 0;
    std::int64_t version = 0;
    bool deleted = false;
    std::string content;   // empty when deleted
    std::string mediaIds;  // separated by spaces
    std::int64_t likes = 0, likesVersion = 0;
    [[nodiscard]] std::int64_t score() const { return created / 1000; }  // of the feed: milliseconds
};

struct PostRef {
    std::string id;
    std::int64_t score = 0;
    auto operator<=>(const PostRef&) const = default;
};

struct EdgeKey {
    std::string followee, follower;
    auto operator<=>(const EdgeKey&) const = default;
};

struct EdgeChange {
    EdgeKey key;
    std::int64_t version = 0;  // of the followee's followers
    bool active = false;
    std::int64_t at = 0;  // the event's time
};

struct LikesChange {
    std::string postId;
    std::int64_t count = 0, version = 0;
};

}  // namespace nova::feed
