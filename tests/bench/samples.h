// Samples of a duration and their percentiles, the processor's time, and the line that every bench prints.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace nova::bench {

class Samples {
public:
    void add(double milliseconds) { m_values.push_back(milliseconds); }
    [[nodiscard]] double percentile(double p) const;  // p in 0…100; 0 when empty
    [[nodiscard]] std::size_t size() const { return m_values.size(); }

private:
    std::vector<double> m_values;
};

class Stopwatch {
public:
    [[nodiscard]] double ms() const {
        return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - m_start).count();
    }

private:
    std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
};

// User's and system's of this process with its threads (RUSAGE_SELF), or of the children that have ended
// (RUSAGE_CHILDREN).
double cpuSeconds(int who);

// "name  measured  limit  ok|OVER"; returns whether the limit holds.
bool verdict(const std::string& name, double measured, double limit, const std::string& unit);

}  // namespace nova::bench
