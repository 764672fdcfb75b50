#include "app/views/services_figures.h"

#include <algorithm>
#include <numeric>

namespace nova::views {

namespace {

template <class Number>
void add(std::optional<Number>& sum, const std::optional<Number>& more) {
    if (more) sum = sum.value_or(0) + *more;
}

template <class Number>
void add(QMap<QString, Number>& sums, const QMap<QString, Number>& more) {
    for (auto it = more.cbegin(); it != more.cend(); ++it) sums[it.key()] += it.value();
}

}  // namespace

qint64 PartFigures::lagInAll() const {
    return std::accumulate(lag.cbegin(), lag.cend(), qint64{0});
}

FiguresByPart byPart(const QVector<engine::ReplicaFigures>& figures) {
    FiguresByPart parts;
    for (const auto& one : figures) {
        auto& part = parts[one.part];
        add(part.requests, one.requestsPerSecond);
        add(part.calls, one.callsPerSecond);
        add(part.pushes, one.pushesPerSecond);
        add(part.consumed, one.consumedPerSecond);
        add(part.lag, one.lag);
        // The outbox is the schema's: each replica counts the same rows.
        if (one.outbox) part.outbox = std::max(part.outbox.value_or(0), *one.outbox);
        part.oldestSeconds = std::max(part.oldestSeconds, one.outboxOldestSeconds.value_or(0));
        add(part.sockets, one.sockets);
        if (one.partitions == 0) part.idle.append(one.replica);
    }
    return parts;
}

Waiting waitingIn(const FiguresByPart& figures) {
    Waiting waiting;
    for (const auto& part : figures) {
        if (part.outbox.value_or(0) == 0) continue;
        waiting.events += *part.outbox;
        ++waiting.outboxes;
        waiting.oldestSeconds = std::max(waiting.oldestSeconds, part.oldestSeconds);
    }
    return waiting;
}

}  // namespace nova::views
