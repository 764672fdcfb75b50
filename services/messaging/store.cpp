#include "messaging/store.h"

#include <algorithm>
#include <limits>

#include "kit/outbox/outbox.h"
#include "kit/postgres/idempotency.h"
#include "kit/postgres/pool.h"
#include "kit/runtime/text.h"
#include "kit/runtime/times.h"
#include "messaging/message_events.h"

namespace nova::messaging {
namespace {

constexpr std::size_t charactersPerMessage = 10'000;
constexpr int listMost = 100, receivedMost = 500;
constexpr const char* sendSpan = "messages + outbox";

// The columns that messageOf() reads, in its order.
#define NOVA_MESSAGE_COLUMNS                                                   \
    "m.id, m.conversation_id, m.from_id, m.to_id, m.text, m.seq, m.inbox_seq," \
    " (extract(epoch FROM m.sent_at) * 1000000)::bigint, (extract(epoch FROM m.read_at) * 1000000)::bigint"

// One statement: the conversation's row is locked first, then the receiver's inbox, then the message takes both
// numbers.
constexpr const char* sendSql =
    "WITH c AS (INSERT INTO conversations AS c (id, low_id, high_id, last_seq)"
    "           VALUES ($1, least($3::uuid, $4::uuid), greatest($3::uuid, $4::uuid), 1)"
    "           ON CONFLICT (low_id, high_id) DO UPDATE SET last_seq = c.last_seq + 1 RETURNING c.id, c.last_seq),"
    " i AS (INSERT INTO inboxes AS i (user_id, last_seq) SELECT $4::uuid, 1 FROM c"
    "       ON CONFLICT (user_id) DO UPDATE SET last_seq = i.last_seq + 1 RETURNING i.last_seq)"
    " INSERT INTO messages AS m (id, conversation_id, seq, inbox_seq, from_id, to_id, text)"
    " SELECT $2::uuid, c.id, c.last_seq, i.last_seq, $3::uuid, $4::uuid, $5 FROM c, i"
    " RETURNING " NOVA_MESSAGE_COLUMNS;
constexpr const char* byId =
    "SELECT " NOVA_MESSAGE_COLUMNS " FROM messages m WHERE m.id = $1 AND m.withdrawn_at IS NULL";

Message messageOf(const pqxx::row& row) {
    Message message;
    message.id = row[0].as<std::string>();
    message.conversationId = row[1].as<std::string>();
    message.fromId = row[2].as<std::string>();
    message.toId = row[3].as<std::string>();
    message.text = row[4].as<std::string>();
    message.seq = row[5].as<std::int64_t>();
    message.inboxSeq = row[6].as<std::int64_t>();
    message.sentAt = kit::fromMicros(row[7].as<std::int64_t>());
    if (!row[8].is_null()) message.readAt = kit::fromMicros(row[8].as<std::int64_t>());
    return message;
}

MessagePage pageOf(const pqxx::result& rows, int first) {
    MessagePage page;
    const auto shown = std::min<std::size_t>(rows.size(), static_cast<std::size_t>(first));
    page.hasMore = shown < static_cast<std::size_t>(rows.size());
    for (std::size_t i = 0; i < shown; ++i)
        page.messages.push_back(messageOf(rows[static_cast<pqxx::result::size_type>(i)]));
    return page;
}

kit::Error notFound(const std::string& id) {
    return {kit::ErrorKind::notFound, "there is no message " + id, {}};
}

kit::Result<void> check(const std::string& from, const std::string& to, const std::string& text,
                        const std::string& key) {
    if (!kit::isUuid(to)) return kit::badInput("the receiver is no user id");
    if (from == to) return kit::badInput("nobody writes to themselves");
    const auto length = kit::codePoints(text);
    if (!length) return kit::badInput("a message is valid UTF-8 without U+0000");
    if (*length < 1 || *length > charactersPerMessage) return kit::badInput("a message is 1 to 10,000 characters long");
    if (key.empty()) return kit::outcome::success();
    return kit::checkKey(key);
}

}  // namespace

kit::Result<Sent> Store::send(const std::string& from, const std::string& to, const std::string& text,
                              const std::string& idempotencyKey, kit::Mode mode) {
    if (auto fine = check(from, to, text, idempotencyKey); !fine) return fine.error();
    const std::string id = kit::newUuid(), conversation = kit::newUuid();
    return m_pool.run<Sent>(sendSpan, [&](kit::Transaction& t) -> Sent {
        if (!idempotencyKey.empty()) {
            const auto before = kit::claimKey(t, {from, idempotencyKey, "sendMessage", to + '\n' + text}, id);
            if (before) {
                const auto rows = t.exec(byId, *before);
                if (rows.empty()) t.refuse(notFound(*before));
                return {messageOf(rows[0]), false};
            }
        }
        Message message = messageOf(t.exec(sendSql, conversation, id, from, to, text)[0]);
        if (mode == kit::Mode::events) m_outbox.emit(t, messageSent(message));
        return {std::move(message), true};
    });
}

kit::Result<void> Store::withdraw(const Message& message, const std::string& idempotencyKey) {
    return m_pool.transact("messages", [&](kit::Transaction& t) {
        t.exec("UPDATE messages SET withdrawn_at = clock_timestamp(), text = '' WHERE id = $1", message.id);
        if (!idempotencyKey.empty())
            t.exec("DELETE FROM idempotency_keys WHERE user_id = $1 AND key = $2 AND result_id = $3", message.fromId,
                   idempotencyKey, message.id);
    });
}

kit::Result<Read> Store::markRead(const std::string& reader, const std::string& id, kit::Mode mode) {
    if (!kit::isUuid(id)) return notFound(id);
    return m_pool.run<Read>(sendSpan, [&](kit::Transaction& t) -> Read {
        const auto changed = t.exec(
            "UPDATE messages m SET read_at = clock_timestamp() WHERE m.id = $1 AND m.to_id = $2"
            " AND m.read_at IS NULL AND m.withdrawn_at IS NULL RETURNING " NOVA_MESSAGE_COLUMNS,
            id, reader);
        if (!changed.empty()) {
            Message message = messageOf(changed[0]);
            if (mode == kit::Mode::events) m_outbox.emit(t, messageRead(message));
            return {std::move(message), true};
        }
        const auto rows = t.exec(byId, id);
        if (rows.empty()) t.refuse(notFound(id));
        Message message = messageOf(rows[0]);
        if (message.toId != reader)
            t.refuse({kit::ErrorKind::forbidden, "only its receiver marks the message " + id + " as read", {}});
        return {std::move(message), false};
    });
}

kit::Result<void> Store::markUnread(const Message& message) {
    return m_pool.transact("messages", [&](kit::Transaction& t) {
        t.exec("UPDATE messages SET read_at = NULL WHERE id = $1", message.id);
    });
}

kit::Result<MessagePage> Store::list(const std::string& user, const std::string& with, int first,
                                     const std::string& before) {
    if (first < 1 || first > listMost) return kit::badInput("first is 1 to 100");
    if (!kit::isUuid(with)) return kit::badInput("the other user is no user id");
    if (!before.empty() && !kit::isUuid(before)) return notFound(before);
    return m_pool.run<MessagePage>("messages", [&](kit::Transaction& t) -> MessagePage {
        const auto found = t.exec(
            "SELECT id, last_seq + 1 FROM conversations"
            " WHERE low_id = least($1::uuid, $2::uuid) AND high_id = greatest($1::uuid, $2::uuid)",
            user, with);
        if (found.empty() && before.empty()) return {};
        std::int64_t from = found.empty() ? 0 : found[0][1].as<std::int64_t>();
        if (!before.empty()) {
            const auto place = found.empty() ? pqxx::result{}
                                             : t.exec("SELECT seq FROM messages WHERE id = $1 AND conversation_id = $2",
                                                      before, found[0][0].as<std::string>());
            if (place.empty()) t.refuse(notFound(before));
            from = place[0][0].as<std::int64_t>();
        }
        return pageOf(t.exec("SELECT " NOVA_MESSAGE_COLUMNS
                             " FROM messages m WHERE m.conversation_id = $1 AND m.seq < $2 AND m.withdrawn_at IS NULL"
                             " ORDER BY m.seq DESC LIMIT $3",
                             found[0][0].as<std::string>(), from, first + 1),
                      first);
    });
}

kit::Result<MessagePage> Store::received(const std::string& user, const std::string& after, int first) {
    if (first < 1 || first > receivedMost) return kit::badInput("first is 1 to 500");
    if (!after.empty() && !kit::isUuid(after)) return notFound(after);
    return m_pool.run<MessagePage>("messages", [&](kit::Transaction& t) -> MessagePage {
        // First: what is committed between the statements may be listed, but is not claimed to be.
        const auto newest = t.exec("SELECT last_seq FROM inboxes WHERE user_id = $1", user);
        std::int64_t from = 0;
        if (!after.empty()) {
            const auto place = t.exec("SELECT inbox_seq FROM messages WHERE id = $1 AND to_id = $2", after, user);
            if (place.empty()) t.refuse(notFound(after));
            from = place[0][0].as<std::int64_t>();
        } else {
            const auto unread = t.exec(
                "SELECT min(inbox_seq) - 1 FROM messages"
                " WHERE to_id = $1 AND read_at IS NULL AND withdrawn_at IS NULL",
                user);
            from = unread[0][0].is_null() ? std::numeric_limits<std::int64_t>::max() : unread[0][0].as<std::int64_t>();
        }
        MessagePage page =
            pageOf(t.exec("SELECT " NOVA_MESSAGE_COLUMNS " FROM messages m WHERE m.to_id = $1 AND m.inbox_seq > $2"
                          " AND m.withdrawn_at IS NULL ORDER BY m.inbox_seq LIMIT $3",
                          user, from, first + 1),
                   first);
        page.inboxSeq = newest.empty() ? 0 : newest[0][0].as<std::int64_t>();
        return page;
    });
}

}  // namespace nova::messaging
