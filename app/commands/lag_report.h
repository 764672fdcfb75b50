// What `lag` prints: JSON of the contract's §7, and a table for people. Thread: any.
#pragma once

#include <QString>
#include <QStringList>
#include <QVector>

#include "app/engine/lag/lag_types.h"

namespace nova::commands {

// One array in one line; the contract's fields first, then what explains them.
std::string lagJson(const QVector<engine::LagRow>& rows);
QStringList lagTable(const QVector<engine::LagRow>& rows);
QString secondsText(const engine::LagRow& row);  // "12.4 s", "3 m 20 s", "–"

}  // namespace nova::commands
