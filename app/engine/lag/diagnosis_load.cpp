// Checks of what makes more than a group can read: they need Kafka alone.
#include <algorithm>

#include "app/engine/lag/diagnosis_checks.h"
#include "app/engine/lag/lag_rules.h"

namespace nova::engine::diagnosis {
namespace {

constexpr double burstFactor = 3, burstLeast = 5;  // of the rate before; offsets a second more
constexpr double skewFactor = 3, skewIn = 0.5, skewLag = 0.6;
constexpr int leastPoints = 5;
constexpr qint64 leastPastMs = 10'000, ignoredMs = 10'000;

struct InRates {
    double before = 0, peak = 0, now = 0;  // offsets a second
    qint64 peakAtMs = 0;
    bool known = false;
};

// Before: the quarter of the watched time with the least coming in, so that a burst does not count as its own past
// until it has become the rule.
InRates inRates(const DiagnosisFacts& facts) {
    InRates rates;
    std::vector<double> past;
    qint64 first = 0;
    for (const auto& point : facts.history) {
        if (!point.inPerSecond) continue;
        if (first == 0) first = point.atMs;
        if (*point.inPerSecond > rates.peak) {
            rates.peak = *point.inPerSecond;
            rates.peakAtMs = point.atMs;
        }
        if (facts.atMs - point.atMs >= ignoredMs) past.push_back(*point.inPerSecond);
    }
    if (past.size() < leastPoints || facts.atMs - first < leastPastMs || !facts.row.inPerSecond) return rates;
    const auto quarter = past.begin() + std::ptrdiff_t(past.size() / 4);
    std::nth_element(past.begin(), quarter, past.end());
    rates.before = *quarter;
    rates.now = *facts.row.inPerSecond;
    if (rates.now > rates.peak) {
        rates.peak = rates.now;
        rates.peakAtMs = facts.atMs;
    }
    rates.known = true;
    return rates;
}

bool isBurst(double rate, double before) {
    return rate >= burstFactor * before && rate - before >= burstLeast;
}

}  // namespace

Found skewedKeys(const DiagnosisFacts& facts, Looked& looked) {
    if (facts.partitions.size() < 2) return std::nullopt;
    double in = 0, others = 0;
    qint64 lag = 0;
    for (const auto& row : facts.partitions) {
        const bool empty = row.logEnd && row.logEnd == row.logStart;
        if (!row.inPerSecond && !empty) {
            looked.missing << say("skewed keys, for want of the rate of %1").arg(nameOf(row));
            return std::nullopt;
        }
        in += row.inPerSecond.value_or(0);
        if (row.partition != facts.row.partition) others += row.inPerSecond.value_or(0);
        lag += row.lag.value_or(0);
    }
    const double own = facts.row.inPerSecond.value_or(0);
    const double mean = others / double(facts.partitions.size() - 1);
    const double share = in > 0 ? own / in : 0, lagShare = lag > 0 ? double(*facts.row.lag) / double(lag) : 0;
    const QString figures = say("%1 of the topic's %2 come into %3, %4 into each of the others")
                                .arg(perSecond(own), perSecond(in), nameOf(facts.row), perSecond(mean));
    // Where it always was so, it is the burst that is new.
    const auto rates = inRates(facts);
    const bool isOld = others <= 0 && rates.known && isBurst(std::max(rates.now, rates.peak), rates.before);
    if (isOld) {
        looked.at(say("%1, as before the burst").arg(figures));
        return std::nullopt;
    }
    const bool skewed = in >= 1 && own >= skewFactor * mean && share >= skewIn && lagShare >= skewLag;
    if (!skewed || !isRead(facts)) {
        looked.at(skewed ? say("%1, but nothing is read").arg(figures) : figures);
        return std::nullopt;
    }
    return found(Cause::skewedKeys,
                 say("Keys are skewed: %1 % of the topic's records go to %2 alone, and only one consumer can read it.")
                     .arg(qRound(share * 100))
                     .arg(nameOf(facts.row)),
                 {figures, say("%1 % of the group's lag lies there").arg(qRound(lagShare * 100)),
                  say("it is read, %1 out").arg(perSecond(facts.row.outPerSecond.value_or(0)))});
}

Found producerBurst(const DiagnosisFacts& facts, Looked& looked) {
    const auto rates = inRates(facts);
    if (!rates.known) return std::nullopt;
    const double out = facts.row.outPerSecond.value_or(0);
    const QString figures =
        say("in %1 now, %2 before, %3 at most; out %4")
            .arg(perSecond(rates.now), perSecond(rates.before), perSecond(rates.peak), perSecond(out));
    if (!isRead(facts)) {
        looked.at(say("%1; nothing is read").arg(figures));
        return std::nullopt;
    }
    if (isBurst(rates.now, rates.before) && rates.now > out)
        return found(Cause::producerBurst,
                     say("A burst: %1 come into %2, %3 before, and %4 are read.")
                         .arg(perSecond(rates.now), nameOf(facts.row), perSecond(rates.before), perSecond(out)),
                     {figures});
    if (isBurst(rates.peak, rates.before) && out > rates.now)
        return found(Cause::producerBurst,
                     say("A burst of %1 is being read off: %2 out against %3 in.")
                         .arg(perSecond(rates.peak), perSecond(out), perSecond(rates.now)),
                     {figures, say("its peak was %1 ago").arg(spanOf(facts.atMs - rates.peakAtMs))});
    looked.at(figures);
    return std::nullopt;
}

Found tooManyConsumers(const DiagnosisFacts& facts, Looked& looked) {
    const auto& members = facts.group.description.members;
    if (!facts.group.description.membersKnown) return std::nullopt;
    QStringList idle;
    for (const auto& member : members)
        if (member.partitions.isEmpty()) idle << (member.clientId.isEmpty() ? member.id : member.clientId);
    const auto partitions = facts.partitions.size();
    const QString figures =
        say("%1 consumers, %2 partitions, %3 hold none").arg(members.size()).arg(partitions).arg(idle.size());
    if (members.size() <= partitions || idle.isEmpty()) {
        looked.at(figures);
        return std::nullopt;
    }
    return found(
        Cause::tooManyConsumers,
        say("%1 consumers share %2 partitions: %3 of them read nothing, and more would not help. %4 is read by %5 "
            "alone.")
            .arg(members.size())
            .arg(partitions)
            .arg(idle.size())
            .arg(nameOf(facts.row), facts.row.clientId.isEmpty() ? facts.row.member : facts.row.clientId),
        {figures, say("idle: %1").arg(QStringList(idle.mid(0, 5)).join(QLatin1String(", "))),
         say("in %1, out %2")
             .arg(perSecond(facts.row.inPerSecond.value_or(0)), perSecond(facts.row.outPerSecond.value_or(0)))});
}

}  // namespace nova::engine::diagnosis
