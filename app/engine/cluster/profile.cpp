#include "app/engine/cluster/profile.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QUrl>

#include "app/engine/cluster/profile_reader.h"

namespace nova::engine {
namespace {

QString say(const char* text) {
    return QCoreApplication::translate("nova::engine::Profile", text);
}

QString encoded(const QString& text) {
    return QString::fromLatin1(QUrl::toPercentEncoding(text));
}

// scheme://[userinfo@]hosts[rest]; several hosts are libpq's, so that no QUrl reads it.
struct Uri {
    QString scheme, user, hosts, rest;
    bool hasPassword = false;
};

std::optional<Uri> taken(const QString& text) {
    static const QRegularExpression form(QStringLiteral("^([a-z]+)://(?:([^@/?#]*)@)?([^@/?#]*)([/?#].*)?$"));
    const auto match = form.match(text);
    if (!match.hasMatch()) return std::nullopt;
    const auto info = match.captured(2);
    return Uri{match.captured(1), info.section(u':', 0, 0), match.captured(3), match.captured(4), info.contains(u':')};
}

void readSasl(ProfileReader& reader, const QString& protocol, kit::kafka::Settings& kafka) {
    const bool sasl = protocol.startsWith(QLatin1String("SASL"));
    for (const auto* key : {"sasl_mechanism", "username", "password", "oauth"}) {
        if (!sasl && reader.has(key))
            reader.fault(key, say("has no effect with security_protocol %1").arg(protocol),
                         say("security_protocol is SASL_SSL or SASL_PLAINTEXT where a login is wanted"));
    }
    if (reader.has("oauth") || reader.text("sasl_mechanism") == QLatin1String("OAUTHBEARER"))
        reader.fault(reader.has("oauth") ? "oauth" : "sasl_mechanism",
                     say("OAUTHBEARER is not supported: this librdkafka is built without OpenID Connect"));
    const auto mechanism = reader.word(
        "sasl_mechanism", {QStringLiteral("PLAIN"), QStringLiteral("SCRAM-SHA-256"), QStringLiteral("SCRAM-SHA-512")});
    const auto user = reader.text("username");
    const auto password = reader.secret("password");
    if (!sasl) return;
    if (mechanism.isEmpty()) reader.fault("sasl_mechanism", say("is missing: %1 wants it").arg(protocol));
    if (user.isEmpty()) reader.fault("username", say("is missing: %1 wants it").arg(mechanism));
    if (!password) reader.fault("password", say("is missing: %1 wants it").arg(mechanism));
    kafka["sasl.mechanisms"] = mechanism.toStdString();
    kafka["sasl.username"] = user.toStdString();
    kafka["sasl.password"] = password.value_or(QString()).toStdString();
}

void readTls(ProfileReader& reader, const QString& protocol, kit::kafka::Settings& kafka) {
    const bool tls = protocol.endsWith(QLatin1String("SSL"));
    for (const auto* key : {"ca_file", "cert_file", "key_file", "key_password"}) {
        if (!tls && reader.has(key))
            reader.fault(key, say("has no effect with security_protocol %1").arg(protocol),
                         say("security_protocol is SSL or SASL_SSL where the connection is encrypted"));
    }
    const auto put = [&kafka](const char* name, const QString& value) {
        if (!value.isEmpty()) kafka[name] = value.toStdString();
    };
    put("ssl.ca.location", reader.path("ca_file"));
    put("ssl.certificate.location", reader.path("cert_file"));
    put("ssl.key.location", reader.privatePath("key_file"));
    put("ssl.key.password", reader.secret("key_password").value_or(QString()));
    if (reader.has("cert_file") != reader.has("key_file"))
        reader.fault(reader.has("cert_file") ? "cert_file" : "key_file", say("cert_file and key_file go together"));
    if (reader.has("key_password") && !reader.has("key_file"))
        reader.fault("key_password", say("has no effect without key_file"));
}

void readKafka(ProfileReader& reader, kit::kafka::Settings& kafka) {
    const auto bootstrap = reader.text("bootstrap");
    static const QRegularExpression hosts(
        QStringLiteral("^([^\\s,:/]+|\\[[0-9a-fA-F:]+\\]):[0-9]{1,5}"
                       "(,\\s*([^\\s,:/]+|\\[[0-9a-fA-F:]+\\]):[0-9]{1,5})*$"));
    if (!reader.has("bootstrap"))
        reader.fault("bootstrap", say("is missing"), QStringLiteral("bootstrap = \"host:port,host:port\""));
    else if (!hosts.match(bootstrap).hasMatch())
        reader.fault("bootstrap", say("must be \"host:port\", or several with commas between"));
    const auto protocol = reader.word("security_protocol",
                                      {QStringLiteral("PLAINTEXT"), QStringLiteral("SSL"),
                                       QStringLiteral("SASL_PLAINTEXT"), QStringLiteral("SASL_SSL")},
                                      QStringLiteral("PLAINTEXT"));
    kafka["bootstrap.servers"] = bootstrap.toStdString();
    kafka["security.protocol"] = protocol.toStdString();
    readSasl(reader, protocol, kafka);
    readTls(reader, protocol, kafka);
}

// The URI with its password filled in, percent-encoded.
QString storeUri(ProfileReader& reader, const QStringList& schemes) {
    const auto written = reader.text("uri");
    const auto password = reader.secret("password");
    if (!reader.has("uri")) return reader.fault("uri", say("is missing")), QString();
    const auto uri = taken(written);
    if (!uri || uri->hosts.isEmpty())
        return reader.fault("uri", say("must be %1://user@host:port…").arg(schemes.first())), QString();
    if (uri->scheme == QLatin1String("rediss"))
        return reader.fault("uri", say("rediss:// is not supported: this build speaks to Redis without TLS"),
                            say("reach it by redis:// through a tunnel")),
               QString();
    if (!schemes.contains(uri->scheme))
        return reader.fault("uri", say("%1:// is not supported").arg(uri->scheme),
                            say("it begins with %1://").arg(schemes.join(QStringLiteral(":// or ")))),
               QString();
    static const QRegularExpression hidden(QStringLiteral("[?&](ssl)?password="));
    if (uri->hasPassword || uri->rest.contains(hidden))
        return reader.fault("uri", say("a secret is never written into a profile"),
                            say("write password = { env = \"NAME\" }, or { file = \"PATH\" } of mode 0600")),
               QString();
    if (!password) return written;
    return uri->scheme + QLatin1String("://") + uri->user + u':' + encoded(*password) + u'@' + uri->hosts + uri->rest;
}

void readServices(ProfileReader& reader, const toml::table& table, QMap<QString, QString>& services) {
    static const QRegularExpression name(QStringLiteral("^[a-z0-9-]+(/[0-9]{1,4})?$"));
    for (const auto& [key, node] : table) {
        const auto service = QString::fromUtf8(key.str().data(), static_cast<qsizetype>(key.str().size()));
        const QUrl url(reader.text(key.str()));
        const bool socket = service == QLatin1String("websocket");
        const auto schemes = socket ? QStringList{QStringLiteral("ws"), QStringLiteral("wss")}
                                    : QStringList{QStringLiteral("http"), QStringLiteral("https")};
        if (!name.match(service).hasMatch())
            reader.fault(key.str(), say("must be graphql, upload, websocket, or \"service/replica\""));
        if (!url.isValid() || url.host().isEmpty() || !schemes.contains(url.scheme()))
            reader.fault(key.str(), say("must be an address: \"%1://host:port\"").arg(schemes.first()));
        services.insert(service, url.toString());
    }
}

void readLag(ProfileReader& top, const QString& file, QVector<LagRule>& rules) {
    const auto* tables = top.tables("lag");
    if (!tables) return;
    for (const auto& item : *tables) {
        ProfileReader reader(*item.as_table(), file, "lag.");
        LagRule rule;
        rule.groups = reader.text("groups", rule.groups);
        rule.maxLag = reader.number("max_lag", rule.maxLag);
        rule.maxSeconds = reader.seconds("max_seconds");
        rule.muted = reader.flag("muted", rule.muted);
        top.take(reader.finish());
        rules.append(rule);
    }
}

void readParts(ProfileReader& top, const QString& file, Profile& profile) {
    if (const auto* kafka = top.table("kafka")) {
        ProfileReader reader(*kafka, file, "kafka.");
        readKafka(reader, profile.kafka);
        top.take(reader.finish());
    } else {
        top.fault("kafka", say("is missing"), say("[kafka] with bootstrap = \"host:port\" is the least of a profile"));
    }
    if (const auto* postgres = top.table("postgres")) {
        ProfileReader reader(*postgres, file, "postgres.");
        profile.postgres = storeUri(reader, {QStringLiteral("postgresql"), QStringLiteral("postgres")});
        top.take(reader.finish());
    }
    if (const auto* redis = top.table("redis")) {
        ProfileReader reader(*redis, file, "redis.");
        profile.redis = storeUri(reader, {QStringLiteral("redis")});
        top.take(reader.finish());
    }
    if (const auto* services = top.table("services")) {
        ProfileReader reader(*services, file, "services.");
        readServices(reader, *services, profile.services);
        top.take(reader.finish());
    }
    if (const auto* limits = top.table("limits")) {
        ProfileReader reader(*limits, file, "limits.");
        profile.readBytesPerSecond = reader.number("read_bytes_per_second", profile.readBytesPerSecond);
        top.take(reader.finish());
    }
    readLag(top, file, profile.lag);
}

kit::Result<Profile> readProfile(const toml::table& table, const QString& file) {
    Profile profile;
    profile.file = file;
    ProfileReader top(table, file);
    profile.name = top.text("name", QFileInfo(file).completeBaseName());
    profile.environment =
        top.word("environment", {QStringLiteral("local"), QStringLiteral("staging"), QStringLiteral("production")},
                 profile.environment);
    profile.readOnly = top.flag("read_only", profile.readOnly);
    const auto descriptors = top.texts("descriptors");
    for (const auto& written : descriptors) profile.descriptors << top.readablePath("descriptors", written);
    profile.keyTemplates = top.texts("key_templates");
    readParts(top, file, profile);
    if (const auto fault = top.finish()) return *fault;
    return profile;
}

QString fileOf(const QString& nameOrFile) {
    if (nameOrFile.contains(u'/') || nameOrFile.endsWith(QLatin1String(".toml")))
        return QDir::cleanPath(QFileInfo(nameOrFile).absoluteFilePath());
    return Profile::folder() + u'/' + nameOrFile + QLatin1String(".toml");
}

}  // namespace

QString Profile::folder() {
    return QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) +
           QLatin1String("/nova-console/profiles");
}

QStringList Profile::names() {
    QStringList names;
    const auto files = QDir(folder()).entryInfoList({QStringLiteral("*.toml")}, QDir::Files, QDir::Name);
    for (const auto& file : files) names << file.completeBaseName();
    return names;
}

kit::Result<Profile> Profile::load(const QString& nameOrFile) {
    const auto file = fileOf(nameOrFile);
    if (!QFileInfo(file).isFile()) {
        const auto all = names();
        const auto hint = all.isEmpty() ? say("%1 holds no profile").arg(folder())
                                        : say("there are: %1").arg(all.join(QStringLiteral(", ")));
        return kit::Error{kit::ErrorKind::notFound, say("there is no profile %1").arg(file).toStdString(),
                          hint.toStdString()};
    }
    QFile in(file);
    if (!in.open(QIODevice::ReadOnly))
        return kit::badInput(say("%1 cannot be read: %2").arg(file, in.errorString()).toStdString());
    const auto text = in.readAll().toStdString();
    try {
        const toml::table table = toml::parse(text);
        return readProfile(table, file);
    } catch (const toml::parse_error& fault) {
        return kit::badInput(file.toStdString() + ":" + std::to_string(fault.source().begin.line) + ":" +
                                 std::to_string(fault.source().begin.column) + ": " + std::string(fault.description()),
                             say("a profile is TOML 1.0").toStdString());
    }
}

bool matchesPattern(const QString& pattern, const QString& text) {
    const auto parts = pattern.split(u'*');
    if (parts.size() == 1) return pattern == text;
    if (!text.startsWith(parts.first())) return false;
    qsizetype at = parts.first().size();
    for (qsizetype i = 1; i + 1 < parts.size(); ++i) {
        at = text.indexOf(parts[i], at);
        if (at < 0) return false;
        at += parts[i].size();
    }
    return text.size() - at >= parts.last().size() && text.endsWith(parts.last());
}

const LagRule& Profile::ruleOf(const QString& group) const {
    static const LagRule builtIn;
    const auto found =
        std::find_if(lag.begin(), lag.end(), [&](const LagRule& rule) { return matchesPattern(rule.groups, group); });
    return found == lag.end() ? builtIn : *found;
}

}  // namespace nova::engine
