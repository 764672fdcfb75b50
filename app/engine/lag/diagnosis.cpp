#include "app/engine/lag/diagnosis.h"

#include <QCoreApplication>
#include <array>
#include <cmath>

#include "app/engine/lag/diagnosis_checks.h"
#include "app/engine/lag/lag_rules.h"

namespace nova::engine {

using namespace diagnosis;

namespace diagnosis {

QString say(const char* text) {
    return QCoreApplication::translate("nova::engine::Diagnosis", text);
}

QString perSecond(double rate) {
    const bool small = rate < 9.95 && std::abs(rate - std::round(rate)) >= 0.05;
    return (small ? QString::number(rate, 'f', 1) : grouped(std::llround(rate))) + QLatin1String("/s");
}

QString spanOf(qint64 ms) {
    const qint64 seconds = ms / 1'000;
    return seconds < 60 ? say("%1 s").arg(seconds) : say("%1 min %2 s").arg(seconds / 60).arg(seconds % 60);
}

QString nameOf(const LagRow& row) {
    return QLatin1Char('p') + QString::number(row.partition);
}

Found found(Cause cause, const QString& sentence, const QVector<QString>& evidence) {
    Diagnosis diagnosis;
    diagnosis.cause = cause;
    diagnosis.sentence = sentence;
    for (const auto& text : evidence) diagnosis.evidence.append({text, true});
    return diagnosis;
}

bool isRead(const DiagnosisFacts& facts) {
    constexpr qint64 fresh = 5'000;
    if (facts.committedSinceMs > 0) return facts.stillMs() < fresh;
    return facts.row.outPerSecond.value_or(0) > 0;
}

}  // namespace diagnosis

namespace {

struct Word {
    Cause cause;
    const char* text;
};
constexpr std::array words{
    Word{Cause::unknown, "unknown"},
    Word{Cause::producerBurst, "producer-burst"},
    Word{Cause::slowDependency, "slow-dependency"},
    Word{Cause::poisonRecord, "poison-record"},
    Word{Cause::rebalanceLoop, "rebalance-loop"},
    Word{Cause::consumerDead, "consumer-dead"},
    Word{Cause::consumerPaused, "consumer-paused"},
    Word{Cause::openTransaction, "open-transaction"},
    Word{Cause::skewedKeys, "skewed-keys"},
    Word{Cause::tooManyConsumers, "too-many-consumers"},
};

// There is nothing to diagnose, or nothing to do it by.
std::optional<Diagnosis> notToBeAsked(const DiagnosisFacts& facts) {
    const auto& row = facts.row;
    Diagnosis none;
    if (row.status == LagStatus::noCommit)
        none.sentence = say("The group never committed on %1: it has no position to be stuck at.").arg(nameOf(row));
    else if (row.status == LagStatus::beyondEnd)
        none.sentence = say("The commit on %1 is beyond the end of the log: the topic was truncated or made anew, and "
                            "nothing is read before its end gets there. Reset the group's offsets.")
                            .arg(nameOf(row));
    else if (!row.lag)
        none.sentence = row.statusReason.isEmpty()
                            ? say("The offsets of %1 are not known.").arg(nameOf(row))
                            : say("The offsets of %1 are not known: %2.").arg(nameOf(row), row.statusReason);
    else if (*row.lag == 0)
        none.sentence = say("%1 does not lag: all is read.").arg(nameOf(row));
    else
        return std::nullopt;
    return none;
}

void noteMissing(const DiagnosisFacts& facts, Looked& looked) {
    if (!facts.spansKnown)
        looked.missing
            << say("slow dependency and poison record, for want of consume spans: %1").arg(facts.spansWhyNot);
    else if (!facts.record.spansKnown && facts.record.offset >= 0)
        looked.missing << say("what became of this record: %1").arg(facts.record.spansWhyNot);
    if (!facts.supervised)
        looked.missing << say("consumer paused, for want of a supervisor: these processes are not the console's own");
    if (!facts.group.description.membersKnown)
        looked.missing << say("who holds the partition: %1")
                              .arg(facts.group.description.trouble.isEmpty() ? say("the group is not described")
                                                                             : facts.group.description.trouble);
    if (!facts.row.inPerSecond) looked.missing << say("rates: not watched for long enough");
    if (!facts.deadLettersKnown) looked.missing << say("dead letters: not read");
}

QString restSentence(const DiagnosisFacts& facts) {
    const QString what = say("%1 is %2 offsets behind").arg(nameOf(facts.row), grouped(facts.row.lag.value_or(0)));
    if (isRead(facts)) return say("%1 and is read; none of the known causes fits.").arg(what);
    const QString held = facts.row.clientId.isEmpty() ? facts.row.member : facts.row.clientId;
    if (!held.isEmpty() && facts.stillMs() > 0)
        return say("%1; %2 holds it and has committed nothing for %3. None of the known causes fits.")
            .arg(what, held, spanOf(facts.stillMs()));
    return say("%1; none of the known causes fits.").arg(what);
}

}  // namespace

QString causeWord(Cause cause) {
    for (const auto& word : words)
        if (word.cause == cause) return QLatin1String(word.text);
    return {};
}

Diagnosis diagnose(const DiagnosisFacts& facts) {
    if (const auto none = notToBeAsked(facts)) return *none;
    Looked looked;
    noteMissing(facts, looked);
    constexpr std::array checks{rebalanceLoop, consumerPaused, consumerDead,  openTransaction, slowDependency,
                                poisonRecord,  skewedKeys,     producerBurst, tooManyConsumers};
    for (const auto check : checks) {
        if (auto answer = check(facts, looked)) {
            answer->evidence += looked.against;
            answer->missing = looked.missing;
            return *answer;
        }
    }
    Diagnosis rest;
    rest.sentence = restSentence(facts);
    rest.evidence = looked.against;
    rest.missing = looked.missing;
    return rest;
}

}  // namespace nova::engine
