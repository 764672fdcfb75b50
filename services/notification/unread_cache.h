// Redis `unread:{user}`: how many notifications the user has not seen; a plain number, set only by a newer version
// (kept beside it in `unread:{user}:version`), so that consumers and marks at the same time end with the last one. A
// copy of SQL: all counts are written again by a thread of its own when Redis was lost (`unread:epoch` is missing) or
// missed a write. Thread: any.
#pragma once

#include <mutex>
#include <optional>

#include "kit/redis/client.h"
#include "kit/runtime/periodic.h"
#include "notification/store.h"

namespace nova::notification {

class UnreadCache {
public:
    UnreadCache(Store& store, kit::RedisClient& redis) : m_store(store), m_redis(redis) {}
    void start() { m_rounds.start(); }
    void stop() { m_rounds.stop(); }

    static kit::RedisCommand setIfNewer(const Unread& unread);
    // Never fails for the caller: a Redis that is away gets all counts when it is back.
    void set(const Unread& unread);
    // Nothing when Redis does not know it or does not answer.
    std::optional<std::int64_t> get(const std::string& user);
    // Writes all counts and then the epoch.
    kit::Result<void> refill();

private:
    void keep();
    kit::Result<void> tend();
    bool isDue();

    Store& m_store;
    kit::RedisClient& m_redis;
    std::mutex m_mutex;
    bool m_missed = true;    // guarded
    bool m_failing = false;  // of the rounds alone, which use all above: they come last
    kit::Periodic m_rounds{std::chrono::seconds{1}, [this] { keep(); }};
};

}  // namespace nova::notification
