#include "widgets/theme/clock.h"

namespace nova::theme {
namespace {

QTimeZone& current() {
    static QTimeZone zone = QTimeZone::utc();
    return zone;
}

}  // namespace

const QTimeZone& timeZone() {
    return current();
}
void setTimeZone(const QTimeZone& zone) {
    current() = zone;
}

QString clockText(qint64 unixUs) {
    return QDateTime::fromMSecsSinceEpoch(unixUs / 1000, current()).toString(QStringLiteral("HH:mm:ss.zzz"));
}

QString clockText(const QDateTime& time) {
    return time.toTimeZone(current()).toString(QStringLiteral("HH:mm:ss"));
}

}  // namespace nova::theme
