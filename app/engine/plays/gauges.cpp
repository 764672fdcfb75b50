#include "app/engine/plays/gauges.h"

#include <unistd.h>

#include <QVector>
#include <algorithm>
#include <numeric>

#include "app/engine/cluster/metrics_reader.h"
#include "app/engine/stack/proc_tree.h"
#include "kit/http/client.h"

namespace nova::engine {
namespace {

constexpr std::chrono::seconds patience{1};

// Of each replica that answers.
QVector<double> perReplica(const RunFile& run, const QString& service, const QString& metric, const QString& topic) {
    QVector<double> values;
    for (const auto& process : run.processes) {
        if (process.name != service || process.http.isEmpty()) continue;
        kit::HttpClient http(process.http.toStdString(), patience);
        const auto page = http.send("GET", "/metrics");
        if (!page || page.value().status != 200) continue;
        double sum = 0;
        for (const auto& sample : parseMetrics(QByteArray::fromStdString(page.value().body))) {
            if (sample.name != metric) continue;
            if (topic.isEmpty() || sample.labels.value(QStringLiteral("topic")) == topic) sum += sample.value;
        }
        values.append(sum);
    }
    return values;
}

}  // namespace

std::optional<double> metricOf(const RunFile& run, const QString& service, const QString& metric,
                               const QString& topic) {
    const auto values = perReplica(run, service, metric, topic);
    return values.isEmpty() ? std::nullopt : std::optional(std::accumulate(values.begin(), values.end(), 0.0));
}

std::optional<double> outboxDepthOf(const RunFile& run, const QString& service) {
    const auto values = perReplica(run, service, QStringLiteral("nova_outbox_depth"), {});
    return values.isEmpty() ? std::nullopt : std::optional(*std::max_element(values.begin(), values.end()));
}

QMap<QString, double> cpuSecondsOf(const RunFile& run) {
    const auto perSecond = static_cast<double>(::sysconf(_SC_CLK_TCK));
    const auto all = stack::allProcesses();
    QMap<QString, double> seconds;
    for (const auto& process : run.processes) {
        double ticks = 0;
        for (const auto& member : stack::membersOf(static_cast<pid_t>(process.pid), all))
            ticks += static_cast<double>(member.cpuTicks);
        seconds[process.name] += ticks / perSecond;
    }
    return seconds;
}

}  // namespace nova::engine
