// Bounded reads: from a place to a place, in offset order, each record once.
#include <QtTest>

#include "app/engine/traffic/scan.h"
#include "tests/support/real_stores.h"

using namespace nova::engine;
using nova::test::MockKafka;

class ScanTest : public QObject {
    Q_OBJECT

    std::unique_ptr<MockKafka> m_kafka;
    std::atomic<bool> m_stop{false};
    using Seen = std::map<std::pair<std::string, int>, std::vector<std::int64_t>>;

    nova::kit::Result<ScanReport> run(const ScanRequest& request, Seen& seen) {
        return scan(
            ReadSession(m_kafka->bootstrap()), request,
            [&](const rd_kafka_message_t& m) {
                seen[{rd_kafka_topic_name(m.rkt), m.partition}].push_back(m.offset);
                return true;
            },
            m_stop);
    }
    static std::size_t count(const Seen& seen) {
        std::size_t all = 0;
        for (const auto& [partition, offsets] : seen) all += offsets.size();
        return all;
    }

private Q_SLOTS:
    void initTestCase() {
        m_kafka = std::make_unique<MockKafka>();
        m_kafka->createTopic("nova.content.events");
        m_kafka->createTopic("nova.social.events");
        m_kafka->createTopic("otlp_spans");
        std::vector<nova::kit::kafka::OutRecord> records;
        for (int i = 0; i < 300; ++i) records.push_back({"nova.content.events", "key" + std::to_string(i), "v", {}});
        for (int i = 0; i < 40; ++i) records.push_back({"nova.social.events", "key" + std::to_string(i), "v", {}});
        for (int i = 0; i < 10; ++i) records.push_back({"otlp_spans", "key" + std::to_string(i), "v", {}});
        m_kafka->send(records);
    }

    void allIsReadOnceAndInOrder() {
        Seen seen;
        ScanRequest request;
        request.from = {Place::Kind::earliest, 0};
        const auto report = run(request, seen);
        QVERIFY2(report, report ? "" : report.error().what.c_str());
        QCOMPARE(report.value().records, 340);  // not the spans: nobody named them
        QCOMPARE(count(seen), 340u);
        for (const auto& [partition, offsets] : seen) {
            for (std::size_t i = 0; i < offsets.size(); ++i) QCOMPARE(offsets[i], static_cast<std::int64_t>(i));
        }
    }

    void spansComeWhenNamed() {
        Seen seen;
        ScanRequest request;
        request.from = {Place::Kind::earliest, 0};
        request.topics = {"otlp_spans"};
        QCOMPARE(run(request, seen).value().records, 10);
    }

    void aPatternDoesNotReachThem() {
        Seen seen;
        ScanRequest request;
        request.from = {Place::Kind::earliest, 0};
        request.topics = {"*o*"};
        QCOMPARE(run(request, seen).value().records, 340);
    }

    void theLimitSaysThatThereWasMore() {
        Seen seen;
        ScanRequest request;
        request.from = {Place::Kind::earliest, 0};
        request.limit = 25;
        const auto report = run(request, seen);
        QVERIFY(report.value().limited);
        QCOMPARE(count(seen), 25u);
        request.limit = 340;
        seen.clear();
        QVERIFY(!run(request, seen).value().limited);
    }

    void offsetsBoundBothEnds() {
        Seen seen;
        ScanRequest request;
        request.topics = {"nova.content.events"};
        request.from = {Place::Kind::offset, 5};
        request.until = Place{Place::Kind::offset, 8};
        QVERIFY(run(request, seen));
        for (const auto& [partition, offsets] : seen) QCOMPARE(offsets, (std::vector<std::int64_t>{5, 6, 7}));
        QCOMPARE(seen.size(), 6u);
    }

    void aPartitionWithoutALeaderSpoilsNoOther() {
        m_kafka->setLed("nova.content.events", 2, false);
        Seen seen;
        ScanRequest request;
        request.from = {Place::Kind::earliest, 0};
        const auto report = run(request, seen);
        m_kafka->setLed("nova.content.events", 2, true);
        QVERIFY2(report, report ? "" : report.error().what.c_str());
        QCOMPARE(report.value().end, ScanEnd::unavailable);
        QVERIFY(seen.size() >= 11 && !seen.contains({"nova.content.events", 2}));
        int troubles = 0;
        for (const auto& range : report.value().ranges) {
            if (range.trouble.empty()) continue;
            ++troubles;
            QVERIFY(range.topic == "nova.content.events" && range.partition == 2);
            QVERIFY2(range.trouble.find("no leader") != std::string::npos, range.trouble.c_str());
        }
        QCOMPARE(troubles, 1);
    }

    // Wish 14: "newest" was live elsewhere, and "newest − n" showed what was asked for minus 50. From now is from now.
    void fromNowThereIsNothing() {
        Seen seen;
        QCOMPARE(run({}, seen).value().records, 0);
    }

    void anUnknownTopicNamesTheKnown() {
        Seen seen;
        ScanRequest request;
        request.topics = {"nova.contnet.events"};
        const auto report = run(request, seen);
        QVERIFY(!report && report.error().kind == nova::kit::ErrorKind::badInput);
        QVERIFY(report.error().what.find("nova.content.events") != std::string::npos);
    }

    void followingGoesOn() {
        Seen seen;
        ScanRequest request;
        request.follow = true;
        std::thread writer([this] {
            for (int i = 0; i < 50 && !m_stop; ++i) {
                m_kafka->send({{"nova.social.events", "late", "v", {}}});
                std::this_thread::sleep_for(std::chrono::milliseconds(50));
            }
        });
        const auto report = scan(
            ReadSession(m_kafka->bootstrap()), request, [&](const rd_kafka_message_t&) { return false; }, m_stop);
        m_stop = true;
        writer.join();
        m_stop = false;
        QVERIFY(report);
        QCOMPARE(report.value().records, 1);
    }

    // What had no leader at the start is told, and read from the place asked for once it has one.
    void followingReadsWhatGetsItsLeaderLate() {
        nova::test::MockKafka kafka;
        kafka.createTopic("t", 2);
        kafka.send({{"t", "k", "first", {}, 0}, {"t", "k", "first", {}, 1}});
        kafka.setLed("t", 0, false);
        ScanRequest request;
        request.topics = {"t"};
        request.from.kind = Place::Kind::earliest;
        request.follow = true;
        request.limit = 3;
        Seen seen;
        bool told = false, over = false;
        ScanHooks hooks;
        hooks.record = [&](const rd_kafka_message_t& m) {
            seen[{rd_kafka_topic_name(m.rkt), m.partition}].push_back(m.offset);
            return true;
        };
        hooks.troubles = [&](const std::vector<std::string>& troubles) {
            const bool lacks = troubles.size() == 1 && troubles.front().find("t 0: it has no leader") == 0;
            over = told && troubles.empty();
            told = told || lacks;
            if (lacks) kafka.setLed("t", 0, true);
            if (over) kafka.send({{"t", "k", "second", {}, 0}});
        };
        const auto report = scan(ReadSession(kafka.bootstrap()), request, hooks, m_stop);
        QVERIFY2(report, report ? "" : report.error().what.c_str());
        QVERIFY(told && over);
        QCOMPARE(report.value().end, ScanEnd::limit);
        QCOMPARE((seen[{"t", 0}]), (std::vector<std::int64_t>{0, 1}));
        QCOMPARE((seen[{"t", 1}]), (std::vector<std::int64_t>{0}));
        for (const auto& range : report.value().ranges) {
            QVERIFY(range.trouble.empty());
            QCOMPARE(range.from, 0);
            QCOMPARE(range.next, range.partition == 0 ? 2 : 1);
        }
    }

    void nobodyAnswers() {
        Seen seen;
        const auto session = ReadSession("127.0.0.1:" + std::to_string(nova::test::freePort()));
        const auto report = scan(
            session, {}, [](const rd_kafka_message_t&) { return true; }, m_stop);
        QVERIFY(!report && report.error().retryable());
    }

    void places_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("kind");
        QTest::addColumn<qint64>("value");
        const auto row = [](const char* text, Place::Kind kind, qint64 value) {
            QTest::newRow(text) << QString::fromLatin1(text) << static_cast<int>(kind) << value;
        };
        row("earliest", Place::Kind::earliest, 0);
        row("17", Place::Kind::offset, 17);
        row("-5m", Place::Kind::time, 1'000'000'000 - 300'000);
        row("-250ms", Place::Kind::time, 1'000'000'000 - 250);
        row("-2h", Place::Kind::time, 1'000'000'000 - 7'200'000);
        row("2023-11-14T22:13:20Z", Place::Kind::time, 1'700'000'000'000);
    }
    void places() {
        QFETCH(QString, text);
        QFETCH(int, kind);
        QFETCH(qint64, value);
        const auto place = Place::parse(text.toStdString(), 1'000'000'000);
        QVERIFY(place);
        QCOMPARE(static_cast<int>(place.value().kind), kind);
        if (place.value().kind != Place::Kind::earliest) QCOMPARE(place.value().value, value);
    }

    void wrongPlaces() {
        for (const char* text : {"", "-", "-5", "-m", "5m", "yesterday", "-5x", "99999999999999999999", "--5m",
                                 "-999999999999999999d"})
            QVERIFY2(!Place::parse(text, 0), text);
    }

    void patterns() {
        QVERIFY(matchesTopic("nova.*", "nova.content.events"));
        QVERIFY(matchesTopic("*.events", "nova.content.events"));
        QVERIFY(matchesTopic("nova.*.events.dlq", "nova.content.events.dlq"));
        QVERIFY(matchesTopic("*", ""));
        QVERIFY(!matchesTopic("nova.*", "otlp_spans"));
        QVERIFY(!matchesTopic("nova", "nova.content.events"));
        QVERIFY(!matchesTopic("*.events", "nova.content.events.dlq"));
    }

    void cleanupTestCase() { m_kafka.reset(); }
};

QTEST_GUILESS_MAIN(ScanTest)
#include "tst_scan.moc"
