#include "app/engine/plays/faults.h"

#include <algorithm>

#include "app/engine/plays/play.h"

namespace nova::engine {

using stack::PartState;
using stack::PartStatus;

namespace {
constexpr int lookEveryMs = 10, obeyMs = 15'000;
}

Faults::~Faults() {
    const auto paused = m_paused, stopped = m_stopped;
    for (const auto& part : paused) resume(part);
    for (const auto& part : stopped) start(part);
}

QVector<PartStatus> Faults::replicas(const QString& part) const {
    QVector<PartStatus> found;
    for (const auto& one : m_stack.parts()) {
        if (one.name == part) found.append(one);
    }
    return found;
}

bool Faults::known(const QString& part) {
    return m_stage.until([&] { return !replicas(part).isEmpty(); }, obeyMs, lookEveryMs);
}

bool Faults::all(const QString& part, PartState state, int limitMs) {
    return m_stage.until(
        [&] {
            const auto parts = replicas(part);
            return !parts.isEmpty() &&
                   std::all_of(parts.begin(), parts.end(), [&](const auto& one) { return one.state == state; });
        },
        limitMs, lookEveryMs);
}

bool Faults::kill(const QString& part) {
    const auto before = replicas(part);
    for (const auto& one : before) m_stack.killPart(one.name, one.replica);
    return m_stage.until(
        [&] {
            const auto now = replicas(part);
            return std::none_of(now.begin(), now.end(), [&](const PartStatus& one) {
                return std::any_of(before.begin(), before.end(), [&](const PartStatus& old) {
                    return old.pid == one.pid && one.pid != 0 && one.state == PartState::ready;
                });
            });
        },
        obeyMs, lookEveryMs);
}

bool Faults::pause(const QString& part) {
    for (const auto& one : replicas(part)) m_stack.pausePart(one.name, one.replica);
    m_paused << part;
    return all(part, PartState::paused, obeyMs);
}

bool Faults::resume(const QString& part) {
    m_paused.removeAll(part);
    for (const auto& one : replicas(part)) m_stack.resumePart(one.name, one.replica);
    return all(part, PartState::ready, readyMs);
}

bool Faults::stop(const QString& part) {
    for (const auto& one : replicas(part)) m_stack.stopPart(one.name, one.replica);
    m_stopped << part;
    return all(part, PartState::stopped, obeyMs);
}

bool Faults::start(const QString& part) {
    m_stopped.removeAll(part);
    for (const auto& one : replicas(part)) m_stack.startPart(one.name, one.replica);
    return all(part, PartState::ready, readyMs);
}

std::optional<qint64> Faults::ready(const QString& part, int limitMs) {
    if (!all(part, PartState::ready, limitMs)) return std::nullopt;
    return wallUs();
}

}  // namespace nova::engine
