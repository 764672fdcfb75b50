// Consumer of nova.media.events: attaches what was uploaded for a post.
#pragma once

#include "kit/consume/handler.h"

namespace nova::content {

class MediaAttacher;

class MediaHandler final : public kit::RecordHandler {
public:
    explicit MediaHandler(MediaAttacher& attacher) : m_attacher(attacher) {}
    bool knows(const kit::Record& record) const override;
    // skipped: of no post, of an unknown or another's post, or one too many. duplicate: attached already. Undecodable:
    // not such an event, or without valid ids.
    std::vector<kit::Handled> handle(const std::vector<kit::Record*>& batch) override;

private:
    kit::Handled attach(const kit::Record& record);

    MediaAttacher& m_attacher;
};

}  // namespace nova::content
