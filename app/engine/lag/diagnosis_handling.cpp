// Checks of what a consumer's handling waits for: they need its spans, or its supervisor.
#include <algorithm>

#include "app/engine/lag/diagnosis_checks.h"
#include "app/engine/lag/lag_rules.h"

namespace nova::engine::diagnosis {
namespace {

constexpr double slowFactor = 3, slowLeastMs = 5, slowShare = 0.4;
constexpr int leastFailures = 2, leastTries = 3;

QString storeName(const QString& part) {
    if (part == QLatin1String("postgres")) return QStringLiteral("PostgreSQL");
    if (part == QLatin1String("redis")) return QStringLiteral("Redis");
    if (part == QLatin1String("s3")) return QStringLiteral("S3");
    return part;
}

bool isAway(const QString& state) {
    return state == QLatin1String("paused") || state == QLatin1String("stopped") || state == QLatin1String("failed") ||
           state == QLatin1String("starting") || state == QLatin1String("waiting");
}

QString milliseconds(double ms) {
    return ms < 99.95 ? say("%1 ms").arg(ms, 0, 'f', 1) : say("%1 ms").arg(grouped(qRound64(ms)));
}

const DependencyFacts* named(const DiagnosisFacts& facts, const QString& name) {
    const auto at = std::find_if(facts.dependencies.begin(), facts.dependencies.end(),
                                 [&](const DependencyFacts& d) { return d.name == name; });
    return at == facts.dependencies.end() ? nullptr : &*at;
}

// A store that its supervisor knows to be away, and that this group uses: all do use PostgreSQL and Redis.
Found storeAway(const DiagnosisFacts& facts) {
    for (const auto& part : facts.parts) {
        if (!part.isStore || !isAway(part.state)) continue;
        const QString name = storeName(part.name);
        const auto* calls = named(facts, name);
        if (!calls && (!facts.dependencies.isEmpty() || part.name == QLatin1String("s3"))) continue;
        QVector<QString> evidence{say("the supervisor says %1 is %2").arg(name, part.state)};
        if (calls && calls->failed > 0)
            evidence << say("%1 of %2 calls failed lately: %3").arg(calls->failed).arg(calls->calls).arg(calls->error);
        if (facts.stillMs() > 0) evidence << say("nothing was committed for %1").arg(spanOf(facts.stillMs()));
        return found(Cause::slowDependency, say("%1 is %2: %3 waits for it.").arg(name, part.state, facts.row.group),
                     evidence);
    }
    return std::nullopt;
}

// No answer came at all; anything else is an answer, and about what was asked.
bool isSilence(const QString& error) {
    for (const char* words : {"timed out", "timeout", "temporarily unavailable", "refused", "reset", "closed",
                              "Broken pipe", "could not connect", "no connection", "unreachable", "UNAVAILABLE",
                              "DEADLINE", "shutting down", "starting up"})
        if (error.contains(QLatin1String(words), Qt::CaseInsensitive)) return true;
    return false;
}

// Its latest calls failed whatever the record: for several records, or for everyone.
bool failsForAll(const DependencyFacts& dependency) {
    if (dependency.failedInRow < leastFailures) return false;
    return dependency.failedRecords > 1 || (dependency.othersFine == 0 && isSilence(dependency.error));
}

bool isSlow(const DependencyFacts& dependency) {
    return dependency.calls > 0 && dependency.callsBefore > 0 && dependency.medianMs >= slowLeastMs &&
           dependency.medianMs >= slowFactor * dependency.medianBeforeMs && dependency.share >= slowShare;
}

QString figures(const DependencyFacts& d) {
    QString text = say("%1: %2 calls lately, median %3").arg(d.name).arg(d.calls).arg(milliseconds(d.medianMs));
    if (d.callsBefore > 0) text += say(", %1 before").arg(milliseconds(d.medianBeforeMs));
    if (d.failed > 0) text += say(", %1 failed").arg(d.failed);
    return text;
}

QString recordName(const StuckRecord& record) {
    const QString place = QStringLiteral("p%1 @ %2").arg(record.partition).arg(grouped(record.offset));
    return record.type.isEmpty() ? place : place + QLatin1String(" (") + record.type + QLatin1Char(')');
}

}  // namespace

Found slowDependency(const DiagnosisFacts& facts, Looked& looked) {
    if (auto away = storeAway(facts)) return away;
    for (const auto& d : facts.dependencies) {
        if (!failsForAll(d)) continue;
        return found(Cause::slowDependency, say("%1 does not answer %2: %3").arg(d.name, facts.row.group, d.error),
                     {say("the latest %1 of %2 calls failed, for %3 records")
                          .arg(d.failedInRow)
                          .arg(d.calls)
                          .arg(d.failedRecords),
                      figures(d)});
    }
    const DependencyFacts* worst = nullptr;
    for (const auto& d : facts.dependencies)
        if (isSlow(d) && (!worst || d.share > worst->share)) worst = &d;
    if (worst)
        return found(Cause::slowDependency,
                     say("%1 is slow: a call takes %2, %3 before, and fills %4 % of the handling.")
                         .arg(worst->name, milliseconds(worst->medianMs), milliseconds(worst->medianBeforeMs))
                         .arg(qRound(worst->share * 100)),
                     {figures(*worst)});
    for (const auto& d : facts.dependencies)
        if (d.calls > 0) looked.at(figures(d));
    return std::nullopt;
}

Found poisonRecord(const DiagnosisFacts& facts, Looked& looked) {
    const auto& record = facts.record;
    if (facts.deadLettersKnown)
        looked.at(facts.deadLetters == 0
                      ? say("no dead letter of this group and topic lately")
                      : say("%1 dead letters of this group and topic lately").arg(facts.deadLetters));
    if (!record.spansKnown || record.offset < 0) return std::nullopt;
    const int failures = std::max(record.failures(), record.error.isEmpty() ? 0 : 1);
    const bool again =
        failures > 0 && (failures >= leastTries || record.tries >= leastTries || record.polls >= leastTries);
    const bool done = record.outcome == QLatin1String("done") || record.outcome == QLatin1String("duplicate");
    if (!again || done) {
        looked.at(failures > 0 ? say("the record at the committed offset failed %1 times").arg(failures)
                               : say("the record at the committed offset has not failed"));
        return std::nullopt;
    }
    QString error = record.error;
    for (const auto& attempt : record.attempts)
        if (!attempt.error.isEmpty())
            error = attempt.dependency.isEmpty() || attempt.error.startsWith(attempt.dependency)
                        ? attempt.error
                        : attempt.dependency + QLatin1String(": ") + attempt.error;
    QVector<QString> evidence{say("%1 tries, %2 failed").arg(std::max(record.tries, failures)).arg(failures),
                              say("the last error: %1").arg(error)};
    if (facts.stillMs() > 0) evidence << say("committed stands at this record for %1").arg(spanOf(facts.stillMs()));
    for (const auto& d : facts.dependencies)
        if (d.failed > 0 && d.calls + d.othersFine > d.failed)
            evidence << say("%1 answers other calls: it is this record").arg(d.name);
    return found(Cause::poisonRecord,
                 say("The record %1 fails each time, and all behind it waits: %2").arg(recordName(record), error),
                 evidence);
}

}  // namespace nova::engine::diagnosis
