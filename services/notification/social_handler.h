// Consumer of nova.social.events: tells authors of likes and users of followers.
#pragma once

#include "kit/consume/handler.h"

namespace nova::notification {

class Notifier;

class SocialHandler final : public kit::RecordHandler {
public:
    explicit SocialHandler(Notifier& notifier) : m_notifier(notifier) {}
    bool knows(const kit::Record& record) const override;
    std::vector<kit::Handled> handle(const std::vector<kit::Record*>& batch) override;

private:
    Notifier& m_notifier;
};

}  // namespace nova::notification
