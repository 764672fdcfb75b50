// run.json of the contract's §7: how others find a running local Nova. Pure; thread: any.
#pragma once

#include <QByteArray>
#include <QDateTime>

#include "app/engine/stack/recipes.h"
#include "app/engine/stack/stack_types.h"

namespace nova::stack {

QByteArray runFileText(const LocalNova& nova, const QVector<PartStatus>& parts, const QDateTime& started);

}  // namespace nova::stack
