// The design's budgets, put on the hops they are for. Pure.
#pragma once

#include <QVector>

#include "app/engine/actions/action.h"
#include "app/engine/actions/design.h"

namespace nova::engine {

// `hops` in order of start. Hops that were built, and steps without a hop, are left alone.
void putBudgets(QVector<Hop>& hops, const Design& design);

}  // namespace nova::engine
