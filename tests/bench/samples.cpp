#include "tests/bench/samples.h"

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

bool verdict(const std::string& name, double measured, double limit, const std::string& unit) {
    const bool ok = measured <= limit;
    std::printf("  %-52s %9.2f %-4s limit %8.2f  %s\n", name.c_str(), measured, unit.c_str(), limit, ok ? "ok" : "OVER");
    std::fflush(stdout);
    return ok;
}

}  // namespace nova::bench
