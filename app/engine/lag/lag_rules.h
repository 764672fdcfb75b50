// What the offsets of one partition of one group mean: lag, loss, transactions held, status. Contract §7 *Lag*. Pure.
// Thread: any.
//
//   no commit            lag –, not 0 and in no sum; the reason says what auto.offset.reset would give: end − start
//   committed < start    lag = end − start, and what is lost = start − committed
//   committed > end      judged only after the end was read a second time: truncated or made anew, an alarm, lag –
//   start = end          0, unless the commit is missing or beyond
//   end or start not told unknown, with the last good read's age; lag –
//   an Empty group's commit that is gone: "commits expired", with the last known one
#pragma once

#include "app/engine/lag/lag_types.h"

namespace nova::engine {

struct OffsetFacts {
    std::optional<qint64> logStart, logEnd, lso;  // none: not told, see `trouble`
    std::optional<qint64> committed;              // none: no commit, unless `commitTrouble`
    bool endReadTwice = false;                    // the end was read again after it seemed to lie before the commit
    QString trouble, commitTrouble;               // why ends or commits could not be read
    bool groupEmpty = false;
    std::optional<qint64> lastCommitted;  // of an earlier look
};

// Sets logStart … heldByTransactions, status and statusReason of `row`. What could not be read keeps the row's former
// offsets, which then are as old as its readAtMs; a good read sets readAtMs to `nowMs`.
void judgeOffsets(LagRow& row, const OffsetFacts& facts, qint64 nowMs);

// Of the whole topic of a group; the sum of what is known.
struct Threshold {
    qint64 maxLag = 0;
    std::optional<double> maxSeconds;
    bool muted = false;
};
// The reason for an alarm of this row; "": none. `topicLag`: of all partitions of its group and topic.
QString alarmReason(const LagRow& row, qint64 topicLag, const Threshold& threshold);

// "1 204": groups of three digits.
QString grouped(qint64 number);

// Worst first: alarm, then status, then lag, then names.
bool worse(const LagRow& a, const LagRow& b);

}  // namespace nova::engine
