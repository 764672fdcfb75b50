// Measured actions as a picture in a file: each a timeline to scale under its title, light theme, without playhead and
// selection. Needs a GUI application, no display: any platform will do.
#pragma once

#include <QString>
#include <QVector>

#include "app/engine/actions/action.h"

namespace nova::views {

// `file` ends in .svg (text stays text) or .png (two pixels a point). Returns why not; empty: written. The same actions
// give the same bytes.
// `oneClock`: all parts ran on one machine, which the picture says.
QString saveActionPicture(const QString& title, const QVector<engine::Action>& actions, bool oneClock,
                          const QString& file);

}  // namespace nova::views
