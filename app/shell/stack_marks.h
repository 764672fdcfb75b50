// What the supervisor of a local Nova did to consumers, as marks on the axis of their lag: a process that ended by
// itself, one that was put in its place or beside it. The start of the whole Nova is no mark. GUI thread.
#pragma once

#include <QHash>
#include <QVector>

#include "app/engine/lag/lag_types.h"
#include "app/engine/stack/stack_types.h"

namespace nova::shell {

class StackMarks {
public:
    // What happened since the parts were told last. `nowMs`: Unix ms.
    QVector<engine::LagMark> take(const QVector<stack::PartStatus>& parts, stack::Phase phase, qint64 nowMs);

private:
    struct Seen {
        qint64 pid = 0;
        stack::PartState state = stack::PartState::stopped;
    };
    QHash<QString, Seen> m_seen;  // part id → as told last
    bool m_wasUp = false;         // the whole Nova has been ready
};

}  // namespace nova::shell
