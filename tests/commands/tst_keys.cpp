// `keys` that is interrupted says what it did not read, and that its answer is not the whole one.
#include <signal.h>

#include <QJsonArray>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include "tests/support/console_child.h"
#include "tests/support/live_nova.h"
#include "tests/support/real_kafka.h"

using namespace Qt::StringLiterals;
using nova::test::runConsole;

class KeysTest : public QObject {
    Q_OBJECT

    static constexpr const char* known = "0193a8e3-1c52-7d04-9b3e-7c2a81f04e91";
    static constexpr const char* topic = "nova.content.events";
    QTemporaryDir m_folder;
    std::unique_ptr<nova::test::RealKafka> m_kafka;

    QString profile(const QString& name, const QByteArray& more = {}) const {
        return nova::test::writeProfile(m_folder.filePath(name + u".toml"_s), m_kafka->bootstrap(), more);
    }

private Q_SLOTS:
    void initTestCase() {
        m_kafka = std::make_unique<nova::test::RealKafka>();
        m_kafka->createTopic(topic, 2);
        std::vector<nova::kit::kafka::OutRecord> records;
        records.push_back({topic,
                           "p1",
                           "",
                           {{"ce_specversion", "1.0"},
                            {"ce_id", known},
                            {"ce_source", "/nova/content-service"},
                            {"ce_type", "PostCreated"},
                            {"ce_time", "2026-11-22T23:41:48.431000Z"},
                            {"ce_subject", "p1"},
                            {"ce_dataschema", "nova.events.v1.PostCreated"}},
                           0});
        for (int i = 0; i < 64; ++i) records.push_back({topic, "another", std::string(128 << 10, 'x'), {}, i % 2});
        m_kafka->send(records);
    }

    void whatIsInterruptedSaysWhatWasNotRead() {
        const auto slow = profile(u"slow"_s, "[limits]\nread_bytes_per_second = 65536\n");
        QProcess keys;
        keys.start(QStringLiteral(NOVA_BIN_DIR "/nova-console"),
                   {u"keys"_s, u"p1"_s, u"--json"_s, u"--profile"_s, slow});
        QTRY_VERIFY_WITH_TIMEOUT(nova::test::catches(keys.processId(), SIGINT), 30'000);
        QCOMPARE(::kill(static_cast<pid_t>(keys.processId()), SIGINT), 0);
        QVERIFY(keys.waitForFinished(30'000));
        const auto err = keys.readAllStandardError(), out = keys.readAllStandardOutput();
        QCOMPARE(keys.exitStatus(), QProcess::NormalExit);
        QVERIFY2(keys.exitCode() == 1, err.constData());
        QVERIFY2(err.contains("kafka not read whole: interrupted"), err.constData());
        QVERIFY2(err.contains("spans not read whole: interrupted"), err.constData());
        QVERIFY2(err.contains("interrupted: nothing was found so far") == out.isEmpty(), err.constData());
    }

    // Asked to the end, neither it nor its sources say so.
    void whatIsReadWholeDoesNot() {
        const auto shown =
            runConsole({u"keys"_s, QLatin1String(known), u"--json"_s, u"--profile"_s, profile(u"all"_s)}, 60'000);
        QVERIFY2(shown.exitCode == 0, shown.err.constData());
        QVERIFY2(!shown.err.contains("interrupted") && !shown.out.contains("interrupted"), shown.out.constData());
        const auto sources = shown.lines().value(0).value(u"sources").toArray();
        QCOMPARE(sources.first().toObject().value(u"name").toString(), u"kafka"_s);
        QCOMPARE(sources.first().toObject().value(u"state").toString(), u"ok"_s);
    }
};

QTEST_GUILESS_MAIN(KeysTest)
#include "tst_keys.moc"
