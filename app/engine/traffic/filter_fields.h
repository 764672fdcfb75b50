// The fields of the filter language and how their values are written. Thread: any.
#pragma once

#include <QString>
#include <QStringList>
#include <cstdint>
#include <optional>
#include <span>

namespace nova::engine::filter {

// Wide enough to hold every int64, uint64 and double exactly.
using Number = long double;

enum class Kind {
    text,
    number,    // without unit
    bytes,     // B kB MB (1,000); without unit: B
    duration,  // us ms s m h d; without unit: ms
    time,
    flag,    // is:
    dynamic  // header.NAME, payload.PATH: what the value and the record say
};

struct Field {
    QStringView name;
    Kind kind;
    const char* help;  // one line, English
};

std::span<const Field> fields();
const Field* findField(const QString& name);
const QStringList& flags();  // of is:
// As the user reads it, translated.
QString helpOf(const Field& field);

// The name that was probably meant, "" when none is near.
QString nearest(const QString& wrong, const QStringList& names);

enum class Unit { none, time, bytes };
struct Measure {
    Number value = 0;  // time: µs; bytes: bytes
    Unit unit = Unit::none;
    std::int64_t scale = 1;  // of the unit that was written
};
// "42", "-1.5", "200ms", "3MB"; nothing when it is none.
std::optional<Measure> parseMeasure(const QString& text);

// Unix µs of RFC 3339, of HH:MM[:SS] today in `zone` (IANA; empty or unknown: UTC), of -5m before `nowMs`.
std::optional<std::int64_t> parseTime(const QString& text, std::int64_t nowMs, const QString& zone);

}  // namespace nova::engine::filter
