// Checks of what keeps a group from reading at all.
#include <algorithm>

#include "app/engine/lag/diagnosis_checks.h"
#include "app/engine/lag/lag_rules.h"

namespace nova::engine::diagnosis {
namespace {

// Many at once are a loop while they go on; a deployment makes as many, and is over. Few are one when they come again
// and again over minutes, as a consumer does that exceeds max.poll.interval.ms.
constexpr qint64 quickSpanMs = 60'000, quickFreshMs = 20'000, slowSpanMs = 90'000;
constexpr int quickCount = 4, slowCount = 3;
constexpr qint64 heldStillMs = 3'000;

bool isLoop(const QVector<qint64>& times, qint64 nowMs) {
    const auto quick = std::count_if(times.begin(), times.end(), [&](qint64 t) { return nowMs - t <= quickSpanMs; });
    if (quick >= quickCount && nowMs - times.last() <= quickFreshMs) return true;
    const auto count = times.size();
    if (count < slowCount || times.last() - times.first() < slowSpanMs) return false;
    const qint64 gap = (times.last() - times.first()) / (count - 1);
    return nowMs - times.last() <= 2 * gap;
}

bool isOf(const PartFacts& part, const LagRow& row) {
    return part.name == row.group;
}

// A replica's client id is its service with its number: feed-service-1.
bool holds(const PartFacts& part, const LagRow& row) {
    return row.clientId == part.name + QLatin1Char('-') + QString::number(part.replica);
}

bool isDown(const PartFacts& part) {
    return part.state == QLatin1String("stopped") || part.state == QLatin1String("failed") ||
           part.state == QLatin1String("waiting") || part.state == QLatin1String("stopping");
}

QString idOf(const PartFacts& part) {
    return part.name + QLatin1Char('/') + QString::number(part.replica);
}

QVector<QString> lagEvidence(const DiagnosisFacts& facts) {
    QVector<QString> texts;
    if (facts.stillMs() > 0)
        texts << say("%1 stands at %2 for %3")
                     .arg(nameOf(facts.row), grouped(facts.row.committed.value_or(0)), spanOf(facts.stillMs()));
    if (facts.row.inPerSecond.value_or(0) > 0) texts << say("%1 come in").arg(perSecond(*facts.row.inPerSecond));
    return texts;
}

}  // namespace

Found rebalanceLoop(const DiagnosisFacts& facts, Looked& looked) {
    QVector<qint64> times;
    for (const auto& mark : facts.marks)
        if (mark.kind == LagMark::Kind::rebalance) times << mark.atMs;
    std::sort(times.begin(), times.end());
    if (times.isEmpty()) {
        looked.at(say("no rebalance in the last ten minutes"));
        return std::nullopt;
    }
    const QString last = spanOf(facts.atMs - times.last());
    const QString how = times.size() == 1 ? say("one rebalance, %1 ago").arg(last)
                                          : say("%1 rebalances in %2, the last %3 ago")
                                                .arg(times.size())
                                                .arg(spanOf(facts.atMs - times.first()), last);
    if (!isLoop(times, facts.atMs)) {
        looked.at(how);
        return std::nullopt;
    }
    QVector<QString> evidence{how};
    const QString state =
        facts.group.description.state.isEmpty() ? facts.group.listing.state : facts.group.description.state;
    if (state.contains(QLatin1String("Rebalance"))) evidence << say("the group is %1 now").arg(state);
    evidence << lagEvidence(facts);
    return found(
        Cause::rebalanceLoop,
        say("%1 rebalances again and again: members come and go, and each time reading stops. Look for a consumer "
            "that crashes, or takes longer than max.poll.interval.ms.")
            .arg(facts.row.group),
        evidence);
}

Found consumerPaused(const DiagnosisFacts& facts, Looked& looked) {
    if (!facts.supervised) return std::nullopt;
    for (const auto& part : facts.parts) {
        if (!isOf(part, facts.row) || part.state != QLatin1String("paused")) continue;
        if (!holds(part, facts.row) && !facts.row.member.isEmpty()) {
            looked.at(say("%1 is paused, but %2 holds %3").arg(idOf(part), facts.row.clientId, nameOf(facts.row)));
            continue;
        }
        return found(Cause::consumerPaused, say("%1 is paused: it reads nothing until it is resumed.").arg(idOf(part)),
                     QVector<QString>{say("the supervisor says %1 is paused").arg(idOf(part))} + lagEvidence(facts));
    }
    const bool ours =
        std::any_of(facts.parts.begin(), facts.parts.end(), [&](const PartFacts& p) { return isOf(p, facts.row); });
    if (ours) looked.at(say("no process of %1 is paused").arg(facts.row.group));
    return std::nullopt;
}

Found consumerDead(const DiagnosisFacts& facts, Looked& looked) {
    const auto& row = facts.row;
    for (const auto& part : facts.parts) {
        if (!isOf(part, row) || !isDown(part)) continue;
        if (!holds(part, row) && !row.member.isEmpty()) continue;
        const QString note = part.note.isEmpty() ? part.state : part.state + QLatin1String(": ") + part.note;
        return found(Cause::consumerDead, say("%1 does not run: it is %2.").arg(idOf(part), part.state),
                     QVector<QString>{say("the supervisor says %1 is %2").arg(idOf(part), note)} + lagEvidence(facts));
    }
    const auto& group = facts.group.description;
    if (!group.membersKnown) return std::nullopt;
    if (group.state.contains(QLatin1String("Rebalance"))) {
        looked.at(say("the group is %1: who holds the partition is being settled").arg(group.state));
        return std::nullopt;
    }
    if (group.members.isEmpty())
        return found(Cause::consumerDead, say("No consumer of %1 runs: the group has no member.").arg(row.group),
                     QVector<QString>{say("the group is %1 and has no member").arg(group.state)} + lagEvidence(facts));
    if (row.member.isEmpty())
        return found(
            Cause::consumerDead,
            say("No consumer of %1 reads %2 of %3: none of its %4 members holds it.")
                .arg(row.group, nameOf(row), row.topic)
                .arg(group.members.size()),
            QVector<QString>{say("the group is %1 with %2 members").arg(group.state).arg(group.members.size())} +
                lagEvidence(facts));
    looked.at(say("%1 holds it, the group is %2").arg(row.clientId.isEmpty() ? row.member : row.clientId, group.state));
    return std::nullopt;
}

Found openTransaction(const DiagnosisFacts& facts, Looked& looked) {
    const auto& row = facts.row;
    if (!row.lso || !row.logEnd || !row.committed) return std::nullopt;
    const qint64 held = *row.logEnd - *row.lso;
    if (held <= 0) {
        looked.at(say("no open transaction: the last stable offset is the high watermark"));
        return std::nullopt;
    }
    const QString where = say("LSO %1 is %2 offsets below the high watermark %3")
                              .arg(grouped(*row.lso), grouped(held), grouped(*row.logEnd));
    const bool waits = *row.committed >= *row.lso - 1 && *row.committed <= *row.lso;
    const bool stands = facts.lsoSinceMs == 0 ? !isRead(facts) : facts.atMs - facts.lsoSinceMs >= heldStillMs;
    if (!waits || !stands) {
        looked.at(waits ? say("%1, and moves").arg(where)
                        : say("%1, committed %2 is elsewhere").arg(where, grouped(*row.committed)));
        return std::nullopt;
    }
    QVector<QString> evidence{where, say("committed %1: all that may be read is read").arg(grouped(*row.committed))};
    if (facts.lsoSinceMs > 0) evidence << say("the LSO stands for %1").arg(spanOf(facts.atMs - facts.lsoSinceMs));
    return found(
        Cause::openTransaction,
        say("A producer holds a transaction open on %1: %2 offsets cannot be read before it commits, aborts or "
            "times out.")
            .arg(nameOf(row), grouped(held)),
        evidence);
}

}  // namespace nova::engine::diagnosis
