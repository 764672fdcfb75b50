// An action as text for a terminal: one line in a list, or a waterfall to scale with its budgets. Pure; thread: any.
#pragma once

#include <QStringList>
#include <QVector>

#include "app/engine/actions/action.h"

namespace nova::commands {

QStringList renderActions(const QVector<engine::Action>& actions);
// `width`: columns of the terminal; where they are few the bars are left out. `oneClock`: all parts ran on one machine,
// which the legend says.
QStringList renderAction(const engine::Action& action, int width, bool oneClock);

// What a list of `limit` (0: all) does not have: spans and events that came too fast, and actions beyond the bound.
QStringList storeRemarks(quint64 dropped, quint64 forgotten, int limit);

}  // namespace nova::commands
