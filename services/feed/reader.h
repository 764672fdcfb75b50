// Reading one's feed: pages by (score, id), newest first, live posts only. Thread: any.
#pragma once

#include <string>
#include <vector>

#include "feed/states.h"
#include "kit/runtime/error.h"

namespace nova::feed {

class FeedCache;
class Projections;
class Rebuilder;

struct FeedPage {
    std::vector<PostState> posts;  // newest first
    std::string endCursor;         // of the last post; empty for an empty page
    bool hasMore = false;
    bool rebuilding = false;  // Redis was lost and is not whole again
};

class Reader {
public:
    Reader(FeedCache& cache, Projections& projections, Rebuilder& rebuilder)
        : m_cache(cache), m_projections(projections), m_rebuilder(rebuilder) {}
    // badInput: `first` not 1–100, or a bad cursor.
    kit::Result<FeedPage> read(const std::string& user, int first, const std::string& after);

private:
    kit::Result<std::vector<PostState>> live(const std::vector<PostRef>& posts);

    FeedCache& m_cache;
    Projections& m_projections;
    Rebuilder& m_rebuilder;
};

}  // namespace nova::feed
