// Whom and what an event is about, from its payload. Pure; thread: any.
#pragma once

#include <QString>
#include <optional>

#include "app/engine/traffic/event.h"

namespace nova::engine {

// Ids; empty where they do not apply or are not known.
struct Facts {
    enum class About { unknown, post, like, follow, message, media, user } about = About::unknown;
    QString type;                       // "PostCreated"
    QString postId, authorId, actorId;  // actor: who likes or follows
    QString followeeId, messageId, receiverId, mediaId, userId;
    std::optional<qint64> version;            // of what it is about
    [[nodiscard]] QString subjectId() const;  // the id that the lookup is about
};
Facts factsOf(const Event& event);

}  // namespace nova::engine
