// Attaching media to a post: an edit of the post, made once per media. Thread: any.
#pragma once

#include <string>
#include <vector>

#include "content/store.h"
#include "kit/consume/handler.h"
#include "kit/trace/span.h"

namespace nova::content {

struct Attachment {
    std::string postId, mediaId;
    std::string ownerId;  // who uploaded: must be the post's author
    bool detach = false;  // undoes it
};

// The post as it is now, and whether this call changed it.
struct Attached {
    Post post;
    bool changed = false;
};

class MediaAttacher {
public:
    enum class Announce { yes, no };  // no: the synchronous mode, which publishes nothing

    MediaAttacher(kit::PostgresPool& pool, kit::Outbox& outbox) : m_pool(pool), m_outbox(outbox) {}
    // The row (version + 1) and its PostUpdated in one transaction. Already attached, or not there to be detached:
    // unchanged. notFound: no such post (any more), or no ids; forbidden: another's post; badInput: the post has 100
    // media. `owner`: the trace whose action this is.
    kit::Result<Attached> apply(const Attachment& attachment, const kit::trace::Context& owner, Announce announce);

private:
    kit::PostgresPool& m_pool;
    kit::Outbox& m_outbox;
};

}  // namespace nova::content
