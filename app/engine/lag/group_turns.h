// Whose commits are asked for at a look, and in which order, so that groups that fail hold up no other: those never
// asked come first, failed ones last, after a pause that doubles with each failure up to 30 s. Pure. Thread: any.
#pragma once

#include <set>

#include "app/engine/lag/group_book.h"

namespace nova::engine {

struct GroupTurn {
    QStringList ask;
    std::set<QString> failedBefore;  // of `ask`
    bool more = false;               // some that were never asked are left for the next look
};

// `followed`: who told once is not asked again, and at most `most` are. Polled: all, whoever waits longest first.
GroupTurn turnOf(const std::map<QString, GroupEntry>& groups, bool followed, int most, qint64 nowMs);

}  // namespace nova::engine
