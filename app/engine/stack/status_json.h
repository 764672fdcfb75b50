// Parts, log lines and phases as JSON: what `status` prints and what owner and attached consoles say to each other.
// Thread: any.
#pragma once

#include <QJsonArray>
#include <QJsonObject>

#include "app/engine/stack/stack_types.h"

namespace nova::stack {

QJsonObject toJson(const PartStatus& status);  // the contract's names, and more
PartStatus statusFromJson(const QJsonObject& json);
QJsonArray toJson(const QVector<PartStatus>& statuses);
QVector<PartStatus> statusesFromJson(const QJsonArray& json);
QJsonArray toJson(const QVector<LogLine>& lines);
QVector<LogLine> linesFromJson(const QJsonArray& json);
QJsonArray toJson(const QVector<Alert>& alerts);
QVector<Alert> alertsFromJson(const QJsonArray& json);
QString phaseName(Phase phase);
Phase phaseFromName(const QString& name);

}  // namespace nova::stack
