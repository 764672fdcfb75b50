#include "app/engine/traffic/seen_events.h"

#include <functional>

#include "contract/topics.h"

namespace nova::engine {
namespace {

// 0: the event has no identity.
std::uint64_t identityOf(const Event& event) {
    if (event.eventId.empty()) return 0;
    const auto schema = lastHeader(event, contract::header::dataSchema);
    std::uint64_t hash = std::hash<std::string_view>{}(event.eventId);
    for (const std::uint64_t part :
         {static_cast<std::uint64_t>(std::hash<std::string_view>{}(schema)), std::uint64_t{event.topic}})
        hash ^= part + 0x9e3779b97f4a7c15u + (hash << 6) + (hash >> 2);
    return hash == 0 ? 1 : hash;
}

}  // namespace

void SeenEvents::see(const Event& event) {
    const auto identity = identityOf(event);
    if (identity == 0) return;
    const std::lock_guard lock(m_mutex);
    if (!m_first.try_emplace(identity, First{event.offset, event.partition}).second) return;
    m_order.push_back(identity);
    if (m_order.size() <= bound) return;
    m_first.erase(m_order.front());
    m_order.pop_front();
}

bool SeenEvents::isDuplicate(const Event& event) const {
    const auto identity = identityOf(event);
    if (identity == 0) return false;
    const std::lock_guard lock(m_mutex);
    const auto found = m_first.find(identity);
    return found != m_first.end() &&
           (found->second.partition != event.partition || found->second.offset != event.offset);
}

}  // namespace nova::engine
