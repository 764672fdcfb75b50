// `actions` says what it did not read: a topic that may not be read, a scan that was interrupted.
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

class ActionsTest : public QObject {
    Q_OBJECT

    static constexpr const char* known = "4bf92f3577b34da6a3ce929d0e0e4736";
    static constexpr const char* unknown = "5bf92f3577b34da6a3ce929d0e0e4737";
    QTemporaryDir m_folder;
    std::unique_ptr<nova::test::RealKafka> m_kafka;

    QString profile(const QString& name, const QByteArray& more = {}) const {
        return nova::test::writeProfile(m_folder.filePath(name + u".toml"_s), m_kafka->bootstrap(), more);
    }
    static QJsonObject source(const QJsonObject& action, const QString& name) {
        for (const auto& one : action.value(u"sources").toArray())
            if (one.toObject().value(u"name").toString() == name) return one.toObject();
        return {};
    }

private Q_SLOTS:
    void initTestCase() {
        m_kafka = std::make_unique<nova::test::RealKafka>(nova::test::RealKafka::withRights);
        m_kafka->createTopic("otlp_spans", 2);
        m_kafka->createTopic("nova.content.events", 2);
        m_kafka->createTopic("nova.social.events", 1);
        std::vector<nova::kit::kafka::OutRecord> records;
        records.push_back({"nova.content.events",
                           "p1",
                           "",
                           {{"ce_specversion", "1.0"},
                            {"ce_id", "0193a8e3-1c52-7d04-9b3e-7c2a81f04e91"},
                            {"ce_source", "/nova/content-service"},
                            {"ce_type", "PostCreated"},
                            {"ce_time", "2026-11-22T23:41:48.431000Z"},
                            {"ce_subject", "p1"},
                            {"ce_dataschema", "nova.events.v1.PostCreated"},
                            {"traceparent", std::string("00-") + known + "-00f067aa0ba902b7-01"}},
                           0});
        records.push_back({"nova.social.events", "u1", "", {}, 0});
        for (int i = 0; i < 64; ++i)
            records.push_back({"otlp_spans", "another", std::string(128 << 10, 'x'), {}, i % 2});
        m_kafka->send(records);
    }

    void allIsRead() {
        const auto shown = runConsole({u"actions"_s, u"--json"_s, u"--profile"_s, profile(u"all"_s)});
        QVERIFY2(shown.exitCode == 0, shown.err.constData());
        QCOMPARE(shown.lines().size(), 1);
        for (const auto& name : {u"otlp_spans"_s, u"events"_s})
            QCOMPARE(source(shown.lines().first(), name).value(u"state").toString(), u"ok"_s);
        const auto none = runConsole({u"actions"_s, QLatin1String(unknown), u"--profile"_s, profile(u"all"_s)});
        QCOMPARE(none.exitCode, 1);
        QVERIFY2(none.err.contains("no span and no event"), none.err.constData());
    }

    void whatIsInterruptedSaysSo_data() {
        QTest::addColumn<QString>("trace");
        QTest::newRow("list") << QString();
        QTest::newRow("one") << QString::fromLatin1(unknown);
    }
    void whatIsInterruptedSaysSo() {
        QFETCH(QString, trace);
        const auto slow = profile(u"slow"_s, "[limits]\nread_bytes_per_second = 65536\n");
        QStringList words{u"actions"_s, u"--profile"_s, slow};
        if (!trace.isEmpty()) words.insert(1, trace);
        QProcess actions;
        actions.start(QStringLiteral(NOVA_BIN_DIR "/nova-console"), words);
        QTRY_VERIFY_WITH_TIMEOUT(nova::test::catches(actions.processId(), SIGINT), 30'000);
        QCOMPARE(::kill(static_cast<pid_t>(actions.processId()), SIGINT), 0);
        QVERIFY(actions.waitForFinished(30'000));
        const auto err = actions.readAllStandardError();
        QCOMPARE(actions.exitStatus(), QProcess::NormalExit);
        QVERIFY2(actions.exitCode() == 1, err.constData());
        QVERIFY2(err.contains("interrupted"), err.constData());
        QVERIFY2(!err.contains("no span and no event"), err.constData());
        QVERIFY2(!err.contains("No user action yet"), err.constData());
    }

    void whatMayNotBeReadIsNotSaidToBeRead() {
        m_kafka->forbidReading("nova.social.events");
        const auto shown = runConsole({u"actions"_s, u"--json"_s, u"--profile"_s, profile(u"part"_s)});
        QCOMPARE(shown.exitCode, 1);
        QVERIFY2(shown.err.contains("events not read whole: nova.social.events 0: "), shown.err.constData());
        QCOMPARE(shown.lines().size(), 1);  // of what could be read
        QCOMPARE(source(shown.lines().first(), u"otlp_spans"_s).value(u"state").toString(), u"ok"_s);
        const auto events = source(shown.lines().first(), u"events"_s);
        QCOMPARE(events.value(u"state").toString(), u"refused"_s);
        QVERIFY2(events.value(u"detail").toString().startsWith(u"nova.social.events 0: "_s),
                 qPrintable(events.value(u"detail").toString()));
        const auto none = runConsole({u"actions"_s, QLatin1String(unknown), u"--profile"_s, profile(u"part"_s)});
        QCOMPARE(none.exitCode, 3);
        QVERIFY2(none.err.contains("is not in what was read"), none.err.constData());
        m_kafka->permitReading("nova.social.events");
    }
};

QTEST_GUILESS_MAIN(ActionsTest)
#include "tst_actions.moc"
