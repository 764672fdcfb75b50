#include "app/shell/stack_marks.h"

#include <QCoreApplication>

#include "app/engine/stack/catalogue.h"

namespace nova::shell {

using engine::LagMark;
using stack::PartState;
using stack::Phase;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(StackMarks)
};

// Ended because it was told to.
bool wasAsked(PartState before, PartState now) {
    return before == PartState::stopping || now == PartState::stopping || now == PartState::stopped;
}

}  // namespace

QVector<LagMark> StackMarks::take(const QVector<stack::PartStatus>& parts, Phase phase, qint64 nowMs) {
    const bool up = phase == Phase::ready || phase == Phase::degraded;
    QVector<LagMark> marks;
    QHash<QString, Seen> seen;
    for (const auto& part : parts) {
        const auto before = m_seen.value(part.id());
        seen.insert(part.id(), {part.pid, part.state});
        if (!m_wasUp || !up || before.pid == part.pid) continue;
        const auto* entry = stack::Catalogue::builtIn().part(part.name);
        const QString group = entry && !entry->isStore() ? part.name : QString();  // a store's touch all groups
        const bool crashed = before.pid != 0 && !wasAsked(before.state, part.state);
        if (crashed) {
            const QString why = part.lastError.isEmpty() ? Text::tr("%1 ended").arg(part.id())
                                                         : Text::tr("%1 ended: %2").arg(part.id(), part.lastError);
            marks.append({LagMark::Kind::crash, nowMs, group, why});
        }
        if (part.pid != 0)
            marks.append(
                {LagMark::Kind::deploy, nowMs, group, Text::tr("%1 started, pid %2").arg(part.id()).arg(part.pid)});
    }
    m_seen = std::move(seen);
    m_wasUp = up || (m_wasUp && phase != Phase::stopped && phase != Phase::stopping && phase != Phase::failed);
    return marks;
}

}  // namespace nova::shell
