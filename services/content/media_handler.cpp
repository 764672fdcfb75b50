#include "content/media_handler.h"

#include "content/media_attacher.h"
#include "kit/runtime/ids.h"
#include "nova/events/v1/events.pb.h"

namespace nova::content {

using kit::Handled;
using kit::Outcome;

bool MediaHandler::knows(const kit::Record& record) const {
    return record.dataSchema == "nova.events.v1.MediaUploadCompleted";
}

std::vector<Handled> MediaHandler::handle(const std::vector<kit::Record*>& batch) {
    std::vector<Handled> handled;
    for (const auto* record : batch) handled.push_back(attach(*record));
    return handled;
}

Handled MediaHandler::attach(const kit::Record& record) {
    events::v1::MediaUploadCompleted event;
    if (!event.ParseFromString(record.value) || !kit::isUuid(event.user_id()))
        return Handled::undecodable("a media event without valid ids");
    // An upload of no post; the design's first events name neither post nor media.
    if (event.post_id().empty()) return Handled::of(Outcome::skipped);
    if (!kit::isUuid(event.media_id())) return Handled::undecodable("a media event without valid ids");
    const auto applied =
        m_attacher.apply({.postId = event.post_id(), .mediaId = event.media_id(), .ownerId = event.user_id()},
                         record.trace, MediaAttacher::Announce::yes);
    if (applied) return Handled::of(applied.value().changed ? Outcome::done : Outcome::duplicate);
    switch (applied.error().kind) {
        case kit::ErrorKind::notFound:
        case kit::ErrorKind::forbidden:
        case kit::ErrorKind::badInput:
            return Handled::of(Outcome::skipped);
        default:
            return Handled::failure(applied.error());
    }
}

}  // namespace nova::content
