// The follow graph in PostgreSQL, each change with its event in one transaction. Thread: any.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "kit/runtime/error.h"

namespace nova::kit {
class Outbox;
class PostgresPool;
}  // namespace nova::kit

namespace nova::social {

struct FollowChange;

struct FollowerPage {
    std::vector<std::string> followers;  // ordered by id
    std::string endCursor;               // the last follower; empty for an empty page
    bool hasMore = false;
};

class Follows {
public:
    Follows(kit::PostgresPool& pool, kit::Outbox& outbox) : m_pool(pool), m_outbox(outbox) {}
    // The followee's follower count after it. Repeats succeed and publish nothing. badInput: yourself, or an id that is
    // none.
    // Both: with `unpublished` (mode=sync), the change is put there and not published.
    kit::Result<std::int64_t> follow(const std::string& follower, const std::string& followee,
                                     FollowChange* unpublished = nullptr);
    kit::Result<std::int64_t> unfollow(const std::string& follower, const std::string& followee,
                                       FollowChange* unpublished = nullptr);
    // `first` 1–1000.
    kit::Result<FollowerPage> followers(const std::string& followee, int first, const std::string& after);
    // Users without followers are not in the map. At most 1,000 users.
    kit::Result<std::map<std::string, std::int64_t>> counts(const std::vector<std::string>& users);

private:
    kit::Result<std::int64_t> change(const char* sql, bool following, const std::string& follower,
                                     const std::string& followee, FollowChange* unpublished);

    kit::PostgresPool& m_pool;
    kit::Outbox& m_outbox;
};

}  // namespace nova::social
