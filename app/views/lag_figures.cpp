#include "app/views/lag_figures.h"

#include <QCoreApplication>
#include <algorithm>

#include "app/engine/lag/lag_rules.h"
#include "widgets/theme/clock.h"
#include "widgets/theme/numbers.h"

namespace nova::views {

using engine::LagRow;
using engine::LagStatus;
using namespace Qt::StringLiterals;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(LagView)
};

constexpr qint64 staleAfterMs = 5'000;

// What auto.offset.reset gives a consumer that begins without a commit.
QString resetText(const LagRow& row) {
    if (!row.logStart || !row.logEnd) return Words::tr("What it would read depends on its auto.offset.reset.");
    if (*row.logEnd == *row.logStart) return Words::tr("The log holds nothing to read.");
    return Words::tr("With auto.offset.reset=earliest it would read %1 offsets, with latest none of them.")
        .arg(theme::count(*row.logEnd - *row.logStart));
}

QString ageOf(double seconds) {
    return seconds < 100 ? theme::seconds(seconds) + u"\u00a0s"_s : theme::age(seconds);
}

}  // namespace

theme::Status lagShape(LagStatus status) {
    switch (status) {
        case LagStatus::ok: return theme::Status::Ok;
        case LagStatus::noCommit: return theme::Status::Off;
        case LagStatus::unknown: return theme::Status::Unknown;
        case LagStatus::warn:
        case LagStatus::rewind: return theme::Status::Warn;
        case LagStatus::stall:
        case LagStatus::stop:
        case LagStatus::lost:
        case LagStatus::beyondEnd: return theme::Status::Err;
    }
    Q_UNREACHABLE();
}

QString lagWord(LagStatus status) {
    switch (status) {
        case LagStatus::ok: return Words::tr("OK");
        case LagStatus::noCommit: return Words::tr("never committed");
        case LagStatus::unknown: return Words::tr("unknown");
        case LagStatus::warn: return Words::tr("WARN");
        case LagStatus::rewind: return Words::tr("REWIND");
        case LagStatus::stall: return Words::tr("STALL");
        case LagStatus::stop: return Words::tr("STOP");
        case LagStatus::lost: return Words::tr("LOST");
        case LagStatus::beyondEnd: return Words::tr("BEYOND END");
    }
    Q_UNREACHABLE();
}

QString lagWord(const LagRow& row) {
    return row.status == LagStatus::noCommit && row.lastCommitted ? Words::tr("commit gone") : lagWord(row.status);
}

QString lagSentence(const LagRow& row) {
    const QString p = u'p' + QString::number(row.partition);
    switch (row.status) {
        case LagStatus::ok:
            return row.alarm ? Words::tr("%1 is read, and is over its limit: %2.").arg(p, row.alarmReason)
                             : Words::tr("Commits move and lag falls again and again.");
        case LagStatus::noCommit:
            return row.lastCommitted
                       ? Words::tr("The group's commit on %1 is gone, expired or removed; the last was %2. %3")
                             .arg(p, theme::count(*row.lastCommitted), resetText(row))
                       : Words::tr("The group never committed an offset on %1. %2").arg(p, resetText(row));
        case LagStatus::unknown:
            return row.statusReason.isEmpty() ? Words::tr("Offsets of %1 are not known.").arg(p)
                                              : Words::tr("Offsets of %1 are not known: %2.").arg(p, row.statusReason);
        case LagStatus::warn: return Words::tr("Lag on %1 did not fall in the last ten commits.").arg(p);
        case LagStatus::rewind:
            return Words::tr("Commits on %1 went back and have not come forward again: records are read twice.").arg(p);
        case LagStatus::stall: return Words::tr("Commits on %1 come and always name the same offset.").arg(p);
        case LagStatus::stop: return Words::tr("Nothing is committed on %1 any more although records wait.").arg(p);
        case LagStatus::lost:
            return Words::tr("%1 offsets of %2 left the log before the group read them.")
                .arg(theme::count(row.lost), p);
        case LagStatus::beyondEnd:
            return Words::tr("The commit on %1 is beyond the end of the log: the topic was truncated or made anew.")
                .arg(p);
    }
    Q_UNREACHABLE();
}

bool isGrowing(const LagRow& row) {
    if (row.lag.value_or(0) <= 0 || !row.inPerSecond || !row.outPerSecond) return false;
    return *row.inPerSecond - *row.outPerSecond > std::max(0.5, *row.inPerSecond * 0.01);
}

QString caughtUpText(const LagRow& row) {
    if (!row.lag) return {};
    if (*row.lag == 0) return Words::tr("caught up");
    if (row.catchUpSeconds) {
        const QString when = theme::age(*row.catchUpSeconds);
        return row.catchUpError ? Words::tr("%1 ± %2").arg(when, theme::age(*row.catchUpError)) : when;
    }
    return isGrowing(row) ? Words::tr("growing") : QString();
}

QString offsetsText(const std::optional<qint64>& offsets) {
    return offsets ? theme::count(*offsets) : u"–"_s;
}

namespace {

void addRates(LagSummary& sum, const LagRow& row) {
    if (row.inPerSecond) sum.in = sum.in.value_or(0) + *row.inPerSecond;
    if (row.outPerSecond) sum.out = sum.out.value_or(0) + *row.outPerSecond;
    if (isGrowing(row)) {
        sum.growing << u'p' + QString::number(row.partition);
        sum.growth += *row.inPerSecond - *row.outPerSecond;
    }
}

void addRow(LagSummary& sum, const LagRow& row) {
    ++sum.partitions;
    sum.alarms += row.alarm ? 1 : 0;
    sum.never += row.status == LagStatus::noCommit ? 1 : 0;
    sum.unknown += row.status == LagStatus::unknown ? 1 : 0;
    sum.lag += row.lag.value_or(0);
    sum.lost += row.lost;
    sum.held += row.heldByTransactions;
    if (row.lagSeconds)
        sum.oldest = std::max(sum.oldest.value_or(0), *row.lagSeconds);
    else if (sum.oldestReason.isEmpty())
        sum.oldestReason = row.secondsReason;
    addRates(sum, row);
    if (row.catchUpSeconds && *row.catchUpSeconds > sum.catchUp.value_or(-1)) {
        sum.catchUp = row.catchUpSeconds;
        sum.catchUpError = row.catchUpError;
    }
    // Nothing committed where there is nothing to read is no news: see summaryOf().
    const bool nothing = row.status == LagStatus::noCommit && row.logEnd && row.logEnd == row.logStart;
    if (!nothing) sum.worst = std::max(sum.worst, row.status);
    if (!sum.worstRow || engine::worse(row, *sum.worstRow)) sum.worstRow = row;
}

QString membersText(const engine::GroupState* group) {
    if (!group) return {};
    if (!group->description.membersKnown) return Words::tr("members unknown");
    const auto count = group->description.members.size();
    return count == 1 ? Words::tr("1 member") : Words::tr("%1 members").arg(count);
}

}  // namespace

LagSummary summaryOf(const QVector<LagRow>& rows, const engine::GroupState* group) {
    LagSummary sum;
    for (const auto& row : rows) addRow(sum, row);
    if (!rows.isEmpty()) {
        if (sum.never == sum.partitions) sum.worst = std::max(sum.worst, LagStatus::noCommit);
        sum.group = rows.first().group;
        sum.topic = rows.first().topic;
    }
    if (!sum.growing.isEmpty()) sum.catchUp = sum.catchUpError = std::nullopt;
    // Something behind that neither grows nor falls has no end in sight.
    for (const auto& row : rows)
        if (row.lag.value_or(0) > 0 && !row.catchUpSeconds) sum.catchUp = sum.catchUpError = std::nullopt;
    if (group) sum.state = group->listing.state;
    sum.members = membersText(group);
    return sum;
}

bool isOver(const LagRow& row, const engine::LagRule& rule) {
    if (!row.alarm) return false;
    return row.status == LagStatus::beyondEnd || row.lag.value_or(0) > rule.maxLag ||
           (rule.maxSeconds && row.lagSeconds.value_or(0) > *rule.maxSeconds);
}

models::LagPartitionRow partitionRowOf(const LagRow& row, const engine::GroupState* group, const engine::LagRule& rule,
                                       qint64 sampleAtMs) {
    models::LagPartitionRow out;
    out.partition = row.partition;
    out.holder = row.clientId.isEmpty() ? row.member : row.clientId;
    if (!row.member.isEmpty())
        out.holderTip = Words::tr("Member %1\nClient %2\nHost %3").arg(row.member, row.clientId, row.host);
    out.holderKnown = !group || group->description.membersKnown;
    out.logStart = row.logStart;
    out.committed = row.committed;
    out.logEnd = row.logEnd;
    out.lso = row.lso;
    out.lag = row.lag;
    out.lost = row.lost;
    out.oldestSeconds = row.lagSeconds;
    out.oldestReason = row.secondsReason;
    out.inPerSecond = row.inPerSecond;
    out.outPerSecond = row.outPerSecond;
    out.growing = isGrowing(row);
    out.caughtUp = caughtUpText(row);
    out.over = isOver(row, rule);
    out.status = out.over && row.status == LagStatus::ok ? theme::Status::Warn : lagShape(row.status);
    out.word = lagWord(row);
    out.reason = out.over && !row.alarmReason.isEmpty() ? row.alarmReason : row.statusReason;
    out.stale = row.readAtMs > 0 && sampleAtMs - row.readAtMs > staleAfterMs;
    if (out.stale)
        out.reason = Words::tr("last value %1 ago").arg(theme::age(double(sampleAtMs - row.readAtMs) / 1000));
    return out;
}

QString cellTip(const LagRow& row, qint64 sampleAtMs) {
    QStringList lines;
    lines << u"<b>%1 · %2 · p%3</b>"_s.arg(row.group.toHtmlEscaped(), row.topic.toHtmlEscaped(),
                                           QString::number(row.partition));
    if (row.status == LagStatus::noCommit)
        lines << lagSentence(row).toHtmlEscaped();
    else
        lines << Words::tr("lag %1 offsets: committed %2 of %3")
                     .arg(offsetsText(row.lag), offsetsText(row.committed), offsetsText(row.logEnd));
    if (row.lagSeconds)
        lines << Words::tr("oldest unread %1").arg(ageOf(*row.lagSeconds));
    else if (!row.secondsReason.isEmpty())
        lines << Words::tr("age of the oldest unread: %1").arg(row.secondsReason.toHtmlEscaped());
    if (row.heldByTransactions > 0)
        lines << Words::tr("%1 offsets held by open transactions (LSO %2)")
                     .arg(theme::count(row.heldByTransactions), offsetsText(row.lso));
    if (row.lost > 0) lines << Words::tr("%1 offsets lost below the log start").arg(theme::count(row.lost));
    if (!row.clientId.isEmpty() || !row.member.isEmpty())
        lines << Words::tr("held by %1").arg((row.clientId.isEmpty() ? row.member : row.clientId).toHtmlEscaped());
    QString state = lagWord(row);
    if (!row.statusReason.isEmpty() && row.status != LagStatus::noCommit)
        state += u" · "_s + row.statusReason.toHtmlEscaped();
    lines << state;
    if (row.alarm) lines << u"▲ "_s + row.alarmReason.toHtmlEscaped();
    if (row.readAtMs > 0 && sampleAtMs - row.readAtMs > staleAfterMs)
        lines << Words::tr("last value %1 ago").arg(theme::age(double(sampleAtMs - row.readAtMs) / 1000));
    return lines.join(u"<br>"_s);
}

}  // namespace nova::views
