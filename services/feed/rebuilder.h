// Feeds, snapshots and version keys in Redis, made again from the projections when Redis was lost (`feed:epoch` is
// missing). Consumers go on meanwhile; every write may meet theirs. Thread: any; replicas agree by a claim in Redis on
// who does it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "feed/states.h"
#include "kit/runtime/error.h"

namespace nova::kit {
class PostgresPool;
}

namespace nova::feed {

class FeedCache;

class Rebuilder {
public:
    Rebuilder(kit::PostgresPool& pool, FeedCache& cache) : m_pool(pool), m_cache(cache) {}
    // Rebuilds all if Redis was lost and nobody else does; true when it did. `stopping` is asked between pages.
    kit::Result<bool> tend(const std::function<bool()>& stopping);
    // Fills up the full feeds that lost posts: what the cap had kept out belongs there again.
    kit::Result<void> fillUp(const std::function<bool()>& stopping);
    // The feeds of these users alone, at once.
    kit::Result<void> fill(const std::vector<std::string>& users);

private:
    using Feeds = std::map<std::string, std::vector<PostRef>>;
    // Each page calls `go`, which renews the claim; false: give up.
    kit::Result<bool> feeds(const std::function<kit::Result<bool>()>& go);
    kit::Result<bool> posts(const std::function<kit::Result<bool>()>& go);
    kit::Result<void> writePosts(const std::vector<std::string>& ids);
    kit::Result<Feeds> wanted(const std::vector<std::string>& users);

    kit::PostgresPool& m_pool;
    FeedCache& m_cache;
};

}  // namespace nova::feed
