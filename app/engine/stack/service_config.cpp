#include "app/engine/stack/service_config.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "app/engine/stack/postgres_door.h"

namespace nova::stack {
namespace {

QString address(int port) {
    return QStringLiteral("127.0.0.1:%1").arg(port);
}

QString quoted(const QString& text) {
    auto inside = text;
    inside.replace(QLatin1Char('\\'), QLatin1String("\\\\")).replace(QLatin1Char('"'), QLatin1String("\\\""));
    return QLatin1Char('"') + inside + QLatin1Char('"');
}

}  // namespace

QString tomlValue(const QString& text) {
    bool number = false;
    text.toDouble(&number);
    return number || text == QLatin1String("true") || text == QLatin1String("false") ? text : quoted(text);
}

QByteArray serviceConfig(const LocalNova& nova, const CataloguePart& part, int replica) {
    QMap<QString, QString> values;
    const auto set = [&values](const char* key, const QString& toml) { values.insert(QLatin1String(key), toml); };
    set("service", quoted(part.name));
    set("replica", QString::number(replica));
    set("http_listen", quoted(address(nova.port(part.name, replica, "http"))));
    if (const int grpc = nova.port(part.name, replica, "grpc")) set("grpc_listen", quoted(address(grpc)));
    if (const int ws = nova.port(part.name, replica, "ws")) set("ws_listen", quoted(address(ws)));
    if (part.needs.contains(QLatin1String("kafka")))
        set("kafka_bootstrap", quoted(address(nova.port(QStringLiteral("kafka"), 0, "broker"))));
    set("kafka_eager", QStringLiteral("true"));
    set("allow_request_mode", QStringLiteral("true"));
    if (!part.schema.isEmpty()) {
        const int port = nova.port(QStringLiteral("postgres"), 0, "sql");
        set("postgres_uri", quoted(postgresUri(port, part.schema, nova.secrets.postgres.value(part.schema))));
        set("postgres_schema", quoted(part.schema));
    }
    if (part.needs.contains(QLatin1String("redis"))) {
        set("redis_host", quoted(QStringLiteral("127.0.0.1")));
        set("redis_port", QString::number(nova.port(QStringLiteral("redis"), 0, "redis")));
    }
    if (part.needs.contains(QLatin1String("s3"))) {
        const auto s3 = nova.s3();
        set("s3_endpoint", quoted(s3.endpoint()));
        set("s3_bucket", quoted(QLatin1String(S3Access::bucket)));
        set("s3_access_key", quoted(s3.accessKey));
        set("s3_secret_key", quoted(s3.secretKey));
    }
    set("endpoints_file", quoted(nova.paths.endpoints()));
    set("token_public_key_file", quoted(nova.paths.tokenPublicKey()));
    if (part.signsTokens) {
        set("token_private_key_file", quoted(nova.paths.tokenKey()));
        set("argon_memory_kib", QStringLiteral("8192"));
        set("argon_passes", QStringLiteral("2"));
    }
    const auto overrides = nova.set.value(part.name);
    for (auto it = overrides.begin(); it != overrides.end(); ++it) values.insert(it.key(), tomlValue(it.value()));
    QString text;
    for (auto it = values.begin(); it != values.end(); ++it)
        text += it.key() + QLatin1String(" = ") + it.value() + QLatin1Char('\n');
    return text.toUtf8();
}

QByteArray endpoints(const QVector<PartStatus>& parts, const std::function<bool(const PartStatus&)>& live) {
    QMap<QString, QJsonArray> all, alive;
    for (const auto& part : parts) {
        const int grpc = part.ports.value(QStringLiteral("grpc"));
        if (!grpc) continue;
        all[part.name] << address(grpc);
        if (live(part)) alive[part.name] << address(grpc);
    }
    QJsonObject json;
    for (auto it = all.begin(); it != all.end(); ++it) json.insert(it.key(), alive.value(it.key(), it.value()));
    return QJsonDocument(json).toJson();
}

}  // namespace nova::stack
