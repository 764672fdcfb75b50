#include "app/engine/plays/gauges.h"

#include <unistd.h>

#include <cstdlib>
#include <sstream>

#include "app/engine/stack/proc_tree.h"
#include "kit/http/client.h"

namespace nova::engine {
namespace {

constexpr std::chrono::seconds patience{1};

// "name{labels} value" or "name value".
double sumIn(const std::string& page, const std::string& metric, const std::string& label) {
    double sum = 0;
    std::istringstream lines(page);
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with(metric) || line.size() <= metric.size()) continue;
        const char next = line[metric.size()];
        if ((next != '{' && next != ' ') || (!label.empty() && line.find(label) == std::string::npos)) continue;
        sum += std::strtod(line.c_str() + line.rfind(' '), nullptr);
    }
    return sum;
}

}  // namespace

std::optional<double> metricOf(const RunFile& run, const QString& service, const std::string& metric,
                               const std::string& label) {
    std::optional<double> sum;
    for (const auto& process : run.processes) {
        if (process.name != service || process.http.isEmpty()) continue;
        kit::HttpClient http(process.http.toStdString(), patience);
        const auto page = http.send("GET", "/metrics");
        if (page && page.value().status == 200) sum = sum.value_or(0) + sumIn(page.value().body, metric, label);
    }
    return sum;
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
