// `traffic --export` and `--open`: what was searched on a real Kafka, opened again without it, is the same to the
// letter.
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
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

    void whatIsOpenedIsWhatWasSearched_data() {
        QTest::addColumn<QString>("name");
        QTest::newRow("JSON Lines") << u"all.jsonl"_s;
        QTest::newRow("CSV") << u"all.csv"_s;
    }
    void whatIsOpenedIsWhatWasSearched() {
        QFETCH(QString, name);
        const auto shown = traffic(attached({u"--json"_s}));
        QCOMPARE(shown.lines().size(), 61);
        const auto written = traffic(attached({u"--export"_s, path(name)}));
        QVERIFY2(written.exitCode == 0 && written.out.isEmpty(), written.err.constData());
        QVERIFY2(written.err.contains("61 written to "), written.err.constData());
        const auto opened = traffic({u"--open"_s, path(name), u"--json"_s, u"--limit"_s, u"0"_s});
        QCOMPARE(opened.exitCode, 0);
        QCOMPARE(opened.out, shown.out);
    }

    // Across partitions by time, within each by offset.
    void whatIsSearchedStandsInTheOrderOfTime() {
        QString before;
        QMap<int, qint64> offsets;
        for (const auto& event : traffic(attached({u"--json"_s})).lines()) {
            QVERIFY(event[u"time"].toString() >= before);
            before = event[u"time"].toString();
            const int partition = event[u"partition"].toInt();
            QVERIFY(event[u"offset"].toInteger() >= offsets.value(partition, 0));
            offsets[partition] = event[u"offset"].toInteger() + 1;
        }
        QCOMPARE(offsets.size(), 3);
    }

    // Wishes 10 and 11: nothing is silently incomplete, bounds are explicit, and the search goes on exactly where it
    // ended.
    void anIncompleteSearchSaysSoAndGoesOnWhereItEnded_data() {
        QTest::addColumn<QStringList>("bound");
        QTest::addColumn<QByteArray>("says");
        QTest::addColumn<QString>("end");
        QTest::newRow("matches") << QStringList{u"--limit"_s, u"9"_s} << QByteArray("; the limit ended it")
                                 << u"limit"_s;
        QTest::newRow("records") << QStringList{u"--max-records"_s, u"9"_s} << QByteArray("; --max-records ended it")
                                 << u"records"_s;
        QTest::newRow("bytes") << QStringList{u"--max-bytes"_s, u"100B"_s} << QByteArray("; --max-bytes ended it")
                               << u"bytes"_s;
    }
    void anIncompleteSearchSaysSoAndGoesOnWhereItEnded() {
        QFETCH(QStringList, bound);
        QFETCH(QByteArray, says);
        QFETCH(QString, end);
        const QString file = path(u"positions.json"_s);
        QSet<QPair<int, qint64>> seen;
        if (!bound.contains(u"--limit"_s)) bound += QStringList{u"--limit"_s, u"0"_s};
        QStringList words{u"--profile"_s, m_profile, u"--from"_s, u"earliest"_s};
        for (int runs = 1;; ++runs) {
            const auto result = traffic(words + bound + QStringList{u"--json"_s, u"--positions"_s, file});
            QVERIFY2(result.exitCode == 0, result.err.constData());
            for (const auto& event : result.lines()) {
                const QPair place(event[u"partition"].toInt(), event[u"offset"].toInteger());
                QVERIFY2(!seen.contains(place), "told twice");
                seen.insert(place);
            }
            QFile positions(file);
            QVERIFY(positions.open(QIODevice::ReadOnly));
            const auto told = QJsonDocument::fromJson(positions.readAll()).object();
            for (const auto& each : told[u"ranges"].toArray()) {
                const auto range = each.toObject();
                for (auto offset = range[u"from"].toInteger(); offset < range[u"until"].toInteger(); ++offset)
                    QCOMPARE(seen.contains({range[u"partition"].toInt(), offset}), offset < range[u"next"].toInteger());
            }
            if (told[u"end"] == u"all"_s) {
                QVERIFY(runs > 2);
                break;
            }
            QCOMPARE(told[u"end"].toString(), end);
            QVERIFY2(result.err.contains(says) && result.err.contains("goes on there"), result.err.constData());
            words = {u"--profile"_s, m_profile, u"--continue"_s, file};
        }
        QCOMPARE(seen.size(), 61);
    }

    // Without a word of --json nothing is cut off silently, the default limit neither.
    void aSearchThatEndedByItsLimitIsNeverSilent() {
        const auto cut =
            traffic({u"--profile"_s, m_profile, u"--from"_s, u"earliest"_s, u"--limit"_s, u"5"_s, u"--json"_s});
        QCOMPARE(cut.lines().size(), 5);
        QVERIFY2(cut.err.contains("; the limit ended it") && cut.err.contains("orders 0: "), cut.err.constData());
        QVERIFY(traffic(attached({u"--json"_s})).err.isEmpty());
        const auto timed = traffic(attached({u"--json"_s, u"--max-time"_s, u"1us"_s}));
        QVERIFY2(timed.exitCode == 0 && timed.err.contains("; --max-time ended it"), timed.err.constData());
        QVERIFY2(timed.err.contains("none of its offsets 0 to "), timed.err.constData());
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

    // A script that keeps the output must not take half of it for all; who closes a pipe has read enough.
    void aFullDiskIsNotSuccess() {
        const auto into = [this](const QString& line) {
            QProcess shell;
            shell.start(u"bash"_s, {u"-o"_s, u"pipefail"_s, u"-c"_s, line,
                                    QCoreApplication::applicationDirPath() + u"/../bin/nova-console"_s, m_profile});
            return shell.waitForFinished(20'000) ? std::pair(shell.exitCode(), shell.readAllStandardError())
                                                 : std::pair(-1, QByteArray());
        };
        const QString search = u"\"$0\" traffic --profile \"$1\" --from earliest --limit 0"_s;
        const auto full = into(search + u" >/dev/full"_s);
        QCOMPARE(full.first, 1);
        QVERIFY2(full.second.contains("could not be written"), full.second.constData());
        QVERIFY(!into(search + u" | head -n 1"_s).second.contains("could not be written"));
    }

    void wrongUsesAreRefused_data() {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("ending") << attached({u"--export"_s, u"x.txt"_s}) << QByteArray("neither .jsonl nor .csv");
        QTest::newRow("open and from") << QStringList{u"--open"_s, u"x.jsonl"_s, u"--from"_s, u"-5m"_s}
                                       << QByteArray("--open");
        QTest::newRow("continue and topic")
            << QStringList{u"--continue"_s, u"x"_s, u"--topic"_s, u"orders"_s} << QByteArray("--continue");
        QTest::newRow("no positions") << QStringList{u"--profile"_s, m_profile, u"--continue"_s, m_profile}
                                      << QByteArray("tells no positions");
        QTest::newRow("no size") << attached({u"--max-bytes"_s, u"3s"_s}) << QByteArray("--max-bytes");
        QTest::newRow("no duration") << attached({u"--max-time"_s, u"5"_s}) << QByteArray("--max-time");
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
