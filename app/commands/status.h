// nova-console status: each process and dependency of the local Nova.
#pragma once

#include <QJsonObject>

#include "app/commands/command.h"
#include "app/engine/stack/stack_types.h"

namespace nova::commands {

// {"processes":[…],"dependencies":[…]}, as `status` and `down` print them.
QJsonObject processesJson(const QVector<stack::PartStatus>& parts);

int runStatus(const Arguments& arguments);

}  // namespace nova::commands
