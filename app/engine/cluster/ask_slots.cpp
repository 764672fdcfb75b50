#include "app/engine/cluster/ask_slots.h"

#include <algorithm>

namespace nova::engine {

// Answered, or patience with them is over.
void AskSlots::giveUp(qint64 nowMs) {
    std::erase_if(m_slots, [&](const Slot& slot) { return slot.untilMs <= nowMs || !m_open.contains(slot.number); });
}

AskSlots::Left AskSlots::run(const QStringList& names, const std::set<QString>& hungBefore, int timeoutMs,
                             const Ways& ways) {
    const qint64 endMs = ways.nowMs() + timeoutMs;
    const std::uint64_t first = m_number;
    Left left;
    qsizetype at = 0;
    const auto take = [this](const std::optional<Answer>& answer) {
        if (!answer) return false;
        if (const auto found = m_open.find(answer->number); found != m_open.end()) {
            const auto name = found->second;
            m_names.erase(name);
            m_open.erase(found);
            answer->deliver(name);
        }
        return true;
    };
    m_slots.clear();
    for (;;) {
        const qint64 nowMs = ways.nowMs();
        giveUp(nowMs);
        for (; at < names.size() && m_slots.size() < slots && m_open.size() < mostOpen && nowMs < endMs; ++at) {
            if (!m_names.insert(names[at]).second) continue;
            const bool manyHang = m_open.size() >= m_slots.size() + slots;
            m_slots.push_back(
                {m_number, nowMs + (manyHang || hungBefore.contains(names[at]) ? shortPatienceMs : patienceMs)});
            m_open[m_number] = names[at];
            ways.ask(m_number++, names[at]);
        }
        if ((at == names.size() && m_slots.empty()) || nowMs >= endMs) break;
        qint64 untilMs = endMs;
        for (const auto& slot : m_slots) untilMs = std::min(untilMs, slot.untilMs);
        take(ways.next(static_cast<int>(untilMs - nowMs)));
    }
    while (take(ways.next(0))) {  // what came in the last moment
    }
    for (auto open = m_open.lower_bound(first); open != m_open.end(); ++open) left.late << open->second;
    for (; at < names.size(); ++at)
        if (!m_names.contains(names[at])) left.notAsked << names[at];
    return left;
}

}  // namespace nova::engine
