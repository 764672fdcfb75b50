// The name that was probably meant. Thread: any.
#pragma once

#include <QString>
#include <QStringList>

namespace nova::commands {

// The one with the fewest letters changed; empty when all are too far off to be meant (more than half of it).
QString nearest(const QString& wrong, const QStringList& names);
// ""; or "; did you mean \"feed-service\"?"
QString didYouMean(const QString& wrong, const QStringList& names);

}  // namespace nova::commands
