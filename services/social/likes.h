// Liking a post: the store, the post's author, the count in Redis. Thread: any.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "social/like_store.h"

namespace nova::social {

class LikeCache;
class PostAuthors;

class Likes {
public:
    Likes(LikeStore& store, PostAuthors& authors, LikeCache& cache)
        : m_store(store), m_authors(authors), m_cache(cache) {}
    // The post's likes after it. notFound: no such post, or it is deleted.
    // Both: with `unpublished` (mode=sync), the change is put there and not published.
    kit::Result<std::int64_t> like(const std::string& user, const std::string& post, const std::string& idempotencyKey,
                                   LikeChange* unpublished = nullptr);
    kit::Result<std::int64_t> unlike(const std::string& user, const std::string& post,
                                     LikeChange* unpublished = nullptr);
    kit::Result<std::int64_t> takeBack(const std::string& user, const std::string& post,
                                       const std::string& idempotencyKey);

private:
    kit::Result<std::int64_t> change(const std::string& post, const std::function<kit::Result<LikeAnswer>()>& attempt);

    LikeStore& m_store;
    PostAuthors& m_authors;
    LikeCache& m_cache;
};

}  // namespace nova::social
