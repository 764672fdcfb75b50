// What one write pipeline to Redis will do. Feeds: sorted set `feed:{user}`, score = the post's time in ms, member =
// post id, the newest 500 kept; a full one that loses posts is noted in the hash `feed:short`, user → how often, and
// filled up again (Rebuilder). Snapshots: hash `snapshot:{post_id}`; `post:{post_id}:version` is the newest version
// seen. Every command may be repeated, and none lets an older version win.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "feed/states.h"
#include "kit/redis/client.h"

namespace nova::feed {

inline constexpr const char* feedsCutShort = "feed:short";

class WritePlan {
public:
    void add(const std::string& user, const PostRef& post);
    void remove(const std::string& user, const std::string& postId) { m_removed[user].push_back(postId); }
    // `onlyIfThere`: a post that nobody's feed holds has no snapshot.
    void snapshot(const PostState& post, bool onlyIfThere);
    void dropSnapshot(const PostState& post);
    void likes(const LikesChange& likes);
    // The scripts that the commands name by their SHA-1.
    static const std::vector<std::string>& scripts();
    // At most `limit` commands a batch. Feeds come first: they are what users wait for.
    std::vector<kit::RedisBatch> batches(std::size_t limit) const;

private:
    struct Added {
        std::string id, score;
    };
    std::vector<Added> m_added;                                         // each post once in a row
    std::unordered_map<std::string, std::vector<std::size_t>> m_feeds;  // user → of m_added
    std::map<std::string, std::vector<std::string>> m_removed;
    std::vector<kit::RedisCommand> m_posts;
};

}  // namespace nova::feed
