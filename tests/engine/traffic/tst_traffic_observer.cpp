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
