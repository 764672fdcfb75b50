// Tells of likes and follows: rows, unread counts, pushes; the one path of the consumer and of Notify. Thread: any.
//
// A push belongs to the row that it tells of: both are made in one transaction, so that a process that dies between the
// commit and the push leaves it pending, for its successor to tell. Events that come again, a group reset to the
// earliest offset and a like given again after it was taken back find the row and push nothing; nor does what a new
// service with empty tables reads of the log's history (store.h).
#pragma once

#include <vector>

#include "kit/runtime/error.h"
#include "notification/fact.h"

namespace nova::kit {
class RedisClient;
}

namespace nova::notification {

class Pusher;
class Store;
class UnreadCache;
struct NotedFacts;
struct Push;

class Notifier {
public:
    Notifier(Store& store, UnreadCache& cache, kit::RedisClient& redis, Pusher& pusher)
        : m_store(store), m_cache(cache), m_redis(redis), m_pusher(pusher) {}
    // One SQL transaction, one pipeline, and the pushes of new rows on their way. After an error all may be given
    // again.
    kit::Result<void> tell(const std::vector<Fact>& facts);
    // The same for one, its push done on return. True: this call made the row.
    kit::Result<bool> tellNow(const Fact& fact);
    kit::Result<void> takeBack(const Fact& fact);

private:
    kit::Result<NotedFacts> note(const std::vector<Fact>& facts);
    kit::Result<std::vector<Push>> publish(const std::vector<Fact>& facts, const NotedFacts& noted);

    Store& m_store;
    UnreadCache& m_cache;
    kit::RedisClient& m_redis;
    Pusher& m_pusher;
};

}  // namespace nova::notification
