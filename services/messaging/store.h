// Conversations and messages in PostgreSQL, each change with its event in one transaction. Thread: any.
//
// Only the two users of a conversation see its messages; a message withdrawn is seen by nobody.
#pragma once

#include <string>

#include "kit/runtime/config.h"
#include "kit/runtime/error.h"
#include "messaging/message.h"

namespace nova::kit {
class Outbox;
class PostgresPool;
class Transaction;
}  // namespace nova::kit

namespace nova::messaging {

struct Sent {
    Message message;
    bool fresh = true;  // false: of an earlier call with the same idempotency key
};

struct Read {
    Message message;
    bool fresh = true;  // false: it was read before, nothing was done
};

class Store {
public:
    Store(kit::PostgresPool& pool, kit::Outbox& outbox) : m_pool(pool), m_outbox(outbox) {}
    // badInput: a receiver that is no id or oneself, text not 1–10,000 characters of valid UTF-8, a bad key. conflict:
    // the key was used with something else. An empty key is none. With Mode::sync nothing is published.
    kit::Result<Sent> send(const std::string& from, const std::string& to, const std::string& text,
                           const std::string& idempotencyKey, kit::Mode mode);
    // Undoes send() of Mode::sync: the message is gone for all, its key may be used again.
    kit::Result<void> withdraw(const Message& message, const std::string& idempotencyKey);
    // notFound; forbidden: the caller is not its receiver. A repeat succeeds and publishes nothing.
    kit::Result<Read> markRead(const std::string& reader, const std::string& id, kit::Mode mode);
    kit::Result<void> markUnread(const Message& message);  // undoes markRead() of Mode::sync
    // With another user, newest first: `first` 1–100 before the message `before`, or from the newest. notFound:
    // `before` is none of this conversation.
    kit::Result<MessagePage> list(const std::string& user, const std::string& with, int first,
                                  const std::string& before);
    // Sent to the user by anybody, oldest first: `first` 1–500 after the message `after`, or from the oldest unread.
    // notFound: `after` is no message that the user was sent.
    kit::Result<MessagePage> received(const std::string& user, const std::string& after, int first);

private:
    kit::PostgresPool& m_pool;
    kit::Outbox& m_outbox;
};

}  // namespace nova::messaging
