// What the Services view off local says of a cluster, made from one look at it. Plain functions, no window.
#pragma once

#include <QHash>
#include <QString>
#include <QVector>
#include <vector>

#include "app/engine/cluster/cluster_look.h"
#include "app/engine/cluster/target.h"
#include "app/engine/lag/lag_types.h"
#include "app/engine/stack/catalogue.h"
#include "app/views/services_figures.h"
#include "widgets/models/cell_table_model.h"
#include "widgets/topology/data.h"

namespace nova::views {

// Configuration as far as it was read, by topic.
using TopicConfigs = QHash<QString, engine::TopicConfig>;

std::vector<models::CellColumn> topicColumns();
std::vector<models::CellRow> topicRows(const engine::ClusterLook& look, const TopicConfigs& configs);
std::vector<models::CellColumn> partitionColumns();
std::vector<models::CellRow> partitionRows(const engine::TopicRow& topic);
std::vector<models::CellColumn> brokerColumns();
std::vector<models::CellRow> brokerRows(const engine::ClusterLook& look);
std::vector<models::CellColumn> groupColumns();
// Of the console's own groups none. Without `groups` (nobody has asked yet) the states alone, one row each.
std::vector<models::CellRow> groupRows(const engine::ClusterLook& look, const QVector<engine::GroupState>& groups);
std::vector<models::CellColumn> configColumns();
std::vector<models::CellRow> configRows(const engine::TopicConfig& config);

// "3 brokers · 24 topics · 144 partitions · 1 204/s"
QString summaryOf(const engine::ClusterLook& look);
// "Stable 12 · Empty 3"
QString groupStatesOf(const engine::ClusterLook& look);

// Whether any topic of Nova's is there: only then is there a map.
bool hasNova(const stack::Catalogue& catalogue, const engine::ClusterLook& look);
// Nova's topology as far as this cluster and its profile reach: what they do not is dashed, "not in this profile".
topology::Data clusterMapOf(const stack::Catalogue& catalogue, const engine::Target& target,
                            const engine::ClusterLook& look, const FiguresByPart& figures);

}  // namespace nova::views
