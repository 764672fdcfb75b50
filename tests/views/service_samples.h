// An evening's load of a local Nova: feed-service lags, its last replica has no partition.
#pragma once

#include "app/views/services_view.h"

namespace nova::test {

views::TopicRates eveningRates();
QVector<engine::ReplicaFigures> eveningFigures();

}  // namespace nova::test
