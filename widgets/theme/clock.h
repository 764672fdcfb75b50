// The one time zone of every time on screen; UTC until told otherwise. GUI thread only.
#pragma once

#include <QDateTime>
#include <QString>
#include <QTimeZone>

namespace nova::theme {

const QTimeZone& timeZone();
void setTimeZone(const QTimeZone& zone);   // what is painted already has to be updated by its owner
QString clockText(qint64 unixUs);          // "23:41:48.011"
QString clockText(const QDateTime& time);  // "23:41:48"

}  // namespace nova::theme
