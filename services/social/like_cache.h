// Redis `likes:{post_id}`: the plain count, set only by a newer version (kept beside it in `likes:{post_id}:version`).
// A copy of SQL: what could not be written is written later by a thread of its own, and all counts again at start and
// when Redis was lost
// (`likes:epoch` is missing). Thread: any.
#pragma once

#include <map>
#include <mutex>
#include <vector>

#include "kit/runtime/error.h"
#include "kit/runtime/periodic.h"
#include "social/like_store.h"

namespace nova::kit {
class RedisClient;
}

namespace nova::social {

class LikeCache {
public:
    LikeCache(LikeStore& store, kit::RedisClient& redis) : m_store(store), m_redis(redis) {}
    void start() { m_rounds.start(); }
    void stop() { m_rounds.stop(); }
    // Never fails for the caller: a Redis that is away gets the count when it is back.
    void set(const LikeCount& count);
    // Writes all counts and then the epoch.
    kit::Result<void> refill();

private:
    kit::Result<void> write(const std::vector<LikeCount>& counts, const char* span);
    void keep();
    kit::Result<void> tend();
    kit::Result<bool> lost();
    bool isWaiting();

    LikeStore& m_store;
    kit::RedisClient& m_redis;
    std::mutex m_mutex;
    std::map<std::string, LikeCount> m_missed;  // by post, newest; guarded; at most maxMissed, then all are refilled
    bool m_refill = true;                       // guarded
    bool m_failing = false;  // of the rounds alone, which use all above: they come last
    kit::Periodic m_rounds{std::chrono::seconds{1}, [this] { keep(); }};
};

}  // namespace nova::social
