// The feed's own projections in PostgreSQL and its version gate, as a batch of events changes them. The order that
// makes every interleaving of consumers converge: note() commits; then effects() reads what is true now; then Redis is
// written; then settle() looks whether it is still true, and only then raises the gate. Makes no spans: the caller
// knows whose work it is. Thread: any.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "feed/states.h"
#include "kit/runtime/error.h"

namespace nova::kit {
class PostgresPool;
class Transaction;
}  // namespace nova::kit

namespace nova::feed {

// The newest change of each post, edge and count in a batch.
struct Changes {
    std::map<std::string, PostState> posts;
    std::map<EdgeKey, EdgeChange> edges;
    std::map<std::string, LikesChange> likes;
};

struct Noted {
    std::map<std::string, std::int64_t> gates;     // of the batch's posts, before it; a post never applied is not in it
    std::set<std::string> dead;                    // of the batch's posts: known as deleted before it
    std::set<std::string> clock;                   // newer by version, but older by time: applied all the same
    std::set<EdgeKey> edges;                       // newer than what was known
    std::map<EdgeKey, std::int64_t> edgeVersions;  // of the batch's edges, now
    std::set<std::string> likes;                   // newer than what was known
};

struct PostEffect {
    PostState post;
    std::vector<std::string> followers;  // active ones whose feed reaches back to the post; at most limit + 1
};
struct EdgeEffect {
    EdgeKey key;
    std::int64_t version = 0;
    bool active = false;
    std::vector<PostRef> posts;    // active: those of the followee that belong into the feed, the newest 500
    std::vector<std::string> fed;  // the follower alone
};
struct Effects {
    std::vector<PostEffect> posts;
    std::vector<EdgeEffect> edges;
    std::map<std::string, PostState> backfilled;  // every post of the active edges
};

struct JobRequest {
    std::string postId, traceparent;
};
// What was written to Redis, and on which state that was based. Lists of followers are the effects' own.
struct Written {
    std::map<std::string, std::int64_t> posts;  // version of each post read
    std::map<EdgeKey, std::int64_t> edges;      // version of each edge read
    std::map<std::string, std::vector<const std::vector<std::string>*>>
        fed;  // author → followers whose feeds got posts
    std::vector<JobRequest> jobs;
    std::map<std::string, std::int64_t> gates;  // to be raised
};
struct Settled {
    bool changed = false;        // another consumer was faster: nothing was raised, write again what is true now
    std::set<EdgeKey> left;      // followers who unfollowed meanwhile: take the author's posts out again
    std::set<std::string> dead;  // posts deleted meanwhile: likewise
};

class Projections {
public:
    explicit Projections(kit::PostgresPool& pool) : m_pool(pool) {}
    kit::Result<Noted> note(const Changes& changes);
    // `followerLimit`: PostEffect::followers holds at most one more than this.
    kit::Result<Effects> effects(const std::vector<std::string>& posts, const std::vector<EdgeKey>& edges,
                                 int followerLimit);
    kit::Result<Settled> settle(const Written& written);
    // Of these posts in these followers' feeds, the ones that the followee wrote.
    kit::Result<std::map<EdgeKey, std::vector<std::string>>> authored(
        const std::map<EdgeKey, std::vector<std::string>>& posts);
    // The known ones, deleted ones too, in no order.
    kit::Result<std::vector<PostState>> posts(const std::vector<std::string>& ids);

private:
    kit::PostgresPool& m_pool;
};

}  // namespace nova::feed
