#include "widgets/theme/numbers.h"

#include <cmath>

namespace nova::theme {
namespace {

constexpr QChar space(0x00a0);

QString fixed(double value, int decimals) {
    return QString::number(value, 'f', decimals);
}

// Rounds to whole first: 999.96 ms must not read 1000.0.
QString grouped(double value) {
    return count(static_cast<qint64>(std::llround(value)));
}

QString join(const QString& number, QStringView unit) {
    return number + space + unit;
}

}  // namespace

QString count(qint64 value) {
    QString digits = QString::number(value);
    const qsizetype first = value < 0 ? 1 : 0;
    for (qsizetype at = digits.size() - 3; at > first; at -= 3) digits.insert(at, space);
    return digits;
}

QString signedCount(qint64 value) {
    return value > 0 ? u'+' + count(value) : count(value);
}

QString ms(double milliseconds) {
    const double size = std::abs(milliseconds);
    if (size > 0 && size < 0.095) return fixed(milliseconds, 2);
    if (size < 999.95) return fixed(milliseconds, 1);
    return grouped(milliseconds);
}

QString duration(double milliseconds) {
    const double size = std::abs(milliseconds);
    if (size > 0 && size < 0.9995) return join(grouped(milliseconds * 1000), u"\u00b5s");
    if (size < 10000) return join(ms(milliseconds), u"ms");
    if (size < 100000) return join(fixed(milliseconds / 1000, 1), u"s");
    return age(milliseconds / 1000);
}

QString age(double seconds) {
    const qint64 whole = std::llround(std::abs(seconds));
    const auto two = [](qint64 big, QStringView bigUnit, qint64 small, QStringView smallUnit) -> QString {
        return join(count(big), bigUnit) + space + join(QString::number(small), smallUnit);
    };
    if (whole < 60) return join(QString::number(whole), u"s");
    if (whole < 3600) return two(whole / 60, u"min", whole % 60, u"s");
    if (whole < 86400) return two(whole / 3600, u"h", whole % 3600 / 60, u"m");
    return two(whole / 86400, u"d", whole % 86400 / 3600, u"h");
}

QString seconds(double seconds) {
    return fixed(seconds, std::abs(seconds) < 10 ? 2 : 1);
}

QString rate(double perSecond) {
    const bool small = perSecond < 9.95 && std::abs(perSecond - std::round(perSecond)) >= 0.05;
    return (small ? fixed(perSecond, 1) : grouped(perSecond)) + u"/s";
}

QString bytes(qint64 bytes) {
    static const QStringView units[] = {u"KiB", u"MiB", u"GiB", u"TiB"};
    if (bytes < 1024) return join(QString::number(bytes), u"B");
    double value = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    while (value >= 1024 && unit + 1 < std::size(units)) {
        value /= 1024;
        ++unit;
    }
    return join(value < 9.95 ? fixed(value, 1) : grouped(value), units[unit]);
}

QString percent(double percent) {
    return percent > 0 && percent < 0.95 ? fixed(percent, 1) : grouped(percent);
}

}  // namespace nova::theme
