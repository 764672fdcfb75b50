#include "app/engine/lag/diagnosis_spans.h"

#include <QSet>
#include <algorithm>
#include <cmath>
#include <map>

namespace nova::engine {
namespace {

constexpr qsizetype mostAttempts = 30;
constexpr qint64 pastMs = 600'000;

qint64 startOf(const Action& action, const Hop& hop) {
    return action.startedUs / 1'000 + std::llround(hop.startMs);
}
qint64 endOf(const Action& action, const Hop& hop) {
    return action.startedUs / 1'000 + std::llround(hop.endMs());
}

QString firstLine(const QString& error) {
    return error.section(QLatin1Char('\n'), 0, 0).trimmed();
}

bool isKind(const Hop& hop, const char* kind) {
    return hop.kind == QLatin1String(kind);
}

// The dependency that a hop calls; empty: it is no call.
QString dependencyOf(const Action& action, const Hop& hop) {
    if (isKind(hop, "sql")) return QStringLiteral("PostgreSQL");
    if (isKind(hop, "redis")) return QStringLiteral("Redis");
    if (isKind(hop, "s3")) return QStringLiteral("S3");
    if (!isKind(hop, "grpc") || !hop.client) return {};
    for (const auto& other : action.hops)
        if (other.parent == hop.id && isKind(other, "grpc") && !other.client) return other.service;
    return hop.name.section(QLatin1Char('/'), 0, 0);
}

bool isOf(const Hop& hop, const StuckRecord& record, const QString& group) {
    return hop.group == group && hop.topic == record.topic && hop.partition == record.partition &&
           hop.offset == record.offset && !hop.pending;
}

double median(std::vector<double>& values) {
    if (values.empty()) return 0;
    const auto middle = values.begin() + std::ptrdiff_t(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

struct Call {
    qint64 endMs = 0;
    QString error, traceId;
};

struct Calls {
    std::vector<double> lately, before;
    std::vector<Call> own;           // lately
    std::vector<qint64> othersFine;  // when they ended
    double latelyMs = 0;
};

void addCall(Calls& calls, const Action& action, const Hop& hop, bool own, qint64 nowMs) {
    const qint64 end = endOf(action, hop);
    const bool lately = nowMs - end <= DiagnosisFacts::recentMs;
    if (!own) {
        if (lately && hop.error.isEmpty()) calls.othersFine.push_back(end);
    } else if (lately) {
        calls.lately.push_back(hop.durationMs);
        calls.latelyMs += hop.durationMs;
        calls.own.push_back({end, hop.error, action.traceId});
    } else if (hop.error.isEmpty()) {
        calls.before.push_back(hop.durationMs);
    }
}

void tellFailures(DependencyFacts& facts, Calls& calls) {
    std::stable_sort(calls.own.begin(), calls.own.end(),
                     [](const Call& a, const Call& b) { return a.endMs < b.endMs; });
    QSet<QString> records;
    qint64 sinceMs = 0;
    for (const auto& call : calls.own) {
        if (call.error.isEmpty()) {
            facts.failedInRow = 0;
            records.clear();
            continue;
        }
        ++facts.failed;
        if (facts.failedInRow++ == 0) sinceMs = call.endMs;
        records << call.traceId;
        facts.error = firstLine(call.error);
    }
    facts.failedRecords = int(records.size());
    facts.othersFine = int(
        std::count_if(calls.othersFine.begin(), calls.othersFine.end(), [&](qint64 end) { return end >= sinceMs; }));
}

}  // namespace

void tellHandling(StuckRecord& record, const Action& action, const QString& group) {
    record.spansKnown = true;
    QSet<QString> handling, known;  // ids of consume spans; of all spans
    for (const auto& hop : action.hops) {
        known << hop.id;
        if (!isOf(hop, record, group)) continue;
        if (isKind(hop, "kafka")) {
            ++record.polls;
            record.polledAtMs = std::max(record.polledAtMs, endOf(action, hop));
        } else if (isKind(hop, "consume")) {
            handling << hop.id;
            record.replica = hop.replica;
            record.outcome = hop.outcome;
            record.error = firstLine(hop.error);
            record.tries = std::max(record.tries, hop.tries);
        }
    }
    std::map<QString, int> rounds;
    for (const auto& hop : action.hops) {
        const QString dependency = dependencyOf(action, hop);
        // The consume span of a record that is still in hand has not come: its steps name a parent that nobody has.
        if (hop.service != group || dependency.isEmpty()) continue;
        if (!handling.contains(hop.parent) && known.contains(hop.parent)) continue;
        record.attempts.append({startOf(action, hop), hop.durationMs, hop.name, dependency, firstLine(hop.error)});
        if (record.replica.isEmpty()) record.replica = hop.replica;
        record.tries = std::max(record.tries, ++rounds[hop.name]);
    }
    std::stable_sort(record.attempts.begin(), record.attempts.end(),
                     [](const Attempt& a, const Attempt& b) { return a.atMs < b.atMs; });
    if (record.attempts.size() > mostAttempts) record.attempts.remove(0, record.attempts.size() - mostAttempts);
}

QVector<DependencyFacts> dependenciesOf(const QVector<Action>& actions, const QString& group, qint64 nowMs) {
    std::map<QString, Calls> all;
    double handlingMs = 0;
    for (const auto& action : actions) {
        for (const auto& hop : action.hops) {
            if (hop.pending || nowMs - endOf(action, hop) > pastMs) continue;
            if (isKind(hop, "consume") && hop.group == group && nowMs - endOf(action, hop) <= DiagnosisFacts::recentMs)
                handlingMs += hop.durationMs;
            const QString name = dependencyOf(action, hop);
            if (!name.isEmpty() && name != group) addCall(all[name], action, hop, hop.service == group, nowMs);
        }
    }
    QVector<DependencyFacts> facts;
    for (auto& [name, calls] : all) {
        if (calls.lately.empty() && calls.before.empty()) continue;
        DependencyFacts one;
        one.name = name;
        one.calls = int(calls.lately.size());
        tellFailures(one, calls);
        one.medianMs = median(calls.lately);
        one.callsBefore = int(calls.before.size());
        one.medianBeforeMs = median(calls.before);
        one.share = handlingMs > 0 ? std::min(1.0, calls.latelyMs / handlingMs) : 0;
        facts.append(one);
    }
    std::stable_sort(facts.begin(), facts.end(),
                     [](const DependencyFacts& a, const DependencyFacts& b) { return a.share > b.share; });
    return facts;
}

int deadLettersOf(const QVector<Action>& actions, const QString& group, const QString& topic, qint64 nowMs) {
    int count = 0;
    for (const auto& action : actions)
        for (const auto& hop : action.hops)
            count += isKind(hop, "consume") && hop.group == group && hop.topic == topic &&
                     hop.outcome == QLatin1String("dead-lettered") && nowMs - endOf(action, hop) <= pastMs;
    return count;
}

}  // namespace nova::engine
