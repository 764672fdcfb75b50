#include "app/commands/lag_report.h"

#include <nlohmann/json.hpp>

#include "app/commands/output.h"
#include "app/engine/lag/lag_rules.h"
#include "kit/runtime/ids.h"

namespace nova::commands {
namespace {

using Json = nlohmann::ordered_json;

template <typename T>
Json orNull(const std::optional<T>& value) {
    return value ? Json(*value) : Json();
}

Json orNull(const QString& text) {
    return text.isEmpty() ? Json() : Json(text.toStdString());
}

Json jsonOf(const engine::LagRow& row) {
    Json json;
    json["group"] = row.group.toStdString();
    json["topic"] = row.topic.toStdString();
    json["partition"] = row.partition;
    json["log_start"] = orNull(row.logStart);
    json["log_end"] = orNull(row.logEnd);
    json["lso"] = orNull(row.lso);
    json["committed"] = orNull(row.committed);
    json["lag"] = orNull(row.lag);
    json["lag_seconds"] = orNull(row.lagSeconds);
    json["status"] = engine::statusWord(row.status).toStdString();
    json["member"] = orNull(row.member);
    json["host"] = orNull(row.host);
    json["client_id"] = orNull(row.clientId);
    json["status_reason"] = orNull(row.statusReason);
    json["lag_seconds_reason"] = orNull(row.secondsReason);
    json["lost"] = row.lost;
    json["held_by_transactions"] = row.heldByTransactions;
    json["last_committed"] = orNull(row.lastCommitted);
    json["in_per_second"] = orNull(row.inPerSecond);
    json["out_per_second"] = orNull(row.outPerSecond);
    json["catch_up_seconds"] = orNull(row.catchUpSeconds);
    json["catch_up_error_seconds"] = orNull(row.catchUpError);
    json["alarm"] = row.alarm;
    json["alarm_reason"] = orNull(row.alarmReason);
    json["read_at"] =
        row.readAtMs > 0 ? Json(kit::rfc3339(kit::WallTime(std::chrono::milliseconds(row.readAtMs)))) : Json();
    return json;
}

QString number(const std::optional<qint64>& value) {
    return value ? engine::grouped(*value) : QStringLiteral("–");
}

QString rate(const std::optional<double>& value) {
    return value ? QStringLiteral("%1/s").arg(*value, 0, 'f', *value < 10 ? 1 : 0) : QStringLiteral("–");
}

Colour colourOf(const engine::LagRow& row) {
    using engine::LagStatus;
    if (row.alarm) return Colour::bad;
    switch (row.status) {
        case LagStatus::ok:
            return Colour::ok;
        case LagStatus::noCommit:
        case LagStatus::unknown:
            return Colour::dim;
        case LagStatus::warn:
        case LagStatus::rewind:
            return Colour::warn;
        default:
            return Colour::bad;
    }
}

QString notes(const engine::LagRow& row) {
    QStringList notes;
    if (row.alarm) notes << paint(Colour::bad, QStringLiteral("ALERT ") + row.alarmReason);
    if (!row.statusReason.isEmpty() && row.statusReason != row.alarmReason) notes << row.statusReason;
    if (row.heldByTransactions > 0)
        notes << QStringLiteral("%1 held by open transactions").arg(engine::grouped(row.heldByTransactions));
    if (row.catchUpSeconds)
        notes << QStringLiteral("caught up in %1 ± %2 s")
                     .arg(*row.catchUpSeconds, 0, 'f', 0)
                     .arg(row.catchUpError.value_or(0), 0, 'f', 0);
    return notes.join(QStringLiteral("; "));
}

}  // namespace

QString secondsText(const engine::LagRow& row) {
    if (!row.lagSeconds) return QStringLiteral("–");
    const auto seconds = *row.lagSeconds;
    if (seconds < 60) return QStringLiteral("%1 s").arg(seconds, 0, 'f', seconds < 10 ? 1 : 0);
    const auto whole = static_cast<qint64>(seconds);
    if (whole < 3'600) return QStringLiteral("%1 m %2 s").arg(whole / 60).arg(whole % 60);
    if (whole < 172'800) return QStringLiteral("%1 h %2 m").arg(whole / 3'600).arg(whole / 60 % 60);
    return QStringLiteral("%1 d %2 h").arg(whole / 86'400).arg(whole / 3'600 % 24);
}

std::string lagJson(const QVector<engine::LagRow>& rows) {
    auto all = Json::array();
    for (const auto& row : rows) all.push_back(jsonOf(row));
    return all.dump(-1, ' ', false, Json::error_handler_t::replace);
}

QStringList lagTable(const QVector<engine::LagRow>& rows) {
    using enum Table::Align;
    Table table(
        {QStringLiteral("GROUP"), QStringLiteral("TOPIC"), QStringLiteral("P"), QStringLiteral("STATUS"),
         QStringLiteral("LAG"), QStringLiteral("TIME LAG"), QStringLiteral("COMMITTED"), QStringLiteral("LOG END"),
         QStringLiteral("IN"), QStringLiteral("OUT"), QStringLiteral("OWNER"), QString()},
        {left, left, right, whole, right, right, right, right, right, right, left, left}, {8, 9, 10, 7, 6, 11, 5});
    for (const auto& row : rows) {
        const auto owner = row.clientId.isEmpty() ? row.member : row.clientId;
        table.add({row.group, row.topic, QString::number(row.partition),
                   paint(colourOf(row), engine::statusWord(row.status)), number(row.lag), secondsText(row),
                   number(row.committed), number(row.logEnd), rate(row.inPerSecond), rate(row.outPerSecond),
                   owner.isEmpty()      ? QStringLiteral("–")
                   : row.host.isEmpty() ? owner
                                        : owner + u'@' + row.host,
                   notes(row)});
    }
    return table.lines();
}

}  // namespace nova::commands
