// Profiles: what is read from one, and every fault with the line and the key that it is about.
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include "app/engine/cluster/profile.h"
#include "app/engine/cluster/target.h"

using namespace nova::engine;
using namespace Qt::StringLiterals;

namespace {

constexpr auto nobodyElse = QFile::ReadOwner | QFile::WriteOwner;

}  // namespace

class ProfileTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    QString write(const QString& name, const QByteArray& text, QFile::Permissions mode = nobodyElse) const {
        QFile out(m_folder.filePath(name));
        out.remove();
        if (!out.open(QIODevice::WriteOnly) || out.write(text) != text.size()) qFatal("cannot write");
        out.setPermissions(mode);
        return out.fileName();
    }
    nova::kit::Result<Profile> load(const QByteArray& text) const {
        return Profile::load(write(u"p.toml"_s, QByteArray(text).replace('\'', '"')));
    }
    static QString textOf(const nova::kit::Error& error) {
        return QString::fromStdString(error.what) + u" | " + QString::fromStdString(error.hint);
    }

private Q_SLOTS:
    void initTestCase() {
        qputenv("XDG_CONFIG_HOME", m_folder.filePath(u"config"_s).toUtf8());
        qputenv("NOVA_TEST_PG", "p@ss:w/rd?");
        qputenv("NOVA_TEST_REDIS", "r#d");
        qunsetenv("NOVA_TEST_NOT_THERE");
        write(u"viewer.password"_s, "scram secret\n");
        write(u"open.password"_s, "x\n", nobodyElse | QFile::ReadGroup);
        write(u"empty.password"_s, "\n");
        write(u"ca.pem"_s, "ca", nobodyElse | QFile::ReadOther);
        write(u"client.pem"_s, "cert");
        write(u"client.key"_s, "key");
        write(u"open.key"_s, "key", nobodyElse | QFile::ReadOther);
        write(u"events.desc"_s, "desc");
    }

    void theContractsProfileIsRead() {
        const auto profile = load(R"(
name = 'nova-staging'
environment = 'staging'
descriptors = ['events.desc']
key_templates = ['processed:{group}:{event_id}']
[kafka]
bootstrap = 'a:9092,b:9093'
security_protocol = 'SASL_SSL'
sasl_mechanism = 'SCRAM-SHA-512'
username = 'viewer'
password = { file = 'viewer.password' }
ca_file = 'ca.pem'
cert_file = 'client.pem'
key_file = 'client.key'
[postgres]
uri = 'postgresql://viewer@h1:5432,h2/nova?sslmode=verify-full'
password = { env = 'NOVA_TEST_PG' }
[redis]
uri = 'redis://viewer@host:6379'
password = { env = 'NOVA_TEST_REDIS' }
[services]
graphql = 'https://host/graphql'
upload = 'https://host/upload'
websocket = 'wss://host/ws'
'feed-service/1' = 'http://host:8080'
[limits]
read_bytes_per_second = 1000000
[[lag]]
groups = 'feed-*'
max_lag = 5
max_seconds = 2.5
[[lag]]
muted = true
)");
        QVERIFY2(profile, profile ? "" : qPrintable(textOf(profile.error())));
        const auto& p = profile.value();
        QCOMPARE(p.name, u"nova-staging"_s);
        QCOMPARE(p.environment, u"staging"_s);
        QVERIFY(p.readOnly);
        QCOMPARE(p.descriptors, QStringList{m_folder.filePath(u"events.desc"_s)});
        QCOMPARE(p.keyTemplates, QStringList{u"processed:{group}:{event_id}"_s});
        const nova::kit::kafka::Settings kafka{
            {"bootstrap.servers", "a:9092,b:9093"},
            {"security.protocol", "SASL_SSL"},
            {"sasl.mechanisms", "SCRAM-SHA-512"},
            {"sasl.username", "viewer"},
            {"sasl.password", "scram secret"},
            {"ssl.ca.location", m_folder.filePath(u"ca.pem"_s).toStdString()},
            {"ssl.certificate.location", m_folder.filePath(u"client.pem"_s).toStdString()},
            {"ssl.key.location", m_folder.filePath(u"client.key"_s).toStdString()}};
        QVERIFY(p.kafka == kafka);
        QCOMPARE(p.postgres, u"postgresql://viewer:p%40ss%3Aw%2Frd%3F@h1:5432,h2/nova?sslmode=verify-full"_s);
        QCOMPARE(p.redis, u"redis://viewer:r%23d@host:6379"_s);
        QCOMPARE(p.services.value(u"feed-service/1"_s), u"http://host:8080"_s);
        QCOMPARE(p.readBytesPerSecond, 1'000'000);
        QCOMPARE(p.ruleOf(u"feed-service"_s).maxLag, 5);
        QCOMPARE(p.ruleOf(u"feed-service"_s).maxSeconds, std::optional(2.5));
        QVERIFY(p.ruleOf(u"another"_s).muted);

        const auto target = Target::of(p);
        QVERIFY(!target.local);
        QCOMPARE(target.address(), u"a:9092,b:9093"_s);
        QCOMPARE(target.graphql, u"https://host/graphql"_s);
        QCOMPARE(target.upload, u"https://host/upload"_s);
        QCOMPARE(target.websocket, u"wss://host/ws"_s);
        QCOMPARE(target.processes.size(), 1);
        QCOMPARE(target.processes.first().name, u"feed-service"_s);
        QCOMPARE(target.processes.first().replica, 1);
        QCOMPARE(target.kafka.budget()->bytesPerSecond(), 1'000'000);
    }

    void theLeastOfAProfile() {
        const auto profile = load("[kafka]\nbootstrap = 'h:1'\n");
        QVERIFY2(profile, profile ? "" : qPrintable(textOf(profile.error())));
        QCOMPARE(profile.value().name, u"p"_s);
        QVERIFY(profile.value().readOnly);
        QVERIFY(profile.value().postgres.isEmpty() && profile.value().redis.isEmpty());
        QCOMPARE(profile.value().readBytesPerSecond, 8 << 20);
        QCOMPARE(profile.value().ruleOf(u"any"_s).maxLag, 1'000);
    }

    // Each of all keys wrong, missing or not supported: the line, the key, and what is wrong with it.
    void faultsNameLineAndKey_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("place");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const QByteArray& text, const char* place, const char* says) {
            QTest::newRow(name) << text << QString::fromUtf8(place) << QString::fromUtf8(says);
        };
        const QByteArray kafka = "[kafka]\nbootstrap = 'h:1'\n";
        const QByteArray scram =
            "[kafka]\nbootstrap = 'h:1'\nsecurity_protocol = 'SASL_SSL'\nsasl_mechanism = 'SCRAM-SHA-256'\n"
            "username = 'u'\n";
        row("no TOML", "[kafka\n", ":1:", "");
        row("twice", kafka + "bootstrap = 'h:2'\n", ":3:", "bootstrap");
        row("unknown at the top", "nmae = 'x'\n" + kafka, ":1: nmae:", "not known");
        row("unknown table", kafka + "[kafak]\nx = 1\n", ":3: kafak:", "not known");
        row("unknown in kafka", kafka + "bootstrp = 'x'\n", ":3: kafka.bootstrp:", "not known");
        row("empty name", "name = ''\n" + kafka, ":1: name:", "not empty");
        row("name of another type", "name = 5\n" + kafka, ":1: name:", "text");
        row("another environment", "environment = 'test'\n" + kafka, ":1: environment:", "local, staging, production");
        row("read_only", "read_only = 'yes'\n" + kafka, ":1: read_only:", "true or false");
        row("no descriptor", "descriptors = ['gone.desc']\n" + kafka, ":1: descriptors:", "there is no file");
        row("descriptors no list", "descriptors = 'events.desc'\n" + kafka, ":1: descriptors:", "list");
        row("key_templates", "key_templates = [1]\n" + kafka, ":1: key_templates:", "list");
        row("no kafka", "name = 'x'\n", ":1: kafka:", "is missing");
        row("kafka no table", "kafka = 'h:1'\n", ":1: kafka:", "table");
        row("no bootstrap", "[kafka]\n", ":1: kafka.bootstrap:", "is missing");
        row("no port", "[kafka]\nbootstrap = 'h'\n", ":2: kafka.bootstrap:", "host:port");
        row("protocol", kafka + "security_protocol = 'TLS'\n", ":3: kafka.security_protocol:", "SASL_SSL");
        row("mechanism", "[kafka]\nbootstrap = 'h:1'\nsecurity_protocol = 'SASL_SSL'\nsasl_mechanism = 'GSSAPI'\n",
            ":4: kafka.sasl_mechanism:", "\"GSSAPI\" is not supported");
        row("OAUTHBEARER",
            "[kafka]\nbootstrap = 'h:1'\nsecurity_protocol = 'SASL_SSL'\nsasl_mechanism = 'OAUTHBEARER'\n",
            ":4: kafka.sasl_mechanism:", "OAUTHBEARER is not supported");
        row("oauth", kafka + "security_protocol = 'SASL_SSL'\n[kafka.oauth]\nclient_id = 'x'\n",
            ":4: kafka.oauth:", "OAUTHBEARER is not supported");
        row("mechanism missing", kafka + "security_protocol = 'SASL_SSL'\n", ":1: kafka.sasl_mechanism:", "is missing");
        row("username missing", kafka + "security_protocol = 'SASL_SSL'\nsasl_mechanism = 'PLAIN'\n",
            ":1: kafka.username:", "is missing");
        row("password missing", scram, ":1: kafka.password:", "is missing");
        row("login without SASL", kafka + "username = 'u'\n", ":3: kafka.username:", "no effect");
        row("literal password", scram + "password = 'secret'\n", ":6: kafka.password:", "never written");
        row("keyring", scram + "password = { keyring = true }\n", ":6: kafka.password:", "keyring is not supported");
        row("two sources", scram + "password = { env = 'A', file = 'B' }\n", ":6: kafka.password:", "one source");
        row("another source", scram + "password = { vault = 'A' }\n", ":6: kafka.password.vault:", "not known");
        row("no such variable", scram + "password = { env = 'NOVA_TEST_NOT_THERE' }\n",
            ":6: kafka.password.env:", "NOVA_TEST_NOT_THERE");
        row("no such file", scram + "password = { file = 'gone' }\n", ":6: kafka.password.file:", "there is no file");
        row("readable by others", scram + "password = { file = 'open.password' }\n",
            ":6: kafka.password.file:", "0640");
        row("empty file", scram + "password = { file = 'empty.password' }\n", ":6: kafka.password.file:", "is empty");
        row("TLS without TLS", kafka + "ca_file = 'ca.pem'\n", ":3: kafka.ca_file:", "no effect");
        const QByteArray tls = kafka + "security_protocol = 'SSL'\n";
        row("no such CA", tls + "ca_file = 'gone.pem'\n", ":4: kafka.ca_file:", "there is no file");
        row("cert alone", tls + "cert_file = 'client.pem'\n", ":4: kafka.cert_file:", "go together");
        row("key alone", tls + "key_file = 'client.key'\n", ":4: kafka.key_file:", "go together");
        row("key for others", tls + "cert_file = 'client.pem'\nkey_file = 'open.key'\n", ":5: kafka.key_file:", "0604");
        row("no uri", kafka + "[postgres]\n", ":3: postgres.uri:", "is missing");
        row("no URI", kafka + "[postgres]\nuri = 'host=h'\n", ":4: postgres.uri:", "postgresql://");
        row("another scheme", kafka + "[postgres]\nuri = 'mysql://h/d'\n", ":4: postgres.uri:", "mysql:// is not");
        row("password in the URI", kafka + "[postgres]\nuri = 'postgresql://u:p@h/d'\n",
            ":4: postgres.uri:", "never written");
        row("password in the query", kafka + "[postgres]\nuri = 'postgresql://u@h/d?password=p'\n",
            ":4: postgres.uri:", "never written");
        row("unknown in postgres", kafka + "[postgres]\nuri = 'postgresql://h/d'\nssl = true\n",
            ":5: postgres.ssl:", "not known");
        row("Redis with TLS", kafka + "[redis]\nuri = 'rediss://h:1'\n", ":4: redis.uri:", "rediss://");
        row("Redis' keyring", kafka + "[redis]\nuri = 'redis://h:1'\npassword = { keyring = true }\n",
            ":5: redis.password:", "keyring");
        row("service name", kafka + "[services]\n'Feed Service' = 'http://h:1'\n",
            ":4: services.Feed Service:", "service/replica");
        row("service address", kafka + "[services]\ngraphql = 'host:1'\n", ":4: services.graphql:", "http://");
        row("limit", kafka + "[limits]\nread_bytes_per_second = -1\n",
            ":4: limits.read_bytes_per_second:", "whole number");
        row("unknown limit", kafka + "[limits]\nrows = 5\n", ":4: limits.rows:", "not known");
        row("lag no tables", kafka + "[lag]\nmax_lag = 1\n", ":3: lag:", "[[lag]]");
        row("max_lag", kafka + "[[lag]]\nmax_lag = 'x'\n", ":4: lag.max_lag:", "whole number");
        row("max_seconds", kafka + "[[lag]]\nmax_seconds = 0\n", ":4: lag.max_seconds:", "above 0");
        row("unknown in lag", kafka + "[[lag]]\n[[lag]]\nmute = true\n", ":5: lag.mute:", "not known");
    }
    void faultsNameLineAndKey() {
        QFETCH(QByteArray, text);
        QFETCH(QString, place);
        QFETCH(QString, says);
        const auto profile = load(text);
        QVERIFY(!profile);
        QVERIFY(profile.error().kind == nova::kit::ErrorKind::badInput);
        const auto said = textOf(profile.error());
        QVERIFY2(said.contains(u"p.toml"_s + place), qPrintable(said));
        QVERIFY2(said.contains(says), qPrintable(said));
    }

    void namesLieInTheUsersFolder() {
        const auto none = Profile::load(u"staging"_s);
        QVERIFY(!none && none.error().kind == nova::kit::ErrorKind::notFound);
        QVERIFY(QDir().mkpath(Profile::folder()));
        QCOMPARE(Profile::folder(), m_folder.filePath(u"config/nova-console/profiles"_s));
        write(u"config/nova-console/profiles/staging.toml"_s, "[kafka]\nbootstrap = \"h:1\"\n");
        write(u"config/nova-console/profiles/prod.toml"_s, "[kafka]\nbootstrap = \"h:2\"\n");
        QCOMPARE(Profile::names(), (QStringList{u"prod"_s, u"staging"_s}));
        const auto staging = Profile::load(u"staging"_s);
        QVERIFY(staging);
        QCOMPARE(staging.value().name, u"staging"_s);
        const auto other = Profile::load(u"stagign"_s);
        QVERIFY(!other);
        QVERIFY2(textOf(other.error()).contains(u"prod, staging"), qPrintable(textOf(other.error())));
    }

    void theFirstRuleThatMatchesCounts() {
        Profile profile;
        profile.lag = {{u"a.b*"_s, 1, {}, false}, {u"*"_s, 2, {}, true}};
        QCOMPARE(profile.ruleOf(u"a.bc"_s).maxLag, 1);
        QCOMPARE(profile.ruleOf(u"axb"_s).maxLag, 2);  // a dot is a dot
        QCOMPARE(profile.ruleOf(u"xa.b"_s).maxLag, 2);
    }
};

QTEST_GUILESS_MAIN(ProfileTest)
#include "tst_profile.moc"
