// Users in PostgreSQL. Thread: any.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kit/runtime/error.h"

namespace nova::kit {
class Outbox;
class PostgresPool;
}  // namespace nova::kit

namespace nova::identity {

struct User {
    std::string id, handle, displayName, tier;  // tier: standard, premium
};

struct SignInRecord {
    std::optional<User> user;
    std::string passwordHash;  // empty without a user
    int recentFailures = 0;    // of this handle within the last minute
};

class Store {
public:
    Store(kit::PostgresPool& pool, kit::Outbox& outbox) : m_pool(pool), m_outbox(outbox) {}
    // The user and the event UserCreated, in one transaction. Conflict: the handle is taken.
    kit::Result<void> create(const User& user, const std::string& passwordHash);
    kit::Result<SignInRecord> lookUp(const std::string& handle);
    kit::Result<void> noteFailure(const std::string& handle);
    // The known ones, in no order. Ids that are no UUIDs are unknown.
    kit::Result<std::vector<User>> find(const std::vector<std::string>& ids, const std::vector<std::string>& handles);

private:
    kit::PostgresPool& m_pool;
    kit::Outbox& m_outbox;
};

}  // namespace nova::identity
