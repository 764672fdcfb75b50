#include "app/engine/lag/point_store.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "app/engine/lag/lag_history.h"

namespace nova::engine {
namespace {

constexpr float none = std::numeric_limits<float>::quiet_NaN();
constexpr qint64 finestMs = 1'000, forgetAfterMs = 3'600'000;

float packed(const std::optional<double>& value) {
    return value ? static_cast<float>(*value) : none;
}

std::optional<double> unpacked(float value) {
    return std::isnan(value) ? std::nullopt : std::optional<double>(value);
}

bool same(float a, float b) {
    return (std::isnan(a) && std::isnan(b)) || std::abs(a - b) < 0.05F;
}

}  // namespace

PackedPoint PackedPoint::of(const LagRow& row, qint64 atMs) {
    return {atMs, row.lag.value_or(-1), packed(row.lagSeconds), packed(row.inPerSecond), packed(row.outPerSecond)};
}

LagPoint PackedPoint::unpacked() const {
    return {atMs, lag < 0 ? std::nullopt : std::optional(lag), engine::unpacked(seconds), engine::unpacked(inPerSecond),
            engine::unpacked(outPerSecond), false};
}

bool PackedPoint::sameValues(const PackedPoint& other) const {
    return lag == other.lag && same(seconds, other.seconds) && same(inPerSecond, other.inPerSecond) &&
           same(outPerSecond, other.outPerSecond);
}

void PointStore::add(const LagSample& sample) {
    const auto rows = std::max<qsizetype>(1, sample.rows.size());
    const auto most =
        static_cast<std::size_t>(std::clamp<qsizetype>(LagHistory::mostTogether / rows, 10, LagHistory::mostPoints));
    const auto spacing = finestMs * static_cast<qint64>(LagHistory::mostPoints / most);
    for (const auto& row : sample.rows) {
        auto& [points, seenAtMs] = m_series[{row.group, row.topic, row.partition}];
        seenAtMs = sample.atMs;
        const auto point = PackedPoint::of(row, sample.atMs);
        const auto size = points.size();
        if (size >= 2 && points[size - 1].sameValues(point) && points[size - 2].sameValues(point)) {
            points.back().atMs = point.atMs;
        } else if (size >= 2 && point.atMs - points[size - 2].atMs < spacing) {
            points.back() = point;
        } else {
            points.push_back(point);
        }
        if (points.size() > most + most / 4)
            points.erase(points.begin(), points.begin() + static_cast<std::ptrdiff_t>(points.size() - most));
    }
    if (m_series.size() > static_cast<std::size_t>(rows) * 5 / 4)
        std::erase_if(m_series, [&](const auto& entry) { return sample.atMs - entry.second.seenAtMs > forgetAfterMs; });
}

std::optional<qint64> PointStore::beginMs(const SeriesKey& key) const {
    const auto found = m_series.find(key);
    if (found == m_series.end() || found->second.points.empty()) return std::nullopt;
    return found->second.points.front().atMs;
}

QVector<LagPoint> PointStore::points(const SeriesKey& key, qint64 fromMs) const {
    QVector<LagPoint> points;
    const auto found = m_series.find(key);
    if (found == m_series.end()) return points;
    for (const auto& point : found->second.points)
        if (point.atMs >= fromMs) points.append(point.unpacked());
    return points;
}

}  // namespace nova::engine
