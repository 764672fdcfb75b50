// How numbers read everywhere: no-break space for thousands, a point for decimals, whatever the locale.
#pragma once

#include <QString>

namespace nova::theme {

QString count(qint64 value);            // 1 048 576
QString signedCount(qint64 value);      // +18 204
QString ms(double milliseconds);        // 41.3 · 1 204 · 0.04 below a tenth; no unit
QString duration(double milliseconds);  // 41.3 ms · 850 µs · 12.4 s · 3 min 37 s
QString age(double seconds);            // 4 s · 3 min 37 s · 19 h 4 m · 6 d 23 h
QString seconds(double seconds);        // 0.42 · 12.4, no unit
QString rate(double perSecond);         // 1 204/s · 0.3/s
QString bytes(qint64 bytes);            // 412 B · 1.4 KiB · 212 MiB
QString percent(double percent);        // 38 · 0.4, no sign

}  // namespace nova::theme
