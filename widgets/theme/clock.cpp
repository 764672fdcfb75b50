#include "widgets/theme/clock.h"

namespace nova::theme {
namespace {

QTimeZone& current() {
    static QTimeZone zone = QTimeZone::utc();
    return zone;
}

std::optional<QDateTime>& frozen() {
    static std::optional<QDateTime> time;
    return time;
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

QString momentText(const QDateTime& time) {
    return time.toTimeZone(current()).toString(QStringLiteral("HH:mm:ss.zzz"));
}

QString clockText(const QDateTime& time) {
    return time.toTimeZone(current()).toString(QStringLiteral("HH:mm:ss"));
}

QDateTime now() {
    return frozen().value_or(QDateTime::currentDateTimeUtc());
}

qint64 elapsedMs(const QElapsedTimer& since) {
    return since.isValid() && !frozen() ? since.elapsed() : 0;
}

void freeze(const std::optional<QDateTime>& time) {
    frozen() = time;
}

}  // namespace nova::theme
