#include "notification/store.h"

#include <map>
#include <tuple>

#include "kit/postgres/pool.h"
#include "kit/runtime/times.h"

namespace nova::notification {
namespace {

using kit::Result;
using kit::Transaction;
using Key = std::tuple<std::string, std::string, std::string, std::string>;  // as the table's unique key

Key keyOf(const Fact& fact) {
    return {fact.recipientId, fact.type, fact.actorId, fact.postId};
}

// The columns of the rows to make, in the order of their key: two consumers never wait for each other in a circle.
struct Columns {
    std::vector<std::string> ids, recipients, types, actors, posts, versions, times, traces, logged;
    void add(const Fact& fact) {
        ids.push_back(kit::newUuid());
        recipients.push_back(fact.recipientId);
        types.push_back(fact.type);
        actors.push_back(fact.actorId);
        posts.push_back(fact.postId);
        versions.push_back(std::to_string(fact.version));
        times.push_back(std::to_string(fact.atMicros));
        logged.push_back(std::to_string(fact.loggedMicros));
        traces.push_back(fact.trace.valid() ? fact.trace.traceparent() : std::string());
    }
};

constexpr const char* insertSql =
    "WITH made AS (INSERT INTO notifications (id, recipient_id, type, actor_id, post_id, version, created_at)"
    "  SELECT id, recipient, type, actor, NULLIF(post, '')::uuid, version,"
    "         timestamptz 'epoch' + at * interval '1 microsecond'"
    "  FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::bigint[], $7::bigint[])"
    "       AS n (id, recipient, type, actor, post, version, at)"
    "  ON CONFLICT DO NOTHING RETURNING id, recipient_id),"
    " pushed AS (INSERT INTO pending_pushes (notification_id, traceparent)"
    "  SELECT n.id, n.trace FROM unnest($1::uuid[], $8::text[], $9::bigint[]) AS n (id, trace, logged)"
    "  JOIN made USING (id) JOIN first_start s ON timestamptz 'epoch' + n.logged * interval '1 microsecond'"
    "   >= s.at - $10::bigint * interval '1 second' RETURNING notification_id),"
    " counted AS (INSERT INTO unread_counts AS c (user_id, count, version)"
    "  SELECT recipient_id, count(*), 1 FROM made GROUP BY recipient_id ORDER BY recipient_id"
    "  ON CONFLICT (user_id) DO UPDATE SET count = c.count + excluded.count, version = c.version + 1)"
    " SELECT id, id IN (SELECT notification_id FROM pushed) FROM made";

Unread unreadOf(const pqxx::row& row) {
    return {row[0].as<std::string>(), row[1].as<std::int64_t>(), row[2].as<std::int64_t>()};
}

Unread unreadOf(Transaction& t, const std::string& user) {
    const auto rows = t.exec("SELECT user_id, count, version FROM unread_counts WHERE user_id = $1", user);
    return rows.empty() ? Unread{user, 0, 0} : unreadOf(rows[0]);
}

// `fewer`: rows that are no longer unseen.
Unread lower(Transaction& t, const std::string& user, std::int64_t fewer) {
    if (fewer == 0) return unreadOf(t, user);
    return unreadOf(
        t.exec("UPDATE unread_counts SET count = count - $2, version = version + 1 WHERE user_id = $1"
               " RETURNING user_id, count, version",
               user, fewer)[0]);
}

// The versions that made these rows.
std::map<std::string, std::int64_t> versionsOf(Transaction& t, const Columns& rows) {
    std::map<std::string, std::int64_t> versions;
    for (const auto& row :
         t.exec("SELECT w.id, n.version FROM unnest($1::text[], $2::uuid[], $3::text[], $4::uuid[],"
                " $5::text[]) AS w (id, recipient, type, actor, post)"
                " JOIN notifications n ON n.recipient_id = w.recipient AND n.type = w.type"
                " AND n.actor_id = w.actor AND n.post_id IS NOT DISTINCT FROM NULLIF(w.post, '')::uuid",
                kit::sqlArray(rows.ids), kit::sqlArray(rows.recipients), kit::sqlArray(rows.types),
                kit::sqlArray(rows.actors), kit::sqlArray(rows.posts)))
        versions[row[0].as<std::string>()] = row[1].as<std::int64_t>();
    return versions;
}

}  // namespace

Result<NotedFacts> Store::note(const std::vector<Fact>& facts) {
    std::map<Key, const Fact*> first;  // of a batch that holds it more than once, the first counts
    for (const auto& fact : facts)
        if (!fact.isOwn()) first.try_emplace(keyOf(fact), &fact);
    if (first.empty()) return NotedFacts{std::vector<Noted>(facts.size()), {}};
    Columns rows;
    std::map<const Fact*, std::string> idOf;
    for (const auto& [key, fact] : first) {
        rows.add(*fact);
        idOf[fact] = rows.ids.back();
    }
    return m_pool.run<NotedFacts>(nullptr, [&](Transaction& t) {
        std::map<std::string, bool> made;  // to be pushed
        for (const auto& row : t.exec(insertSql, kit::sqlArray(rows.ids), kit::sqlArray(rows.recipients),
                                      kit::sqlArray(rows.types), kit::sqlArray(rows.actors), kit::sqlArray(rows.posts),
                                      kit::sqlArray(rows.versions), kit::sqlArray(rows.times),
                                      kit::sqlArray(rows.traces), kit::sqlArray(rows.logged), m_pushGrace.count()))
            made[row[0].as<std::string>()] = row[1].as<bool>();
        const auto before =
            made.size() == rows.ids.size() ? std::map<std::string, std::int64_t>() : versionsOf(t, rows);
        NotedFacts noted;
        for (const auto& fact : facts) {
            auto& answer = noted.facts.emplace_back();
            if (fact.isOwn()) continue;
            const Fact* row = first.at(keyOf(fact));
            const std::string& id = idOf.at(row);
            if (const auto fresh = made.find(id); fresh != made.end()) {
                answer.stands = row->version == fact.version;
                if (row == &fact) {
                    answer.newId = id;
                    answer.push = fresh->second;
                }
            } else if (const auto found = before.find(id); found != before.end()) {
                answer.stands = found->second == fact.version;
            }
        }
        for (const auto& row :
             t.exec("SELECT user_id, count, version FROM unread_counts WHERE user_id = ANY($1::uuid[])",
                    kit::sqlArray(rows.recipients)))
            noted.unread.push_back(unreadOf(row));
        return noted;
    });
}

// Whether the commit reaches the disk at once does not matter: a push that comes again is known to the socket.
Result<void> Store::told(const std::vector<std::string>& ids) {
    if (ids.empty()) return kit::outcome::success();
    return m_pool.transact(nullptr, [&](Transaction& t) {
        t.exec("SELECT set_config('synchronous_commit', 'off', true)");
        t.exec("DELETE FROM pending_pushes WHERE notification_id = ANY($1::uuid[])", kit::sqlArray(ids));
    });
}

Result<std::vector<Push>> Store::duePushes(int limit) {
    return m_pool.run<std::vector<Push>>(nullptr, [&](Transaction& t) {
        t.exec("DELETE FROM pending_pushes WHERE made_at < clock_timestamp() - interval '10 minutes'");
        std::vector<Push> due;
        for (const auto& row :
             t.exec("UPDATE pending_pushes p SET due_at = clock_timestamp() + interval '5 seconds' FROM notifications n"
                    " WHERE n.id = p.notification_id AND p.notification_id = ANY(ARRAY(SELECT notification_id"
                    "  FROM pending_pushes WHERE due_at <= clock_timestamp() ORDER BY due_at LIMIT $1"
                    "  FOR UPDATE SKIP LOCKED))"
                    " RETURNING n.recipient_id, n.id, n.type, n.actor_id, COALESCE(n.post_id::text, ''), p.traceparent",
                    limit))
            due.push_back({row[0].as<std::string>(), row[1].as<std::string>(), row[2].as<std::string>(),
                           row[3].as<std::string>(), row[4].as<std::string>(),
                           kit::trace::Context::parse(row[5].as<std::string>()).value_or(kit::trace::Context{})});
        return due;
    });
}

Result<Unread> Store::takeBack(const Fact& fact) {
    return m_pool.run<Unread>("notifications", [&](Transaction& t) {
        const auto gone = t.exec(
            "DELETE FROM notifications WHERE recipient_id = $1 AND type = $2 AND actor_id = $3"
            " AND post_id IS NOT DISTINCT FROM NULLIF($4, '')::uuid AND version = $5 RETURNING seen",
            fact.recipientId, fact.type, fact.actorId, fact.postId, fact.version);
        return lower(t, fact.recipientId, !gone.empty() && !gone[0][0].as<bool>() ? 1 : 0);
    });
}

Result<std::vector<Notification>> Store::list(const std::string& user, int first) {
    if (first < 1 || first > 100) return kit::badInput("first is 1 to 100");
    return m_pool.run<std::vector<Notification>>("notifications", [&](Transaction& t) {
        std::vector<Notification> all;
        for (const auto& row : t.exec("SELECT id, type, actor_id, COALESCE(post_id::text, ''),"
                                      " (extract(epoch FROM created_at) * 1000000)::bigint, seen FROM notifications"
                                      " WHERE recipient_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2",
                                      user, first))
            all.push_back({row[0].as<std::string>(), row[1].as<std::string>(), row[2].as<std::string>(),
                           row[3].as<std::string>(), kit::fromMicros(row[4].as<std::int64_t>()), row[5].as<bool>()});
        return all;
    });
}

Result<Unread> Store::unread(const std::string& user) {
    return m_pool.run<Unread>("unread_counts", [&](Transaction& t) { return unreadOf(t, user); });
}

Result<Seen> Store::markSeen(const std::string& user) {
    return m_pool.run<Seen>("notifications", [&](Transaction& t) {
        const auto marked = static_cast<std::int64_t>(
            t.exec("UPDATE notifications SET seen = true WHERE recipient_id = $1 AND NOT seen", user).affected_rows());
        return Seen{marked, lower(t, user, marked)};
    });
}

Result<std::vector<Unread>> Store::unreadAfter(const std::string& user, int limit) {
    return m_pool.run<std::vector<Unread>>(nullptr, [&](Transaction& t) {
        std::vector<Unread> all;
        for (const auto& row : t.exec("SELECT user_id, count, version FROM unread_counts WHERE user_id > $1"
                                      " ORDER BY user_id LIMIT $2",
                                      user, limit))
            all.push_back(unreadOf(row));
        return all;
    });
}

}  // namespace nova::notification
