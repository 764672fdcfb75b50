#include "app/engine/lag/rates.h"

#include <cmath>
#include <vector>

namespace nova::engine {
namespace {

constexpr qint64 leastMs = 2'000;
constexpr std::size_t leastForError = 4;

struct Line {
    double slope = 0, error = 0;  // per second; standard error of the slope
};

Line fit(const std::vector<std::pair<double, double>>& points) {
    const auto n = static_cast<double>(points.size());
    double meanX = 0, meanY = 0;
    for (const auto& [x, y] : points) meanX += x / n, meanY += y / n;
    double xx = 0, xy = 0;
    for (const auto& [x, y] : points) xx += (x - meanX) * (x - meanX), xy += (x - meanX) * (y - meanY);
    if (xx <= 0) return {};
    const double slope = xy / xx;
    double residual = 0;
    for (const auto& [x, y] : points) {
        const double off = y - meanY - slope * (x - meanX);
        residual += off * off;
    }
    return {slope, std::sqrt(residual / (n - 2) / xx)};
}

}  // namespace

void RateWindow::add(qint64 atMs, qint64 end, qint64 committed) {
    if (m_points.size() > 0 && (end < m_now.end || committed < m_now.committed)) m_points.clear();
    m_now = {atMs, end, committed};
    if (m_points.size() == 0 || atMs - m_points.last().atMs >= everyMs) m_points.add(m_now);
}

Rates RateWindow::rates() const {
    Rates rates;
    if (m_points.size() == 0) return rates;
    int first = 0;
    while (first < m_points.size() && m_now.atMs - m_points[first].atMs > spanMs) ++first;
    if (first == m_points.size() || m_now.atMs - m_points[first].atMs < leastMs) return rates;
    const auto& from = m_points[first];
    const double seconds = static_cast<double>(m_now.atMs - from.atMs) / 1'000;
    rates.inPerSecond = static_cast<double>(m_now.end - from.end) / seconds;
    rates.outPerSecond = static_cast<double>(m_now.committed - from.committed) / seconds;

    const auto lag = static_cast<double>(m_now.end - m_now.committed);
    std::vector<std::pair<double, double>> lags;
    for (int i = first; i < m_points.size(); ++i)
        lags.emplace_back(static_cast<double>(m_points[i].atMs - m_now.atMs) / 1'000,
                          static_cast<double>(m_points[i].end - m_points[i].committed));
    if (m_points.last().atMs != m_now.atMs) lags.emplace_back(0, lag);
    if (lag <= 0 || lags.size() < leastForError) return rates;
    const auto line = fit(lags);
    if (line.slope >= 0 || line.error >= -line.slope) return rates;  // not falling, or not surely
    rates.catchUpSeconds = lag / -line.slope;
    rates.catchUpError = *rates.catchUpSeconds * line.error / -line.slope;
    return rates;
}

}  // namespace nova::engine
