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

// The address of the first replica that serves; while none does, of the first that there is: it keeps its port.
QJsonValue firstLive(const QVector<PartStatus>& parts, const char* name, const char* port, const char* form) {
    const PartStatus* best = nullptr;
    const auto serves = [](const PartStatus& part) {
        return part.state == PartState::ready || part.state == PartState::degraded;
    };
    for (const auto& part : parts) {
        if (part.name != QLatin1String(name)) continue;
        if (!best || (serves(part) && !serves(*best))) best = &part;
    }
    return best ? QJsonValue(QString::fromLatin1(form).arg(address(best->ports.value(QLatin1String(port)))))
                : QJsonValue();
}

QJsonObject s3Of(const S3Access& s3) {
    return {{QStringLiteral("endpoint"), s3.endpoint()},
            {QStringLiteral("bucket"), QLatin1String(S3Access::bucket)},
            {QStringLiteral("access_key"), s3.accessKey},
            {QStringLiteral("secret_key"), s3.secretKey}};
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
    const QJsonObject json{
        {QStringLiteral("version"), 1},
        {QStringLiteral("started"), started.toUTC().toString(Qt::ISODateWithMs)},
        {QStringLiteral("kafka"), kafka},
        {QStringLiteral("postgres"), postgres},
        {QStringLiteral("redis"), redis},
        {QStringLiteral("s3"), s3Of(nova.s3())},
        {QStringLiteral("graphql"), firstLive(parts, "graphql-gateway", "http", "http://%1/graphql")},
        {QStringLiteral("upload"), firstLive(parts, "graphql-gateway", "http", "http://%1/upload")},
        {QStringLiteral("websocket"), firstLive(parts, "realtime-chat-service", "ws", "ws://%1/ws")},
        {QStringLiteral("processes"), processes}};
    return QJsonDocument(json).toJson();
}

}  // namespace nova::stack
