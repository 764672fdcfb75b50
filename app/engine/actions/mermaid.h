// Measured actions as a mermaid sequence diagram: an arrow a hop, in order of time, with its milliseconds, lanes in the
// design's order. The same actions give the same text. Pure; thread: any.
#pragma once

#include <QString>
#include <QVector>

#include "app/engine/actions/action.h"

namespace nova::engine {

// Times count from the first action's zero.
QString toMermaid(const QString& title, const QVector<Action>& actions);

}  // namespace nova::engine
