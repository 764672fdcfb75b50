// The feeds in Redis. Thread: any.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "feed/states.h"
#include "kit/runtime/error.h"

namespace nova::kit {
class RedisClient;
}

namespace nova::feed {

class WritePlan;

class FeedCache {
public:
    explicit FeedCache(kit::RedisClient& redis) : m_redis(redis) {}
    // Pipelines of at most 10,000 commands; returns how many there were. Makes no span: the caller knows whose work it
    // is.
    kit::Result<std::int64_t> write(const WritePlan& plan);
    // All members of each feed (at most 500 each), same order as `users`.
    kit::Result<std::vector<std::vector<std::string>>> members(const std::vector<std::string>& users);

    struct Slice {
        bool lost = false;           // no `feed:epoch`: the feed may lack posts
        std::vector<PostRef> posts;  // newest first
    };
    // At most `count` entries with a score of at most `maxScore`, the first `skip` left out.
    kit::Result<Slice> slice(const std::string& user, std::int64_t maxScore, std::size_t skip, std::size_t count);
    // Same order as `ids`; nothing where there is no snapshot.
    kit::Result<std::vector<std::optional<PostState>>> snapshots(const std::vector<std::string>& ids);

    // Feeds that were full and then lost posts: up to `count` of them, user → how often so far.
    using Short = std::map<std::string, std::string>;
    kit::Result<Short> cutShort(int count);
    // These are filled up again, but for those that lost more meanwhile.
    kit::Result<void> filledUp(const Short& feeds);

    kit::Result<bool> lost();
    // One rebuilder at a time: false when another holds the claim, which lapses 30 s after the last renewal.
    kit::Result<bool> claimRebuild(const std::string& token);
    // False: the claim is lost (Redis was lost again): start over.
    kit::Result<bool> renewRebuild(const std::string& token);
    // Writes the epoch under the claim; false as above.
    kit::Result<bool> finishRebuild(const std::string& token);

private:
    kit::RedisClient& m_redis;
};

}  // namespace nova::feed
