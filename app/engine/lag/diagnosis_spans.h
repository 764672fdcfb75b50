// What spans tell of a consumer: how it handled one record, and how its calls to each dependency went. Spans of retries
// come while the record is still in hand; the consume span itself comes when the record is finished with. Pure.
#pragma once

#include "app/engine/actions/action.h"
#include "app/engine/lag/diagnosis_facts.h"

namespace nova::engine {

// Fills what `group` did with the record from its action's hops.
void tellHandling(StuckRecord& record, const Action& action, const QString& group);
// Of `group`, from the latest actions: lately, and up to ten minutes before; slowest share first.
QVector<DependencyFacts> dependenciesOf(const QVector<Action>& actions, const QString& group, qint64 nowMs);
// Records of the topic that the group gave to the dead letters, in the last ten minutes.
int deadLettersOf(const QVector<Action>& actions, const QString& group, const QString& topic, qint64 nowMs);

}  // namespace nova::engine
