#include "app/engine/lag/lag_rules.h"

#include <QCoreApplication>
#include <algorithm>
#include <tuple>

namespace nova::engine {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("nova::engine::LagRules", text);
}

void setUnknown(LagRow& row, const QString& why) {
    row.lag.reset();
    row.lost = row.heldByTransactions = 0;
    row.status = LagStatus::unknown;
    row.statusReason = why;
}

void judgeNoCommit(LagRow& row, const OffsetFacts& facts) {
    row.lag.reset();
    row.status = LagStatus::noCommit;
    if (facts.lastCommitted) row.lastCommitted = facts.lastCommitted;
    if (row.lastCommitted)
        row.statusReason =
            (facts.groupEmpty ? tr("commits expired; the last was %1") : tr("the commit was removed; the last was %1"))
                .arg(grouped(*row.lastCommitted));
    else
        row.statusReason = tr("nothing committed yet");
    if (*row.logEnd > *row.logStart)
        row.statusReason += tr("; auto.offset.reset=earliest would read %1 offsets, latest none of them")
                                .arg(grouped(*row.logEnd - *row.logStart));
}

}  // namespace

void judgeOffsets(LagRow& row, const OffsetFacts& facts, qint64 nowMs) {
    row.statusReason.clear();
    if (!facts.commitTrouble.isEmpty()) return setUnknown(row, facts.commitTrouble);
    if (!facts.logStart || !facts.logEnd) {
        if (facts.committed) row.committed = facts.committed;
        return setUnknown(row, facts.trouble.isEmpty() ? tr("the end is not known") : facts.trouble);
    }
    const bool beyond = facts.committed && *facts.committed > *facts.logEnd;
    if (beyond && !facts.endReadTwice) return setUnknown(row, tr("the end is read again"));

    row.readAtMs = nowMs;
    row.logStart = facts.logStart;
    row.logEnd = facts.logEnd;
    row.lso = facts.lso;
    row.committed = facts.committed;
    row.lost = 0;
    row.heldByTransactions = facts.lso ? std::max<qint64>(0, *facts.logEnd - *facts.lso) : 0;
    if (!facts.committed) return judgeNoCommit(row, facts);
    row.lastCommitted.reset();
    if (beyond) {
        row.lag.reset();
        row.status = LagStatus::beyondEnd;
        row.statusReason = tr("committed %1 offsets beyond the end: the topic was truncated or made anew")
                               .arg(grouped(*facts.committed - *facts.logEnd));
        return;
    }
    row.lag = *facts.logEnd - std::max(*facts.committed, *facts.logStart);
    row.status = LagStatus::ok;
    if (*facts.committed < *facts.logStart) {
        row.lost = *facts.logStart - *facts.committed;
        row.status = LagStatus::lost;
        row.statusReason = tr("%1 offsets were deleted before the group read them").arg(grouped(row.lost));
    }
}

QString alarmReason(const LagRow& row, qint64 topicLag, const Threshold& threshold) {
    if (threshold.muted) return {};
    if (row.status == LagStatus::beyondEnd) return row.statusReason;
    if (row.lag.value_or(0) > 0 && topicLag > threshold.maxLag)
        return tr("lag %1 > %2").arg(grouped(topicLag), grouped(threshold.maxLag));
    if (threshold.maxSeconds && row.lagSeconds && *row.lagSeconds > *threshold.maxSeconds)
        return tr("oldest unread record %1 s > %2 s")
            .arg(*row.lagSeconds, 0, 'f', 0)
            .arg(*threshold.maxSeconds, 0, 'f', 0);
    return {};
}

QString grouped(qint64 number) {
    auto text = QString::number(number);
    for (qsizetype i = text.size() - 3; i > (number < 0 ? 1 : 0); i -= 3) text.insert(i, QChar(0x202f));
    return text;
}

bool worse(const LagRow& a, const LagRow& b) {
    const auto rank = [](const LagRow& row) {
        // Nothing committed where there is nothing to read is no news.
        const bool nothing = row.status == LagStatus::noCommit && row.logEnd && row.logEnd == row.logStart;
        return std::make_tuple(row.alarm, static_cast<int>(nothing ? LagStatus::ok : row.status), row.lag.value_or(-1));
    };
    const auto ra = rank(a), rb = rank(b);
    if (ra != rb) return ra > rb;
    return std::tie(a.group, a.topic, a.partition) < std::tie(b.group, b.topic, b.partition);
}

}  // namespace nova::engine
