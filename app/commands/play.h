// nova-console play: a scenario through the real doors, measured.
#pragma once

#include <QVector>
#include <functional>

#include "app/commands/command.h"
#include "app/engine/actions/action.h"

namespace nova::commands {

int runPlay(const Arguments& arguments);

// Who writes .svg and .png: the program that can paint. Returns why not; empty: written.
using Painter =
    std::function<QString(const QString& title, const QVector<engine::Action>& actions, const QString& file)>;
void setPainter(Painter painter);

}  // namespace nova::commands
