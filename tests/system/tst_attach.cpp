// The console attached to a Kafka that knows nothing of Nova: every command answers, over an encrypted listener with a
// login too. One broker with three listeners: one for whoever tests, one behind a proxy that counts, one with SASL_SSL.
#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QtTest>
#include <random>

#include "app/engine/stack/java_tools.h"
#include "app/engine/stack/kafka_home.h"
#include "tests/support/counting_proxy.h"
#include "tests/support/live_nova.h"
#include "tests/support/real_kafka.h"
#include "tests/support/real_stores.h"

using namespace nova;
using namespace Qt::StringLiterals;
using test::CommandResult;
using test::CountingProxy;
using test::runConsole;

namespace {

constexpr int records = 40, committed = 15;
constexpr auto nobodyElse = QFile::ReadOwner | QFile::WriteOwner;

void runTool(const QString& program, const QStringList& arguments) {
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, arguments);
    if (!process.waitForFinished(60'000) || process.exitCode() != 0)
        qFatal("%s: %s", qPrintable(program), process.readAll().constData());
}

QString said(const CommandResult& result) {
    return u"exit %1\n%2\n%3"_s.arg(result.exitCode).arg(QString::fromUtf8(result.out), QString::fromUtf8(result.err));
}

QJsonObject topicOf(const QJsonObject& cluster, const QString& name) {
    for (const auto& value : cluster.value(u"topics").toArray())
        if (value[u"topic"].toString() == name) return value.toObject();
    return {};
}

}  // namespace

class AttachTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<CountingProxy> m_proxy;
    std::unique_ptr<test::RealKafka> m_kafka;
    int m_secure = test::freePort();

    QString write(const QString& name, const QByteArray& text) const {
        QFile out(m_folder.filePath(name));
        if (!out.open(QIODevice::WriteOnly) || out.write(text) != text.size()) qFatal("cannot write");
        out.setPermissions(nobodyElse);
        return out.fileName();
    }
    // ' stands for ".
    QString profile(const QByteArray& text) const {
        return write(u"profile.toml"_s, QByteArray(text).replace('\'', '"'));
    }
    QString plain(const QByteArray& more = {}) const {
        return profile("[kafka]\nbootstrap = '" + QByteArray::fromStdString(m_kafka->bootstrap()) + "'\n" + more);
    }
    QString counted(const QByteArray& more = {}) const {
        return profile("[kafka]\nbootstrap = '127.0.0.1:" + QByteArray::number(m_proxy->port()) + "'\n" + more);
    }
    QString secured(const QByteArray& passwordFile, const QByteArray& more = "ca_file = 'ca.pem'\n",
                    const QByteArray& mechanism = "SCRAM-SHA-512") const {
        return profile("[kafka]\nbootstrap = '127.0.0.1:" + QByteArray::number(m_secure) +
                       "'\nsecurity_protocol = 'SASL_SSL'\nusername = 'viewer'\nsasl_mechanism = '" + mechanism +
                       "'\npassword = { file = '" + passwordFile + "' }\n" + more);
    }

    void makeCertificate(const QString& name) const {
        runTool(u"openssl"_s,
                {u"req"_s, u"-x509"_s, u"-newkey"_s, u"rsa:2048"_s, u"-nodes"_s, u"-days"_s, u"2"_s, u"-subj"_s,
                 u"/CN=127.0.0.1"_s, u"-addext"_s, u"subjectAltName=IP:127.0.0.1"_s, u"-keyout"_s,
                 m_folder.filePath(name + u".key"_s), u"-out"_s, m_folder.filePath(name + u".pem"_s)});
    }
    QByteArray listeners(int counted) const {
        const auto at = [](int port) -> QByteArray { return "://127.0.0.1:" + QByteArray::number(port); };
        return "listeners=PLAINTEXT://127.0.0.1:@BROKER@,CONTROLLER://127.0.0.1:@CONTROLLER@,COUNTED" + at(counted) +
               ",SECURE" + at(m_secure) + "\nadvertised.listeners=PLAINTEXT://127.0.0.1:@BROKER@,COUNTED" +
               at(m_proxy->port()) + ",SECURE" + at(m_secure) +
               "\nlistener.security.protocol.map="
               "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,COUNTED:PLAINTEXT,SECURE:SASL_SSL\n"
               "listener.name.secure.ssl.keystore.type=PEM\nlistener.name.secure.ssl.keystore.location=" +
               m_folder.filePath(u"server.pem"_s).toUtf8() +
               "\nlistener.name.secure.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512\n"
               "listener.name.secure.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule "
               "required user_viewer=\"correct-horse\" user_comma=\"one,two= ;three\";\n"
               "listener.name.secure.scram-sha-512.sasl.jaas.config="
               "org.apache.kafka.common.security.scram.ScramLoginModule required;\n";
    }
    // A group that has read a part of the topic and is gone.
    void commitSome() const {
        auto settings = kit::kafka::commonSettings(m_kafka->bootstrap(), "test");
        settings["group.id"] = "readers";
        const auto handle = kit::kafka::makeHandle(RD_KAFKA_CONSUMER, settings);
        const kit::kafka::PartitionList list(rd_kafka_topic_partition_list_new(1));
        rd_kafka_topic_partition_list_add(list.get(), "orders", 0)->offset = committed;
        if (const auto error = rd_kafka_commit(handle.value().get(), list.get(), 0))
            qFatal("%s", rd_kafka_err2str(error));
    }

private Q_SLOTS:
    void initTestCase() {
        makeCertificate(u"ca"_s);
        makeCertificate(u"another"_s);
        QFile key(m_folder.filePath(u"ca.key"_s)), certificate(m_folder.filePath(u"ca.pem"_s));
        if (!key.open(QIODevice::ReadOnly) || !certificate.open(QIODevice::ReadOnly)) qFatal("no certificate");
        write(u"server.pem"_s, key.readAll() + certificate.readAll());
        write(u"right.password"_s, "correct-horse\n");
        write(u"wrong.password"_s, "battery staple\n");

        const int behind = test::freePort();
        m_proxy = std::make_unique<CountingProxy>(behind);
        m_kafka = std::make_unique<test::RealKafka>(listeners(behind));
        runTool(stack::findJava(), {u"-cp"_s, stack::KafkaHome::jars().classPath(), u"kafka.admin.ConfigCommand"_s,
                                    u"--bootstrap-server"_s, QString::fromStdString(m_kafka->bootstrap()), u"--alter"_s,
                                    u"--add-config"_s, u"SCRAM-SHA-512=[iterations=4096,password=correct-horse]"_s,
                                    u"--entity-type"_s, u"users"_s, u"--entity-name"_s, u"viewer"_s});
        m_kafka->createTopic("orders", 1, {{"retention.ms", "7200000"}});
        std::vector<kit::kafka::OutRecord> sent;
        for (int i = 0; i < records; ++i)
            sent.push_back({"orders", "o-" + std::to_string(i), R"({"total":)" + std::to_string(i) + "}", {}});
        m_kafka->send(sent);
        commitSome();
    }
    void cleanupTestCase() {
        m_kafka.reset();
        m_proxy.reset();
    }

    // Never a blank, never a crash: what Kafka alone cannot tell is said in words.
    void everyCommandAnswersWithKafkaAlone_data() {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<int>("exit");
        QTest::addColumn<QString>("says");
        const auto row = [](const QString& words, int exit, const char* says) {
            QTest::newRow(qPrintable(words)) << words.split(u' ') << exit << QString::fromUtf8(says);
        };
        row(u"cluster"_s, 0, "orders");
        row(u"cluster --json"_s, 0, "\"orders\"");
        row(u"traffic --topic orders"_s, 0, R"({"total":39})");
        row(u"traffic --topic orders --json --limit 0"_s, 0, "\"o-39\"");
        row(u"traffic --topic orders --json --filter payload.total>38"_s, 0, "\"o-39\"");
        row(u"traffic --topic nowhere"_s, 2, "orders");
        row(u"actions"_s, 0, "No user action");
        row(u"actions 0123456789abcdef0123456789abcdef"_s, 1, "no span and no event");
        row(u"lag"_s, 0, "readers");
        row(u"lag --json"_s, 0, "\"readers\"");
        row(u"keys o-7"_s, 0, "not-configured");
        row(u"keys --json o-7"_s, 0, "not-configured");
        row(u"keys nobody-knows-this"_s, 1, "not-configured");
    }
    void everyCommandAnswersWithKafkaAlone() {
        QFETCH(QStringList, words);
        QFETCH(int, exit);
        QFETCH(QString, says);
        const auto result = runConsole(words + QStringList{u"--profile"_s, plain()});
        QVERIFY2(result.exitCode == exit, qPrintable(said(result)));
        QVERIFY2(said(result).contains(says), qPrintable(said(result)));
        if (!words.contains(u"--json"_s) || result.out.isEmpty()) return;
        for (const auto& line : result.out.trimmed().split('\n')) {
            QJsonParseError fault;
            QJsonDocument::fromJson(line, &fault);
            QVERIFY2(fault.error == QJsonParseError::NoError, line.constData());
        }
    }

    void clusterTellsWhatTheContractSays() {
        const auto result = runConsole({u"cluster"_s, u"--json"_s, u"--profile"_s, plain()});
        QVERIFY2(result.exitCode == 0, qPrintable(said(result)));
        const auto json = QJsonDocument::fromJson(result.out).object();
        const auto broker = json.value(u"brokers").toArray().first().toObject();
        QCOMPARE(broker.value(u"host").toString(), QString::fromStdString(m_kafka->bootstrap()));
        QVERIFY(broker.value(u"controller").toBool());
        QCOMPARE(broker.value(u"id").toInt(), 1);
        const auto topic = topicOf(json, u"orders"_s);
        QCOMPARE(topic.value(u"partitions").toInt(), 1);
        QCOMPARE(topic.value(u"under_replicated").toInt(-1), 0);
        QCOMPARE(topic.value(u"leaderless").toInt(-1), 0);
        QCOMPARE(topic.value(u"rate").toDouble(-1), 0.0);
        QCOMPARE(topic.value(u"config")[u"retention.ms"].toString(), u"7200000"_s);
        QCOMPARE(topic.value(u"layout").toArray().first()[u"end"].toInt(), records);
        QCOMPARE(json.value(u"groups")[u"Empty"].toInt(), 1);
        for (const auto& source : json.value(u"sources").toArray()) QCOMPARE(source[u"state"].toString(), u"ok"_s);
    }

    void lagIsWhatTheGroupHasLeft() {
        const auto result = runConsole({u"lag"_s, u"--json"_s, u"--group"_s, u"readers"_s, u"--profile"_s, plain()});
        const auto rows = QJsonDocument::fromJson(result.out).array();
        QVERIFY2(rows.size() == 1, qPrintable(said(result)));
        QCOMPARE(rows[0][u"lag"].toInt(), records - committed);
    }

    void aLoginOverTlsReadsTheSame_data() {
        QTest::addColumn<QByteArray>("mechanism");
        for (const auto* mechanism : {"SCRAM-SHA-512", "PLAIN"}) QTest::newRow(mechanism) << QByteArray(mechanism);
    }
    void aLoginOverTlsReadsTheSame() {
        QFETCH(QByteArray, mechanism);
        const auto file = secured("right.password", "ca_file = 'ca.pem'\n", mechanism);
        const auto cluster = runConsole({u"cluster"_s, u"--json"_s, u"--profile"_s, file});
        QVERIFY2(cluster.exitCode == 0, qPrintable(said(cluster)));
        QCOMPARE(topicOf(QJsonDocument::fromJson(cluster.out).object(), u"orders"_s).value(u"partitions").toInt(), 1);
        const auto traffic = runConsole({u"traffic"_s, u"--topic"_s, u"orders"_s, u"--json"_s, u"--profile"_s, file});
        QCOMPARE(traffic.lines().size(), records);
        // Groups, commits and time lag are read over the same listener, and so is what a lookup reads.
        const auto lag = runConsole({u"lag"_s, u"--json"_s, u"--group"_s, u"readers"_s, u"--profile"_s, file});
        const auto rows = QJsonDocument::fromJson(lag.out).array();
        QVERIFY2(rows.size() == 1, qPrintable(said(lag)));
        QCOMPARE(rows[0][u"committed"].toInt(), committed);
        QCOMPARE(rows[0][u"lag"].toInt(), records - committed);
        QVERIFY2(rows[0][u"lag_seconds"].toDouble(-1) >= 0, qPrintable(said(lag)));
        const auto keys = runConsole({u"keys"_s, u"--json"_s, u"o-7"_s, u"--profile"_s, file});
        const auto sources = QJsonDocument::fromJson(keys.out).object().value(u"sources").toArray();
        QVERIFY2(sources.first()[u"name"] == u"kafka"_s && sources.first()[u"state"] == u"ok"_s,
                 qPrintable(said(keys)));
    }

    void aPasswordMayHoldACommaAndWhatElseThereIs() {
        write(u"comma.password"_s, "one,two= ;three\n");
        QFile file(secured("comma.password", "ca_file = 'ca.pem'\n", "PLAIN"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto text = file.readAll().replace("\"viewer\"", "\"comma\"");
        const auto cluster = runConsole({u"cluster"_s, u"--json"_s, u"--profile"_s, write(u"comma.toml"_s, text)});
        QVERIFY2(cluster.exitCode == 0, qPrintable(said(cluster)));
    }

    void theBrokerSaysWhyItRefuses_data() {
        QTest::addColumn<QString>("command");
        QTest::addColumn<QByteArray>("mechanism");
        for (const auto* command : {"cluster", "traffic", "actions", "lag"})
            QTest::newRow(command) << QString::fromLatin1(command) << QByteArray("SCRAM-SHA-512");
        QTest::newRow("PLAIN") << u"cluster"_s << QByteArray("PLAIN");
    }
    // Wish 23: the broker's own words, not only "offline"; and passwords as they are.
    void theBrokerSaysWhyItRefuses() {
        QFETCH(QString, command);
        QFETCH(QByteArray, mechanism);
        const auto result =
            runConsole({command, u"--profile"_s, secured("wrong.password", "ca_file = 'ca.pem'\n", mechanism)});
        QVERIFY2(result.exitCode == 3, qPrintable(said(result)));
        QVERIFY2(result.err.contains("uthentication failed"), qPrintable(said(result)));
    }

    void aForeignCertificateIsRefused() {
        const auto result =
            runConsole({u"cluster"_s, u"--profile"_s, secured("right.password", "ca_file = 'another.pem'\n")});
        QVERIFY2(result.exitCode == 3, qPrintable(said(result)));
        QVERIFY2(result.err.contains("certificate verify failed"), qPrintable(said(result)));
    }

    void aWrongKeyIsWrongUsage() {
        const auto result =
            runConsole({u"cluster"_s, u"--profile"_s, secured("right.password", "ca_fil = 'ca.pem'\n")});
        QCOMPARE(result.exitCode, 2);
        QVERIFY2(result.err.contains("profile.toml:7: kafka.ca_fil"), qPrintable(said(result)));
        QCOMPARE(runConsole({u"cluster"_s, u"--profile"_s, u"nobody-has-this"_s}).exitCode, 2);
        QCOMPARE(runConsole({u"cluster"_s, u"--profile"_s, plain(), u"--data"_s, m_folder.path()}).exitCode, 2);
    }

    void nobodyThereIsSaid() {
        const auto port = QByteArray::number(test::freePort());
        for (const auto* command : {"cluster", "traffic", "actions", "lag"}) {
            const auto result = runConsole({QString::fromLatin1(command), u"--profile"_s,
                                            profile("[kafka]\nbootstrap = '127.0.0.1:" + port + "'\n")});
            QVERIFY2(result.exitCode == 3, qPrintable(said(result)));
            QVERIFY2(result.err.contains("Connection refused"), qPrintable(said(result)));
        }
    }

    void whatWritesIsRefused_data() {
        QTest::addColumn<QString>("words");
        for (const auto& words : {u"fault kill kafka"_s, u"play create-post"_s, u"up"_s, u"down"_s})
            QTest::newRow(qPrintable(words)) << words;
    }
    // Wish 19: nothing is deleted or written by mistake: a profile is read-only.
    void whatWritesIsRefused() {
        QFETCH(QString, words);
        const auto readOnly = runConsole(words.split(u' ') + QStringList{u"--profile"_s, plain()});
        QVERIFY2(readOnly.exitCode == 1, qPrintable(said(readOnly)));
        QVERIFY2(readOnly.err.contains("read-only"), qPrintable(said(readOnly)));
        const auto file = profile("read_only = false\n[kafka]\nbootstrap = 'h:1'\n");
        const auto writable = runConsole(words.split(u' ') + QStringList{u"--profile"_s, file});
        QVERIFY2(writable.exitCode == 1, qPrintable(said(writable)));
        QVERIFY2(writable.err.contains("local Nova"), qPrintable(said(writable)));
    }

    // 4 MB that no compression makes fewer, at 1 MiB/s: the proxy sees how long it takes.
    void aScanObeysTheBudget() {
        m_kafka->createTopic("bulk", 1);
        std::mt19937 random(7);
        std::vector<kit::kafka::OutRecord> sent;
        for (int i = 0; i < 80; ++i) {
            std::string value(50'000, 0);
            for (auto& byte : value) byte = static_cast<char>(random());
            sent.push_back({"bulk", "k", std::move(value), {}});
        }
        m_kafka->send(sent);
        const auto file = counted("[limits]\nread_bytes_per_second = 1048576\n");
        m_proxy->reset();
        QElapsedTimer clock;
        clock.start();
        const auto result =
            runConsole({u"traffic"_s, u"--topic"_s, u"bulk"_s, u"--limit"_s, u"0"_s, u"--profile"_s, file});
        const auto seconds = static_cast<double>(clock.elapsed()) / 1'000;
        QVERIFY2(result.exitCode == 0, qPrintable(said(result)));
        QVERIFY(m_proxy->bytes() > 4'000'000);
        QVERIFY2(seconds > 1.5,
                 qPrintable(QString::number(seconds)));  // but for a second's worth and what was on its way
    }
};

QTEST_GUILESS_MAIN(AttachTest)
#include "tst_attach.moc"
