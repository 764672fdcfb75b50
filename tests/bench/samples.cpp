#include "tests/bench/samples.h"

#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace nova::bench {

double Samples::percentile(double p) const {
    if (m_values.empty()) return 0;
    auto sorted = m_values;
    std::sort(sorted.begin(), sorted.end());
    const auto rank = static_cast<std::size_t>(std::ceil(p / 100 * static_cast<double>(sorted.size())));
    return sorted[std::min(sorted.size() - 1, rank == 0 ? 0 : rank - 1)];
}

double cpuSeconds(int who) {
    rusage used{};
    getrusage(who, &used);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

bool verdict(const std::string& name, double measured, double limit, const std::string& unit) {
    const bool ok = measured <= limit;
    std::printf("  %-52s %9.2f %-4s limit %8.2f  %s\n", name.c_str(), measured, unit.c_str(), limit,
                ok ? "ok" : "OVER");
    std::fflush(stdout);
    return ok;
}

}  // namespace nova::bench
