// The live tail: all topics but the spans, from now on, in batches, with rates; it finds new topics and returning
// brokers.
#include <QSignalSpy>
#include <QtTest>

#include "app/engine/traffic/traffic_observer.h"
#include "tests/support/real_stores.h"
#include "tests/support/strict_log.h"

using namespace nova::engine;
using namespace Qt::StringLiterals;
using nova::test::MockKafka;

class TrafficObserverTest : public QObject {
    Q_OBJECT

    static std::vector<nova::kit::kafka::OutRecord> records(const std::string& topic, int count) {
        std::vector<nova::kit::kafka::OutRecord> list;
        for (int i = 0; i < count; ++i)
            list.push_back({topic, "key" + std::to_string(i), "value", {{"ce_type", "Test"}}});
        return list;
    }

private Q_SLOTS:
    void initTestCase() { nova::test::failOnLoggedErrors(); }

    void itSeesWhatComesFromNowOn() {
        MockKafka kafka;
        kafka.createTopic("nova.content.events");
        kafka.createTopic("otlp_spans");
        kafka.send(records("nova.content.events", 50));  // before: not shown
        TrafficObserver observer;
        QSignalSpy connected(&observer, &TrafficObserver::connected), batches(&observer, &TrafficObserver::batch);
        std::atomic<int> sunk{0};
        observer.setSink([&](const Event&) { ++sunk; });
        observer.start(QString::fromStdString(kafka.bootstrap()));
        QVERIFY(connected.wait(10'000));
        QVERIFY(observer.topics().contains(u"nova.content.events"_s) && !observer.topics().contains(u"otlp_spans"_s));
        kafka.send(records("otlp_spans", 20));
        kafka.send(records("nova.content.events", 200));
        QTRY_COMPARE_WITH_TIMEOUT(observer.ring().snapshot().last(), 200u, 10'000);
        QCOMPARE(sunk.load(), 200);
        TrafficBatch last;
        QTRY_VERIFY_WITH_TIMEOUT(
            (last = batches.isEmpty() ? last : batches.last().first().value<TrafficBatch>()).last == 200, 5'000);
        quint64 next = 0;
        for (const auto& arguments : batches) {  // without a gap, without a repeat
            const auto batch = arguments.first().value<TrafficBatch>();
            QCOMPARE(batch.first, next);
            next = batch.last;
        }
        QCOMPARE(last.dropped, 0u);
        QCOMPARE(last.topicTotal.value(u"nova.content.events"_s), 200u);
        const auto silent = [&] { return batches.last().first().value<TrafficBatch>().perSecond == 0; };
        QTRY_VERIFY_WITH_TIMEOUT(silent(), 5'000);  // rates fall to nothing by themselves
        observer.stop();
        QVERIFY(!observer.isRunning());
    }

    void aNewTopicIsReadFromItsBeginning() {
        MockKafka kafka;
        kafka.createTopic("nova.content.events");
        TrafficObserver observer;
        QSignalSpy connected(&observer, &TrafficObserver::connected);
        observer.start(QString::fromStdString(kafka.bootstrap()));
        QVERIFY(connected.wait(10'000));
        kafka.createTopic("nova.media.events");
        kafka.send(records("nova.media.events", 7));
        QTRY_COMPARE_WITH_TIMEOUT(observer.ring().snapshot().last(), 7u, 15'000);
        QVERIFY(observer.topics().contains(u"nova.media.events"_s));
    }

    // Of somebody's cluster nothing is read until a topic is chosen, and then from where it was asked.
    void onlyChosenTopicsAreRead() {
        MockKafka kafka;
        kafka.createTopic("orders");
        kafka.createTopic("payments");
        kafka.send(records("orders", 30));
        kafka.send(records("payments", 20));
        const auto budget = std::make_shared<ReadBudget>(8 << 20);
        const ReadSession session(kafka.bootstrap(), {}, budget);
        TrafficObserver observer;
        QSignalSpy connected(&observer, &TrafficObserver::connected),
            topics(&observer, &TrafficObserver::topicsChanged);
        observer.start(session, {});
        QVERIFY(connected.wait(10'000));
        QVERIFY(observer.topics().isEmpty());
        QCOMPARE(budget->requests(1), 0);  // no fetch
        const auto before = budget->bytes();
        TailChoice choice;
        choice.topics = {"orders"};
        choice.from = {Place::Kind::earliest, 0};
        observer.choose(choice);
        QTRY_COMPARE_WITH_TIMEOUT(observer.ring().snapshot().last(), 30u, 10'000);
        QTRY_COMPARE(observer.topics(), QStringList{u"orders"_s});
        QVERIFY(budget->requests(1) > 0 && budget->bytes() > before + 30 * 5);
        choice.topics = {"orders", "pay*s"};  // orders goes on where it is
        choice.from = {Place::Kind::now, 0};
        observer.choose(choice);
        QTRY_COMPARE_WITH_TIMEOUT(observer.topics(), (QStringList{u"orders"_s, u"payments"_s}), 10'000);
        kafka.send(records("orders", 3));
        kafka.send(records("payments", 4));
        QTRY_COMPARE_WITH_TIMEOUT(observer.ring().snapshot().last(), 37u, 10'000);
        choice.topics = {"payments"};
        observer.choose(choice);
        QTRY_COMPARE_WITH_TIMEOUT(observer.topics(), QStringList{u"payments"_s}, 10'000);
        kafka.send(records("orders", 50));
        kafka.send(records("payments", 1));
        QTRY_COMPARE_WITH_TIMEOUT(observer.ring().snapshot().last(), 38u, 10'000);
        observer.stop();
        QCOMPARE(observer.ring().snapshot().last(), 38u);
        observer.clear();
        QCOMPARE(observer.ring().snapshot().rows(), 0u);
    }

    void aPartitionWithoutALeaderIsToldAndTriedAgain() {
        MockKafka kafka;
        kafka.createTopic("orders", 3);
        kafka.setLed("orders", 1, false);
        TrafficObserver observer;
        QSignalSpy connected(&observer, &TrafficObserver::connected), troubles(&observer, &TrafficObserver::troubles);
        observer.start(QString::fromStdString(kafka.bootstrap()));
        QVERIFY(connected.wait(10'000));
        QTRY_COMPARE(troubles.count(), 1);
        const auto said = troubles.first().first().toStringList();
        QVERIFY2(said.size() == 1 && said.first().startsWith(u"orders 1: it has no leader"_s),
                 qPrintable(said.join(u' ')));
        std::vector<nova::kit::kafka::OutRecord> list;
        for (int i = 0; i < 10; ++i) list.push_back({"orders", "k", "v", {}, i % 2 * 2});
        kafka.send(list);
        QTRY_COMPARE_WITH_TIMEOUT(observer.ring().snapshot().last(), 10u, 10'000);
        kafka.setLed("orders", 1, true);
        QTRY_COMPARE_WITH_TIMEOUT(troubles.count(), 2, 10'000);
        QVERIFY(troubles.last().first().toStringList().isEmpty());
        kafka.send({{"orders", "k", "v", {}, 1}});
        QTRY_COMPARE_WITH_TIMEOUT(observer.ring().snapshot().last(), 11u, 10'000);
    }

    void aBrokerThatGoesAndComesBack() {
        MockKafka kafka;
        kafka.createTopic("nova.content.events");
        TrafficObserver observer;
        QSignalSpy connected(&observer, &TrafficObserver::connected),
            disconnected(&observer, &TrafficObserver::disconnected);
        observer.start(QString::fromStdString(kafka.bootstrap()));
        QVERIFY(connected.wait(10'000));
        kafka.setDown(true);
        QVERIFY(disconnected.wait(15'000));
        QVERIFY(!disconnected.first().first().toString().isEmpty());
        kafka.setDown(false);
        QVERIFY(connected.wait(15'000));
        kafka.send(records("nova.content.events", 5));
        QTRY_COMPARE_WITH_TIMEOUT(observer.ring().snapshot().last(), 5u, 15'000);
        QCOMPARE(disconnected.count(), 1);
    }

    void nobodyIsThere() {
        TrafficObserver observer;
        QSignalSpy disconnected(&observer, &TrafficObserver::disconnected);
        observer.start(u"127.0.0.1:%1"_s.arg(nova::test::freePort()));
        QVERIFY(disconnected.wait(10'000));
        QElapsedTimer clock;
        clock.start();
        observer.stop();
        QVERIFY(clock.elapsed() < 3'000);
    }
};

QTEST_GUILESS_MAIN(TrafficObserverTest)
#include "tst_traffic_observer.moc"
