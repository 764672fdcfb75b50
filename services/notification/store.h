// Notifications and unread counts in PostgreSQL. Thread: any.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "kit/runtime/error.h"
#include "kit/runtime/ids.h"
#include "kit/trace/span.h"
#include "notification/fact.h"

namespace nova::kit {
class PostgresPool;
}

namespace nova::notification {

struct Push {
    std::string recipientId, id, type, actorId, postId;  // id: the notification's; postId empty with a follow
    kit::trace::Context trace;                           // of the user action; may be invalid
    bool online = true;                                  // false: no socket is known, only the span is made
};

struct Notification {
    std::string id, type, actorId, postId;  // postId empty with a follow
    kit::WallTime createdAt;
    bool seen = false;
};

struct Unread {
    std::string userId;
    std::int64_t count = 0, version = 0;  // version 0: never told of anything
};

// What became of one fact.
struct Noted {
    std::string newId;    // of the row that this call made; empty: none was made
    bool push = false;    // the new row has a pending push
    bool stands = false;  // its row is there, made by this very version of it now or before
};

struct NotedFacts {
    std::vector<Noted> facts;    // one a fact, in their order
    std::vector<Unread> unread;  // one a recipient, after the change
};

struct Seen {
    std::int64_t marked = 0;
    Unread unread;
};

class Store {
public:
    // pushGrace: of what the log took before this schema was made, only the last so long is pushed (ServiceConfig).
    Store(kit::PostgresPool& pool, std::chrono::seconds pushGrace) : m_pool(pool), m_pushGrace(pushGrace) {}
    // Makes the missing rows, all in one transaction, each with a pending push, but for history: what a replay brings,
    // and what was in the log long before the service's first start. What nobody is told of is left out.
    kit::Result<NotedFacts> note(const std::vector<Fact>& facts);
    // These notifications need no push any more.
    kit::Result<void> told(const std::vector<std::string>& ids);
    // Pushes that were not told within 2 s of their rows: at most `limit`, lent to the caller for 5 s. What is older
    // than 10 minutes is forgotten.
    kit::Result<std::vector<Push>> duePushes(int limit);
    // Takes out the row that this very version of the fact made; the recipient's count after it.
    kit::Result<Unread> takeBack(const Fact& fact);
    // Newest first; `first` 1–100.
    kit::Result<std::vector<Notification>> list(const std::string& user, int first);
    kit::Result<Unread> unread(const std::string& user);
    kit::Result<Seen> markSeen(const std::string& user);
    // All counts in pages: users after this id, at most `limit`, ordered by id.
    kit::Result<std::vector<Unread>> unreadAfter(const std::string& user, int limit);

private:
    kit::PostgresPool& m_pool;
    const std::chrono::seconds m_pushGrace;
};

}  // namespace nova::notification
