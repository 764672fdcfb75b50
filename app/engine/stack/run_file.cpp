#include "app/engine/stack/run_file.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "app/engine/stack/postgres_door.h"

namespace nova::stack {
namespace {

QString address(int port) {
    return QStringLiteral("127.0.0.1:%1").arg(port);
}
QJsonValue orNull(const QString& text) {
    return text.isEmpty() ? QJsonValue() : QJsonValue(text);
}

QString httpOf(const PartStatus& part) {
    const int port = part.ports.value(QStringLiteral("http"));
    return port ? QStringLiteral("http://") + address(port) : QString();
}

QString firstLiveDoor(const QVector<PartStatus>& parts) {
    for (const auto& part : parts)
        if (part.name == QLatin1String("graphql-gateway") && part.pid > 0)
            return httpOf(part) + QLatin1String("/graphql");
    return {};
}

}  // namespace

QByteArray runFileText(const LocalNova& nova, const QVector<PartStatus>& parts, const QDateTime& started) {
    QJsonArray processes;
    for (const auto& part : parts) {
        if (part.pid <= 0) continue;
        processes << QJsonObject{{QStringLiteral("name"), part.name},
                                 {QStringLiteral("replica"), part.replica},
                                 {QStringLiteral("pid"), part.pid},
                                 {QStringLiteral("started"), part.upSince.toUTC().toString(Qt::ISODateWithMs)},
                                 {QStringLiteral("http"), orNull(httpOf(part))}};
    }
    const auto reader = nova.secrets.postgres.value(QLatin1String(readerRole));
    const auto postgres =
        postgresUri(nova.port(QStringLiteral("postgres"), 0, "sql"), QLatin1String(readerRole), reader);
    const auto kafka = address(nova.port(QStringLiteral("kafka"), 0, "broker"));
    const QString redis = QStringLiteral("redis://") + address(nova.port(QStringLiteral("redis"), 0, "redis"));
    const QJsonObject json{{QStringLiteral("version"), 1},
                           {QStringLiteral("started"), started.toUTC().toString(Qt::ISODateWithMs)},
                           {QStringLiteral("kafka"), kafka},
                           {QStringLiteral("postgres"), postgres},
                           {QStringLiteral("redis"), redis},
                           {QStringLiteral("s3"), QJsonValue()},
                           {QStringLiteral("graphql"), orNull(firstLiveDoor(parts))},
                           {QStringLiteral("upload"), QJsonValue()},
                           {QStringLiteral("websocket"), QJsonValue()},
                           {QStringLiteral("processes"), processes}};
    return QJsonDocument(json).toJson();
}

}  // namespace nova::stack
