// The map of the Services view, made from the catalogue and the state of the parts. Plain functions, no window.
#pragma once

#include <QHash>
#include <QString>
#include <QVector>

#include "app/engine/stack/catalogue.h"
#include "app/engine/stack/stack_types.h"
#include "app/views/services_figures.h"
#include "widgets/theme/status.h"
#include "widgets/topology/data.h"

namespace nova::views {

constexpr qint64 laggingFrom = 1'000;  // records; contract §4: the alert's line

theme::Status statusOf(stack::PartState state);
QString labelOf(const stack::Catalogue& catalogue, const QString& part);  // "PostgreSQL" for "postgres"

topology::Data mapOf(const stack::Catalogue& catalogue, const QVector<stack::PartStatus>& parts,
                     const TopicRates& rates, const FiguresByPart& figures = {});

bool isUp(stack::PartState state);  // ready or degraded
// The worst state among the replicas of a part; stopped when there is none.
stack::PartState stateOf(const QVector<stack::PartStatus>& parts, const QString& name);
// "PostgreSQL and Redis"
QString labelsOf(const stack::Catalogue& catalogue, const QStringList& parts);

}  // namespace nova::views
