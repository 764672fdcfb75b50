// `traffic --export` and `--open`: what was searched on a real Kafka, opened again without it, is the same to the
// letter.
#include <QTemporaryDir>
#include <QtTest>

#include "tests/support/live_nova.h"
#include "tests/support/real_kafka.h"

using namespace Qt::StringLiterals;
using nova::test::runConsole;

class TrafficFilesTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<nova::test::RealKafka> m_kafka;
    QString m_profile;

    QString path(const QString& name) const { return m_folder.filePath(name); }
    nova::test::CommandResult traffic(const QStringList& words) const {
        return runConsole(QStringList{u"traffic"_s} + words, 20'000);
    }
    QStringList attached(const QStringList& words) const {
        return QStringList{u"--profile"_s, m_profile, u"--from"_s, u"earliest"_s, u"--limit"_s, u"0"_s} + words;
    }

private Q_SLOTS:
    void initTestCase() {
        m_kafka = std::make_unique<nova::test::RealKafka>();
        m_kafka->createTopic("orders", 3);
        std::vector<nova::kit::kafka::OutRecord> records;
        for (int i = 0; i < 60; ++i)
            records.push_back({"orders",
                               "o" + std::to_string(i),
                               R"({"total":)" + std::to_string(i) + "}",
                               {{"kind", "\xFF\x01"}, {"kind", "b"}},
                               i % 3});
        records.push_back({"orders", "binary", std::string("\x00\xFE\xC1", 3), {}, 0});
        m_kafka->send(records);
        m_profile = path(u"orders.toml"_s);
        QFile file(m_profile);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("name = \"orders\"\nenvironment = \"staging\"\n[kafka]\nbootstrap = \"" +
                   QByteArray::fromStdString(m_kafka->bootstrap()) + "\"\n");
    }

    void whatIsOpenedIsWhatWasSearched() {
        const auto shown = traffic(attached({u"--json"_s}));
        QCOMPARE(shown.lines().size(), 61);
        const auto written = traffic(attached({u"--export"_s, path(u"all.jsonl"_s)}));
        QVERIFY2(written.exitCode == 0 && written.out.isEmpty(), written.err.constData());
        QVERIFY2(written.err.contains("61 written to "), written.err.constData());
        const auto opened = traffic({u"--open"_s, path(u"all.jsonl"_s), u"--json"_s, u"--limit"_s, u"0"_s});
        QCOMPARE(opened.exitCode, 0);
        QCOMPARE(opened.out, shown.out);
    }

    void theFilterIsTheSameForBoth() {
        const QStringList filter{u"--filter"_s, u"payload.total>=40 partition:1"_s, u"--json"_s};
        const auto shown = traffic(attached(filter));
        QCOMPARE(shown.lines().size(), 7);  // 40, 43 … 58
        QCOMPARE(traffic(QStringList{u"--open"_s, path(u"all.jsonl"_s)} + filter).out, shown.out);
        QCOMPARE(traffic(attached({u"--export"_s, path(u"some.csv"_s)}) + filter.mid(0, 2)).exitCode, 0);
        QFile csv(path(u"some.csv"_s));
        QVERIFY(csv.open(QIODevice::ReadOnly));
        QCOMPARE(csv.readAll().count("\r\n"), 7 + 1);
    }

    void wrongUsesAreRefused_data() {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("ending") << attached({u"--export"_s, u"x.txt"_s}) << QByteArray("neither .jsonl nor .csv");
        QTest::newRow("open and from") << QStringList{u"--open"_s, u"x.jsonl"_s, u"--from"_s, u"-5m"_s}
                                       << QByteArray("--open");
        QTest::newRow("no such file") << QStringList{u"--open"_s, u"/nowhere.jsonl"_s} << QByteArray("/nowhere.jsonl");
        QTest::newRow("no export") << QStringList{u"--open"_s, m_profile} << QByteArray("line 1");
    }
    void wrongUsesAreRefused() {
        QFETCH(QStringList, words);
        QFETCH(QByteArray, says);
        const auto result = traffic(words);
        QCOMPARE(result.exitCode, 2);
        QVERIFY2(result.err.contains(says), result.err.constData());
        QVERIFY(result.out.isEmpty());
    }
};

QTEST_GUILESS_MAIN(TrafficFilesTest)
#include "tst_traffic_files.moc"
