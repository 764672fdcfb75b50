// Posts in PostgreSQL, each change with its event in one transaction. Thread: any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kit/runtime/error.h"
#include "kit/runtime/ids.h"

namespace nova::kit {
class Outbox;
class PostgresPool;
class Transaction;
struct Claims;
}  // namespace nova::kit

namespace nova::content {

struct Post {
    std::string id, authorId, userTier, content;
    std::vector<std::string> mediaIds;
    std::int64_t version = 0;
    kit::WallTime createdAt, updatedAt;
    bool deleted = false;
};

struct Page {
    std::vector<Post> posts;  // newest first
    std::string endCursor;    // of the last post; empty for an empty page
    bool hasMore = false;
};

// How to take back a change that its author was not told of (mode=sync).
struct Undo {
    Post after;                  // version 0: nothing was changed
    std::optional<Post> before;  // nothing: the post was new
    std::string idempotencyKey;  // of the change; it is forgotten with it
};

class Store {
public:
    Store(kit::PostgresPool& pool, kit::Outbox& outbox) : m_pool(pool), m_outbox(outbox) {}
    // badInput: text not 1–10,000 characters of valid UTF-8, or a bad key. With a key that was used before: that post
    // as it is now (notFound when it was deleted since); conflict when it was used with something else. An empty key is
    // none.
    // All three changes: with `undo`, nothing is published, and it is filled in.
    kit::Result<Post> create(const kit::Claims& author, const std::string& content, const std::string& idempotencyKey,
                             Undo* undo = nullptr);
    // notFound, forbidden (another's post), conflict (expectedVersion is not the present one).
    kit::Result<Post> update(const kit::Claims& author, const std::string& id, const std::string& content,
                             std::optional<std::int64_t> expectedVersion, Undo* undo = nullptr);
    // notFound (also when deleted before), forbidden.
    kit::Result<Post> remove(const kit::Claims& author, const std::string& id, Undo* undo = nullptr);
    // The former state as a newer version; nothing when the post was changed again since.
    kit::Result<std::optional<Post>> takeBack(const Undo& change);
    // The known ones in no order; deleted ones, without their text, only when asked for. At most 1,000 ids.
    kit::Result<std::vector<Post>> get(const std::vector<std::string>& ids, bool withDeleted);
    // Of any of the authors (at most 1,000), `first` 1–100, after the cursor of an earlier page or from the newest.
    kit::Result<Page> list(const std::vector<std::string>& authorIds, int first, const std::string& after);

private:
    Post insert(kit::Transaction& t, const std::string& id, const kit::Claims& author, const std::string& content,
                Undo* undo);

    kit::PostgresPool& m_pool;
    kit::Outbox& m_outbox;
};

}  // namespace nova::content
