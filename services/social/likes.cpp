#include "social/likes.h"

#include "social/like_cache.h"
#include "social/post_authors.h"

namespace nova::social {

kit::Result<std::int64_t> Likes::like(const std::string& user, const std::string& post,
                                      const std::string& idempotencyKey, LikeChange* unpublished) {
    return change(post, [&] { return m_store.like(user, post, idempotencyKey, unpublished); });
}

kit::Result<std::int64_t> Likes::unlike(const std::string& user, const std::string& post, LikeChange* unpublished) {
    return change(post, [&] { return m_store.unlike(user, post, unpublished); });
}

kit::Result<std::int64_t> Likes::takeBack(const std::string& user, const std::string& post,
                                          const std::string& idempotencyKey) {
    return change(post, [&] { return m_store.takeBack(user, post, idempotencyKey); });
}

kit::Result<std::int64_t> Likes::change(const std::string& post,
                                        const std::function<kit::Result<LikeAnswer>()>& attempt) {
    auto answer = attempt();
    if (answer && !answer.value().knownPost) {
        if (auto learned = m_authors.learn(post); !learned) return learned.error();
        answer = attempt();
    }
    if (!answer) return answer.error();
    m_cache.set(answer.value().now);
    return answer.value().now.count;
}

}  // namespace nova::social
