#include "app/engine/stack/status_json.h"

#include <algorithm>
#include <array>

namespace nova::stack {
namespace {

constexpr std::array phases{"stopped", "starting", "ready", "degraded", "stopping", "failed"};

PartState stateFromName(const QString& name) {
    for (int i = 0; i <= static_cast<int>(PartState::failed); ++i)
        if (stateName(static_cast<PartState>(i)) == name) return static_cast<PartState>(i);
    return PartState::stopped;
}

QJsonValue orNull(qint64 value, bool known) {
    return known ? QJsonValue(value) : QJsonValue();
}

}  // namespace

QJsonObject toJson(const PartStatus& s) {
    QJsonObject ports;
    for (auto it = s.ports.begin(); it != s.ports.end(); ++it) ports.insert(it.key(), it.value());
    return {{QStringLiteral("name"), s.name},
            {QStringLiteral("replica"), s.replica},
            {QStringLiteral("state"), stateName(s.state)},
            {QStringLiteral("pid"), orNull(s.pid, s.pid > 0)},
            {QStringLiteral("cpu_percent"), qRound(s.cpuPercent * 10) / 10.0},
            {QStringLiteral("rss_bytes"), s.rssBytes},
            {QStringLiteral("restarts"), s.restarts},
            {QStringLiteral("ready_ms"), orNull(s.readyMs, s.readyMs >= 0)},
            {QStringLiteral("ports"), ports},
            {QStringLiteral("up_since"),
             s.upSince.isValid() ? QJsonValue(s.upSince.toString(Qt::ISODateWithMs)) : QJsonValue()},
            {QStringLiteral("blocked_by"), QJsonArray::fromStringList(s.blockedBy)},
            {QStringLiteral("note"), s.note},
            {QStringLiteral("last_error"), s.lastError},
            {QStringLiteral("binary"), s.binary}};
}

PartStatus statusFromJson(const QJsonObject& o) {
    PartStatus s;
    s.name = o.value(QLatin1String("name")).toString();
    s.replica = o.value(QLatin1String("replica")).toInt();
    s.state = stateFromName(o.value(QLatin1String("state")).toString());
    s.pid = o.value(QLatin1String("pid")).toInteger();
    s.cpuPercent = o.value(QLatin1String("cpu_percent")).toDouble();
    s.rssBytes = o.value(QLatin1String("rss_bytes")).toInteger();
    s.restarts = o.value(QLatin1String("restarts")).toInt();
    s.readyMs = o.value(QLatin1String("ready_ms")).toInteger(-1);
    const auto ports = o.value(QLatin1String("ports")).toObject();
    for (auto it = ports.begin(); it != ports.end(); ++it) s.ports.insert(it.key(), it.value().toInt());
    s.upSince = QDateTime::fromString(o.value(QLatin1String("up_since")).toString(), Qt::ISODateWithMs);
    for (const auto& name : o.value(QLatin1String("blocked_by")).toArray()) s.blockedBy << name.toString();
    s.note = o.value(QLatin1String("note")).toString();
    s.lastError = o.value(QLatin1String("last_error")).toString();
    s.binary = o.value(QLatin1String("binary")).toString();
    return s;
}

QJsonArray toJson(const QVector<PartStatus>& statuses) {
    QJsonArray list;
    for (const auto& status : statuses) list << toJson(status);
    return list;
}

QVector<PartStatus> statusesFromJson(const QJsonArray& json) {
    QVector<PartStatus> statuses;
    for (const auto& value : json) statuses << statusFromJson(value.toObject());
    return statuses;
}

QJsonArray toJson(const QVector<LogLine>& lines) {
    QJsonArray list;
    for (const auto& line : lines) list << QJsonArray{line.part, line.at, QString(line.level), line.text};
    return list;
}

QVector<LogLine> linesFromJson(const QJsonArray& json) {
    QVector<LogLine> lines;
    for (const auto& value : json) {
        const auto line = value.toArray();
        const auto level = line.at(2).toString();
        lines.append({line.at(0).toString(), line.at(1).toInteger(), level.isEmpty() ? QLatin1Char(' ') : level[0],
                      line.at(3).toString()});
    }
    return lines;
}

QJsonArray toJson(const QVector<Alert>& alerts) {
    QJsonArray list;
    for (const auto& alert : alerts) {
        QJsonObject labels;
        for (auto it = alert.labels.begin(); it != alert.labels.end(); ++it) labels.insert(it.key(), it.value());
        const auto since = QDateTime::fromMSecsSinceEpoch(alert.since, Qt::UTC);
        list << QJsonObject{
            {QStringLiteral("alert"), alert.rule},
            {QStringLiteral("state"), alert.firing ? QStringLiteral("firing") : QStringLiteral("pending")},
            {QStringLiteral("severity"), alert.severity},
            {QStringLiteral("summary"), alert.summary},
            {QStringLiteral("labels"), labels},
            {QStringLiteral("value"), alert.value},
            {QStringLiteral("since"), since.toString(Qt::ISODateWithMs)}};
    }
    return list;
}

QVector<Alert> alertsFromJson(const QJsonArray& json) {
    QVector<Alert> alerts;
    for (const auto& value : json) {
        const auto o = value.toObject();
        Alert alert;
        alert.rule = o.value(QLatin1String("alert")).toString();
        alert.firing = o.value(QLatin1String("state")).toString() == QLatin1String("firing");
        alert.severity = o.value(QLatin1String("severity")).toString();
        alert.summary = o.value(QLatin1String("summary")).toString();
        const auto labels = o.value(QLatin1String("labels")).toObject();
        for (auto it = labels.begin(); it != labels.end(); ++it) alert.labels.insert(it.key(), it.value().toString());
        alert.value = o.value(QLatin1String("value")).toDouble();
        alert.since =
            QDateTime::fromString(o.value(QLatin1String("since")).toString(), Qt::ISODateWithMs).toMSecsSinceEpoch();
        alerts << alert;
    }
    return alerts;
}

QString phaseName(Phase phase) {
    return QLatin1String(phases[static_cast<std::size_t>(phase)]);
}

Phase phaseFromName(const QString& name) {
    const auto found =
        std::find_if(phases.begin(), phases.end(), [&](const char* p) { return name == QLatin1String(p); });
    return found == phases.end() ? Phase::stopped : static_cast<Phase>(found - phases.begin());
}

}  // namespace nova::stack
