#include "identity/store.h"

#include "contract/topics.h"
#include "kit/outbox/outbox.h"
#include "kit/postgres/pool.h"
#include "kit/runtime/ids.h"
#include "kit/runtime/times.h"
#include "nova/events/v1/events.pb.h"

namespace nova::identity {
namespace {

kit::OutEvent userCreated(const User& user, kit::WallTime at) {
    events::v1::UserCreated event;
    event.set_user_id(user.id);
    event.set_version(1);
    kit::setTime(event.mutable_event_time(), at);
    event.set_handle(user.handle);
    event.set_display_name(user.displayName);
    event.set_tier(user.tier);
    return {.topic = std::string(contract::topic::identity),
            .key = user.id,
            .aggType = "user",
            .aggId = user.id,
            .version = 1,
            .type = "UserCreated",
            .dataSchema = events::v1::UserCreated::descriptor()->full_name(),
            .payload = event.SerializeAsString(),
            .time = at};
}

User userOf(const pqxx::row& row) {
    return {row[0].as<std::string>(), row[1].as<std::string>(), row[2].as<std::string>(), row[3].as<std::string>()};
}

}  // namespace

kit::Result<void> Store::create(const User& user, const std::string& passwordHash) {
    return m_pool.transact("users + outbox", [&](kit::Transaction& t) {
        const auto made = t.exec(
            "INSERT INTO users (id, handle, display_name, tier, password_hash) VALUES ($1, $2, $3, $4, $5)"
            " ON CONFLICT (handle) DO NOTHING RETURNING (extract(epoch FROM created_at) * 1000000)::bigint",
            user.id, user.handle, user.displayName, user.tier, passwordHash);
        if (made.empty())
            t.refuse({kit::ErrorKind::conflict, "the handle " + user.handle + " is taken", "choose another handle"});
        m_outbox.emit(t, userCreated(user, kit::fromMicros(made[0][0].as<std::int64_t>())));
    });
}

kit::Result<SignInRecord> Store::lookUp(const std::string& handle) {
    return m_pool.run<SignInRecord>("users", [&](kit::Transaction& t) {
        const auto rows = t.exec(
            "SELECT u.id, u.handle, u.display_name, u.tier, u.password_hash, f.failures"
            " FROM (SELECT count(*) AS failures FROM sign_in_failures"
            "       WHERE handle = $1 AND at > clock_timestamp() - interval '1 minute') f"
            " LEFT JOIN users u ON u.handle = $1",
            handle);
        SignInRecord found;
        found.recentFailures = rows[0][5].as<int>();
        if (!rows[0][0].is_null()) {
            found.user = userOf(rows[0]);
            found.passwordHash = rows[0][4].as<std::string>();
        }
        return found;
    });
}

kit::Result<void> Store::noteFailure(const std::string& handle) {
    return m_pool.transact("sign_in_failures", [&](kit::Transaction& t) {
        t.exec(
            "WITH old AS (DELETE FROM sign_in_failures WHERE at < clock_timestamp() - interval '2 minutes')"
            " INSERT INTO sign_in_failures (handle) VALUES ($1)",
            handle);
    });
}

kit::Result<std::vector<User>> Store::find(const std::vector<std::string>& ids,
                                           const std::vector<std::string>& handles) {
    std::vector<std::string> valid;
    for (const auto& id : ids)
        if (kit::isUuid(id)) valid.push_back(id);
    return m_pool.run<std::vector<User>>("users", [&](kit::Transaction& t) {
        const auto rows = t.exec(
            "SELECT id, handle, display_name, tier FROM users WHERE id = ANY($1::uuid[]) OR handle = ANY($2::text[])",
            kit::sqlArray(valid), kit::sqlArray(handles));
        std::vector<User> users;
        for (const auto& row : rows) users.push_back(userOf(row));
        return users;
    });
}

}  // namespace nova::identity
