// The one time zone of every time on screen, UTC until told otherwise, and the one clock that ages are taken from. GUI
// thread only.
#pragma once

#include <QDateTime>
#include <QElapsedTimer>
#include <QString>
#include <QTimeZone>
#include <optional>

namespace nova::theme {

const QTimeZone& timeZone();
void setTimeZone(const QTimeZone& zone);   // what is painted already has to be updated by its owner
QString clockText(qint64 unixUs);           // "23:41:48.011"
QString clockText(const QDateTime& time);   // "23:41:48"
QString momentText(const QDateTime& time);  // "23:41:48.011"

QDateTime now();                               // UTC
qint64 elapsedMs(const QElapsedTimer& since);  // 0 where it was not started
// For pictures that must be the same each time: it is `time` for good, and nothing gets older. Null: time goes on.
void freeze(const std::optional<QDateTime>& time);

}  // namespace nova::theme
