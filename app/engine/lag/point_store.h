// The latest points of each partition of each group, in memory. Bound: LagHistory::mostTogether points of 32 bytes,
// shared out evenly. Three equal points in a row are held as the first and the last. Thread: one.
#pragma once

#include <QString>
#include <QVector>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "app/engine/lag/lag_types.h"

namespace nova::engine {

struct SeriesKey {
    QString group, topic;
    int partition = 0;
    bool operator==(const SeriesKey&) const = default;
    struct Hash {
        std::size_t operator()(const SeriesKey& key) const {
            return qHashMulti(0, key.group, key.topic, key.partition);
        }
    };
};

// A LagPoint in 32 bytes: −1 and NaN stand for none.
struct PackedPoint {
    qint64 atMs = 0, lag = -1;
    float seconds = 0, inPerSecond = 0, outPerSecond = 0;

    static PackedPoint of(const LagRow& row, qint64 atMs);
    [[nodiscard]] LagPoint unpacked() const;
    [[nodiscard]] bool sameValues(const PackedPoint& other) const;
};

class PointStore {
public:
    void add(const LagSample& sample);
    [[nodiscard]] QVector<LagPoint> points(const SeriesKey& key, qint64 fromMs) const;
    [[nodiscard]] std::optional<qint64> beginMs(const SeriesKey& key) const;  // of the first that is held

private:
    struct Series {
        std::vector<PackedPoint> points;
        qint64 seenAtMs = 0;
    };
    std::unordered_map<SeriesKey, Series, SeriesKey::Hash> m_series;
};

}  // namespace nova::engine
