// What the Lag view says of groups and partitions: figures and words made of samples. Values; no window is needed.
#pragma once

#include <QString>
#include <QStringList>
#include <optional>

#include "app/engine/cluster/profile.h"
#include "app/engine/lag/lag_types.h"
#include "widgets/models/lag_partition_model.h"
#include "widgets/theme/status.h"

namespace nova::views {

theme::Status lagShape(engine::LagStatus status);
QString lagWord(engine::LagStatus status);   // "WARN", "never committed"
QString lagWord(const engine::LagRow& row);  // also "commit gone", which is not one that never was
// Why a partition has this status, in a sentence: Burrow's rule or the broker's fact.
QString lagSentence(const engine::LagRow& row);
bool isGrowing(const engine::LagRow& row);        // more comes in than is read
QString caughtUpText(const engine::LagRow& row);  // "1 min 5 s ± 4 s", "growing", "caught up"; empty: not known
QString offsetsText(const std::optional<qint64>& offsets);  // "2 204", "–"

// Of one group and topic.
struct LagSummary {
    QString group, topic, state;
    engine::LagStatus worst = engine::LagStatus::ok;
    std::optional<engine::LagRow> worstRow;
    int partitions = 0, alarms = 0, never = 0, unknown = 0;
    qint64 lag = 0, lost = 0, held = 0;
    std::optional<double> oldest;                 // seconds; of those measured
    QString oldestReason;                         // why there is none
    std::optional<double> in, out;                // offsets a second
    QStringList growing;                          // "p2"
    double growth = 0;                            // offsets a second, of the growing ones together
    std::optional<double> catchUp, catchUpError;  // s, of the slowest; none while one grows
    QString members;                              // "3 members", "members unknown"
};
LagSummary summaryOf(const QVector<engine::LagRow>& rows, const engine::GroupState* group);

// The rule fires and it is this partition that is over: a rule of offsets counts the whole topic.
bool isOver(const engine::LagRow& row, const engine::LagRule& rule);
models::LagPartitionRow partitionRowOf(const engine::LagRow& row, const engine::GroupState* group,
                                       const engine::LagRule& rule, qint64 sampleAtMs);
// Rich text for a cell's tooltip.
QString cellTip(const engine::LagRow& row, qint64 sampleAtMs);

}  // namespace nova::views
