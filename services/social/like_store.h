// Likes in PostgreSQL, each change with its event in one transaction. Thread: any.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kit/runtime/error.h"

namespace nova::kit {
class Outbox;
class PostgresPool;
class Transaction;
}  // namespace nova::kit

namespace nova::social {

struct LikeChange;

struct LikeCount {
    std::string postId;
    std::int64_t count = 0, version = 0;  // version 0: never liked
};

struct LikeAnswer {
    bool knownPost = false;  // false: post_authors has no such post, nothing was done
    LikeCount now;
};

struct PostStats {
    std::string postId;
    std::int64_t likes = 0;
    bool likedByMe = false;
};

class LikeStore {
public:
    LikeStore(kit::PostgresPool& pool, kit::Outbox& outbox) : m_pool(pool), m_outbox(outbox) {}
    // Repeats succeed and publish nothing. notFound: the post is deleted. With an idempotency key that was used before:
    // the present count, nothing done; conflict when it was used with something else. An empty key is none.
    // Both: with `unpublished` (mode=sync), the change is put there and not published.
    kit::Result<LikeAnswer> like(const std::string& user, const std::string& post, const std::string& idempotencyKey,
                                 LikeChange* unpublished = nullptr);
    kit::Result<LikeAnswer> unlike(const std::string& user, const std::string& post, LikeChange* unpublished = nullptr);
    // An unlike that nobody is told of; the key of the like is forgotten with it.
    kit::Result<LikeAnswer> takeBack(const std::string& user, const std::string& post,
                                     const std::string& idempotencyKey);
    // One a known post; posts nobody liked have zeros. `user` may be empty. At most 1,000 posts.
    kit::Result<std::vector<PostStats>> stats(const std::string& user, const std::vector<std::string>& posts);
    // All counts in pages: posts after this id, at most `limit`, ordered by id.
    kit::Result<std::vector<LikeCount>> countsAfter(const std::string& post, int limit);

private:
    LikeAnswer change(kit::Transaction& t, bool liking, const std::string& user, const std::string& post,
                      LikeChange* unpublished);

    kit::PostgresPool& m_pool;
    kit::Outbox& m_outbox;
};

}  // namespace nova::social
