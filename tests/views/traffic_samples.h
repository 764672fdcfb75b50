// What the tests of Traffic share: a batch over a ring, a report of what an event touched, a cluster to be attached to.
#pragma once

#include <QPushButton>

#include "app/engine/cluster/target.h"
#include "app/engine/keys/key_report.h"
#include "app/engine/traffic/traffic_observer.h"
#include "app/views/traffic_view.h"
#include "tests/views/fakes.h"
#include "widgets/tables/json_view.h"

namespace nova::test {

engine::TrafficBatch batchOf(const engine::EventRing& ring);
QString eventAt(views::TrafficView& view, quint64 row);
QString firstRow(views::TrafficView& view);
bool isSorted(views::TrafficView& view, Qt::SortOrder order);
QPushButton* button(const QWidget& in, const QString& text);
tables::JsonView* json(const QWidget& in, const QString& name);
engine::Target attached();
engine::KeyReport sampleReport();

}  // namespace nova::test
