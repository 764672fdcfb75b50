// An action as text for a terminal: one line in a list, or a waterfall to scale with its budgets. Pure; thread: any.
#pragma once

#include <QStringList>
#include <QVector>

#include "app/engine/actions/action.h"

namespace nova::commands {

QStringList renderActions(const QVector<engine::Action>& actions);
// `width`: columns of the terminal, at least 80 are used.
QStringList renderAction(const engine::Action& action, int width);

}  // namespace nova::commands
