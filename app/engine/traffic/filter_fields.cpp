#include "app/engine/traffic/filter_fields.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QTimeZone>
#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>
#include <vector>

#include "kit/runtime/ids.h"

using namespace Qt::StringLiterals;

namespace nova::engine::filter {
namespace {

constexpr std::array table{
    Field{u"topic", Kind::text, QT_TRANSLATE_NOOP("nova::engine::Filter", "the topic's name")},
    Field{u"partition", Kind::number, QT_TRANSLATE_NOOP("nova::engine::Filter", "the partition's number")},
    Field{u"offset", Kind::number, QT_TRANSLATE_NOOP("nova::engine::Filter", "the offset in its partition")},
    Field{u"key", Kind::text, QT_TRANSLATE_NOOP("nova::engine::Filter", "the record's key")},
    Field{u"type", Kind::text, QT_TRANSLATE_NOOP("nova::engine::Filter", "the event's type (ce_type)")},
    Field{u"event", Kind::text, QT_TRANSLATE_NOOP("nova::engine::Filter", "the event's id (ce_id)")},
    Field{u"trace", Kind::text, QT_TRANSLATE_NOOP("nova::engine::Filter", "the trace's id, 32 hex digits")},
    Field{u"user", Kind::text, QT_TRANSLATE_NOOP("nova::engine::Filter", "the acting user: id, or handle where known")},
    Field{u"version", Kind::number,
          QT_TRANSLATE_NOOP("nova::engine::Filter", "the aggregate's version (nova-version)")},
    Field{u"size", Kind::bytes, QT_TRANSLATE_NOOP("nova::engine::Filter", "bytes of the value: B, kB or MB")},
    Field{u"latency", Kind::duration,
          QT_TRANSLATE_NOOP("nova::engine::Filter", "the record's time − ce_time: us, ms, s, m, h or d")},
    Field{u"time", Kind::time,
          QT_TRANSLATE_NOOP("nova::engine::Filter", "the record's time: RFC 3339, HH:MM[:SS] today, or -5m")},
    Field{u"source", Kind::text, QT_TRANSLATE_NOOP("nova::engine::Filter", "what sent it (ce_source)")},
    Field{u"header", Kind::dynamic, QT_TRANSLATE_NOOP("nova::engine::Filter", "a header: header.NAME")},
    Field{u"payload", Kind::dynamic, QT_TRANSLATE_NOOP("nova::engine::Filter", "a field of the payload: payload.PATH")},
    Field{u"is", Kind::flag,
          QT_TRANSLATE_NOOP("nova::engine::Filter", "duplicate, stale, dlq, undecodable, tombstone or replayed")},
};

// Letters to add, drop, change, or swap with their neighbour.
int distance(const QString& a, const QString& b) {
    const auto width = static_cast<std::size_t>(b.size()) + 1;
    std::vector<int> before(width), above(width), row(width);
    std::iota(above.begin(), above.end(), 0);
    for (qsizetype i = 0; i < a.size(); ++i) {
        row[0] = static_cast<int>(i) + 1;
        for (std::size_t j = 1; j < width; ++j) {
            const auto at = static_cast<qsizetype>(j) - 1;
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i] == b[at] ? 0 : 1)});
            if (i > 0 && at > 0 && a[i] == b[at - 1] && a[i - 1] == b[at]) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before.swap(above);
        above.swap(row);
    }
    return above[width - 1];
}

struct UnitName {
    const char* name;
    Unit unit;
    std::int64_t scale;
};
constexpr std::array units{UnitName{"us", Unit::time, 1},
                           UnitName{"ms", Unit::time, 1'000},
                           UnitName{"s", Unit::time, 1'000'000},
                           UnitName{"m", Unit::time, 60'000'000},
                           UnitName{"h", Unit::time, 3'600'000'000},
                           UnitName{"d", Unit::time, 86'400'000'000},
                           UnitName{"B", Unit::bytes, 1},
                           UnitName{"kB", Unit::bytes, 1'000},
                           UnitName{"MB", Unit::bytes, 1'000'000}};

std::optional<Number> parseNumber(std::string_view text) {
    const auto isInteger = text.find('.') == std::string_view::npos;
    const char* const end = text.data() + text.size();
    const auto whole = [&]<typename T>(T value) -> std::optional<Number> {
        const auto [stop, fault] = std::from_chars(text.data(), end, value);
        return stop == end && fault == std::errc() ? std::optional<Number>(value) : std::nullopt;
    };
    if (isInteger) {
        if (const auto n = whole(std::int64_t{})) return n;
        if (const auto n = whole(std::uint64_t{})) return n;
    }
    return whole(double{});
}

std::optional<std::int64_t> timeOfDay(const QString& text, std::int64_t nowMs, const QString& zone) {
    for (const auto& format : {u"HH:mm"_s, u"HH:mm:ss"_s, u"HH:mm:ss.zzz"_s}) {
        const auto time = text.size() == format.size() ? QTime::fromString(text, format) : QTime();
        if (!time.isValid()) continue;
        QTimeZone place(zone.toUtf8());
        if (zone.isEmpty() || !place.isValid()) place = QTimeZone::utc();
        const auto today = QDateTime::fromMSecsSinceEpoch(nowMs, place).date();
        return QDateTime(today, time, place).toMSecsSinceEpoch() * 1'000;
    }
    return std::nullopt;
}

}  // namespace

std::span<const Field> fields() {
    return table;
}

const Field* findField(const QString& name) {
    const auto found = std::find_if(table.begin(), table.end(), [&](const Field& field) { return name == field.name; });
    return found == table.end() ? nullptr : &*found;
}

const QStringList& flags() {
    static const QStringList names{u"duplicate"_s,   u"stale"_s,     u"dlq"_s,
                                   u"undecodable"_s, u"tombstone"_s, u"replayed"_s};
    return names;
}

QString helpOf(const Field& field) {
    return QCoreApplication::translate("nova::engine::Filter", field.help);
}

QString nearest(const QString& wrong, const QStringList& names) {
    QString best;
    int least = std::max(2, static_cast<int>(wrong.size()) / 2 + 1);
    for (const auto& name : names) {
        const int changes = distance(wrong.toLower(), name);
        if (changes >= least) continue;
        least = changes;
        best = name;
    }
    return best;
}

std::optional<Measure> parseMeasure(const QString& text) {
    const auto bytes = text.toLatin1().toStdString();  // what is not Latin becomes "?", which no number has
    std::size_t i = bytes.starts_with('-') ? 1 : 0;
    const auto digits = [&] {
        const auto begin = i;
        while (i < bytes.size() && bytes[i] >= '0' && bytes[i] <= '9') ++i;
        return i > begin;
    };
    if (!digits()) return std::nullopt;
    if (i < bytes.size() && bytes[i] == '.' && (++i, !digits())) return std::nullopt;
    const auto number = parseNumber(std::string_view(bytes).substr(0, i));
    if (!number) return std::nullopt;
    const auto rest = std::string_view(bytes).substr(i);
    if (rest.empty()) return Measure{*number};
    const auto unit = std::find_if(units.begin(), units.end(), [&](const UnitName& u) { return rest == u.name; });
    if (unit == units.end()) return std::nullopt;
    return Measure{*number * static_cast<Number>(unit->scale), unit->unit, unit->scale};
}

std::optional<std::int64_t> parseTime(const QString& text, std::int64_t nowMs, const QString& zone) {
    if (const auto time = kit::parseRfc3339(text.toStdString()))
        return std::chrono::duration_cast<std::chrono::microseconds>(time->time_since_epoch()).count();
    if (text.startsWith(u'-')) {
        const auto ago = parseMeasure(text);
        constexpr Number farthest = 100'000.0L * 86'400'000'000.0L;
        if (!ago || ago->unit != Unit::time || -ago->value > farthest) return std::nullopt;
        return nowMs * 1'000 + static_cast<std::int64_t>(ago->value);
    }
    return timeOfDay(text, nowMs, zone);
}

}  // namespace nova::engine::filter
