#include "app/engine/traffic/seen_events.h"

#include <functional>
#include <new>

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

// Two records have the same only if they are the same record, up to 2^44 records a partition.
std::uint64_t placeOf(const Event& event) {
    return (static_cast<std::uint64_t>(event.partition) << 44) ^ static_cast<std::uint64_t>(event.offset);
}

}  // namespace

std::size_t SeenEvents::Table::slotOf(std::uint64_t identity) const {
    std::size_t slot = identity % slots;
    while (m_slots[slot].identity != 0 && m_slots[slot].identity != identity) slot = (slot + 1) % slots;
    return slot;
}

const std::uint64_t* SeenEvents::Table::find(std::uint64_t identity) const {
    if (!m_slots) return nullptr;
    const Slot& slot = m_slots[slotOf(identity)];
    return slot.identity == identity ? &slot.place : nullptr;
}

void SeenEvents::Table::add(std::uint64_t identity, std::uint64_t place) {
    if (!m_slots) m_slots.reset(static_cast<Slot*>(std::calloc(slots, sizeof(Slot))));
    if (!m_slots) throw std::bad_alloc();
    m_slots[slotOf(identity)] = {identity, place};
    ++m_count;
}

void SeenEvents::see(const Event& event) {
    const auto identity = identityOf(event);
    if (identity == 0) return;
    const std::lock_guard lock(m_mutex);
    if (m_late.find(identity)) return;
    const auto* early = m_early.find(identity);
    const auto place = early ? *early : placeOf(event);
    if (m_late.isFull()) {
        m_early = std::move(m_late);
        m_late = Table();
    }
    m_late.add(identity, place);
}

bool SeenEvents::isDuplicate(const Event& event) const {
    const auto identity = identityOf(event);
    if (identity == 0) return false;
    const std::lock_guard lock(m_mutex);
    const auto* late = m_late.find(identity);
    const auto* first = late ? late : m_early.find(identity);
    return first && *first != placeOf(event);
}

}  // namespace nova::engine
