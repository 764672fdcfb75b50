#include "gateway/resolvers/bulkhead.h"

namespace nova::gateway {

bool Bulkhead::enter(const std::string& owner) {
    const auto now = Clock::now();
    const std::lock_guard lock(m_mutex);
    Calls& calls = m_owners[owner];
    if (calls.underWay == 0) calls.lastAnswer = now;
    if (calls.underWay >= m_most && now - calls.lastAnswer > m_silence) return false;
    ++calls.underWay;
    return true;
}

void Bulkhead::leave(const std::string& owner, bool answered) {
    const auto now = Clock::now();
    const std::lock_guard lock(m_mutex);
    Calls& calls = m_owners[owner];
    --calls.underWay;
    if (answered) calls.lastAnswer = now;
}

kit::Error Bulkhead::refusal(const std::string& owner) {
    return kit::transient(owner + " has not answered for a while", "try again soon");
}

}  // namespace nova::gateway
