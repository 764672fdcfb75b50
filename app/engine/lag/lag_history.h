// The lag of every partition of every group over time. In memory: 600 points a partition, fewer where there are many
// (2,000,000 together, 64 MiB), runs of equal points held as two. In a file, so that a restart keeps it: a point a
// sample for 10 minutes (of up to 2,000 partitions), one each 10 s for 6 hours, one each minute for 7 days; what does
// not change is written once a minute; never above 64 MiB, the oldest goes first. A file that cannot be used is said in
// trouble() and history is kept in memory alone. Points from commits of before the start fill what was not measured, in
// memory alone; at most as many as commits are read back. Thread: any; add() from one.
#pragma once

#include <QString>
#include <QVector>
#include <memory>

#include "app/engine/lag/lag_types.h"
#include "app/engine/lag/past_lag.h"

namespace nova::engine {

class LagHistory {
public:
    static constexpr qint64 mostFileBytes = 64 << 20;
    static constexpr int mostPoints = 600, mostTogether = 2'000'000;
    explicit LagHistory(const QString& file);  // "": memory alone
    ~LagHistory();                             // writes what is left
    LagHistory(const LagHistory&) = delete;
    LagHistory& operator=(const LagHistory&) = delete;

    void add(const LagSample& sample, const QVector<LagMark>& marks);
    void addPast(const QString& group, const QString& topic, const QVector<PastPoint>& points);
    // Oldest first; those of before the start from the file, coarser the older.
    [[nodiscard]] QVector<LagPoint> points(const QString& group, const QString& topic, int partition,
                                           qint64 fromMs) const;
    [[nodiscard]] QVector<LagMark> marks(const QString& group, qint64 fromMs) const;
    [[nodiscard]] QString trouble() const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::engine
