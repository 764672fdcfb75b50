#include "app/engine/lag/rates.h"

#include <algorithm>
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

void RateWindow::add(qint64 atMs, qint64 end, std::optional<qint64> committed, qint64 start) {
    const bool wentBack = end < m_now.end || (committed && m_now.read && *committed < m_committed);
    if (m_points.size() > 0 && wentBack) m_points.clear();
    const bool goesOn = m_points.size() > 0 && m_now.read;
    m_now = {atMs, end, m_now.read};
    if (committed) {
        const qint64 position = std::max(*committed, start);
        m_now.read = goesOn ? *m_now.read + position - std::max(m_position, start) : 0;
        m_committed = *committed;
        m_position = position;
    } else {
        m_now.read.reset();
    }
    if (m_points.size() == 0 || atMs - m_points.last().atMs >= everyMs) m_points.add(m_now);
}

Rates RateWindow::rates() const {
    Rates rates;
    int first = 0;
    while (first < m_points.size() && m_now.atMs - m_points[first].atMs > spanMs) ++first;
    if (first == m_points.size() || m_now.atMs - m_points[first].atMs < leastMs) return rates;
    rates.inPerSecond = static_cast<double>(m_now.end - m_points[first].end) /
                        (static_cast<double>(m_now.atMs - m_points[first].atMs) / 1'000);
    if (m_now.read) addRead(rates, first);
    return rates;
}

// Over the points since when there is a commit. The lag is that of now carried back by what came and what was read:
// what left the log unread brought nobody nearer to the end.
void RateWindow::addRead(Rates& rates, int first) const {
    for (int i = first; i < m_points.size(); ++i)
        if (!m_points[i].read) first = i + 1;
    if (first >= m_points.size() || m_now.atMs - m_points[first].atMs < leastMs) return;
    const auto& from = m_points[first];
    rates.outPerSecond =
        static_cast<double>(*m_now.read - *from.read) / (static_cast<double>(m_now.atMs - from.atMs) / 1'000);

    const auto lag = static_cast<double>(m_now.end - m_position);
    std::vector<std::pair<double, double>> lags;
    for (int i = first; i < m_points.size(); ++i)
        lags.emplace_back(static_cast<double>(m_points[i].atMs - m_now.atMs) / 1'000,
                          lag - static_cast<double>(m_now.end - m_points[i].end) +
                              static_cast<double>(*m_now.read - *m_points[i].read));
    if (m_points.last().atMs != m_now.atMs) lags.emplace_back(0, lag);
    if (lag <= 0 || lags.size() < leastForError) return;
    const auto line = fit(lags);
    if (line.slope >= 0 || line.error >= -line.slope) return;  // not falling, or not surely
    rates.catchUpSeconds = lag / -line.slope;
    rates.catchUpError = *rates.catchUpSeconds * line.error / -line.slope;
}

}  // namespace nova::engine
