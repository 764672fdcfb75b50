// Lag of one evening, made by hand: six groups of a Nova of which one consumer is slow and one is dead; and clusters of
// any size.
#pragma once

#include "app/engine/lag/diagnosis.h"
#include "app/engine/lag/lag_types.h"

namespace nova::views {
class LagView;
}

namespace nova::test {

inline constexpr qint64 lagEveningMs = 1'795'391'250'000;  // 2026-11-22 23:47:30 UTC

engine::LagRow lagRow(const QString& group, const QString& topic, int partition, qint64 committed, qint64 end);
engine::GroupState lagGroup(const QString& group, const QStringList& clients, int partitions, const QString& topic);
engine::LagSample lagEvening();
// `groups` × one topic × `partitions`; deterministic, a few of them bad.
engine::LagSample bigLag(int groups, int partitions);
QVector<engine::LagPoint> lagEveningHistory(const engine::LagRow& row, qint64 fromMs);
QVector<engine::LagMark> lagEveningMarks(const QString& group, qint64 fromMs);
engine::Diagnosed slowDiagnosis();
// The evening's history and marks, and the sample itself.
void showEvening(views::LagView& view, const engine::LagSample& sample);

}  // namespace nova::test
