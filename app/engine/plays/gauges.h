// What the processes of a Nova say of themselves at /metrics, and what /proc says of the work that they did. Blocks for
// a moment. Thread: any.
#pragma once

#include <QMap>
#include <QString>
#include <optional>

#include "app/engine/cluster/session.h"

namespace nova::engine {

// Sum of a metric over the replicas of a service and over its labels; with a topic, of that topic alone. None: no
// replica answers.
std::optional<double> metricOf(const RunFile& run, const QString& service, const QString& metric,
                               const QString& topic = {});

// Events in the outbox of a service, whose replicas all count the same table. None: no replica answers.
std::optional<double> outboxDepthOf(const RunFile& run, const QString& service);

// CPU-seconds since their launch of all processes, by name. Where a process was launched anew, its count begins anew.
QMap<QString, double> cpuSecondsOf(const RunFile& run);

}  // namespace nova::engine
