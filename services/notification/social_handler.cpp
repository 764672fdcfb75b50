#include "notification/social_handler.h"

#include "notification/fact.h"
#include "notification/notifier.h"

namespace nova::notification {

using kit::Handled;

bool SocialHandler::knows(const kit::Record& record) const {
    return knowsSchema(record.dataSchema);
}

std::vector<Handled> SocialHandler::handle(const std::vector<kit::Record*>& batch) {
    std::vector<Fact> facts;
    std::vector<kit::Result<Fact>> read;
    for (const auto* record : batch) {
        read.push_back(factOf(*record));
        if (read.back()) facts.push_back(read.back().value());
    }
    const auto told = facts.empty() ? kit::Result<void>(kit::outcome::success()) : m_notifier.tell(facts);
    // One record that PostgreSQL refuses for good must not hold the others up.
    const bool apart = !told && !told.error().retryable() && facts.size() > 1;
    std::vector<Handled> handled;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (!read[i])
            handled.push_back(Handled::failure(read[i].error()));
        else if (apart)
            handled.push_back(handle({batch[i]}).front());
        else
            handled.push_back(told ? Handled::of(kit::Outcome::done) : Handled::failure(told.error()));
    }
    return handled;
}

}  // namespace nova::notification
