// The rates that the map and the strips show are those of the log: compared with differences of end offsets, which
// another client reads.
#include <QSignalSpy>
#include <QtTest>
#include <thread>

#include "app/engine/cluster/session.h"
#include "app/engine/traffic/traffic_observer.h"
#include "kit/kafka/producer.h"
#include "kit/runtime/ids.h"
#include "tests/support/live_nova.h"

using namespace Qt::StringLiterals;
using nova::test::LiveNova;

namespace {

constexpr int perTick = 20, ticksPerSecond = 10, seconds = 8;
const std::string topic = "nova.message.events";

// A steady 200 records/s by the clock, from a thread of its own.
void produce(const std::string& broker) {
    auto producer = nova::kit::kafka::Producer::make(broker, "rates-test");
    const auto start = std::chrono::steady_clock::now();
    for (int tick = 0; tick < ticksPerSecond * seconds; ++tick) {
        std::vector<nova::kit::kafka::OutRecord> records;
        for (int i = 0; i < perTick; ++i) records.push_back({topic, nova::kit::newUuid(), "steady", {}, -1});
        static_cast<void>(producer.value().sendAll(records));
        std::this_thread::sleep_until(start + std::chrono::milliseconds(1'000 / ticksPerSecond * (tick + 1)));
    }
}

}  // namespace

class RatesTest : public QObject {
    Q_OBJECT

    static std::int64_t endOffsets(const nova::engine::ReadSession& session, rd_kafka_t* handle) {
        const auto marks = session.watermarks(handle, {{topic, 6}}, 5'000);
        std::int64_t sum = 0;
        for (const auto& [partition, mark] : marks.value()) sum += mark.high;
        return sum;
    }

private Q_SLOTS:
    void shownRatesAreEndOffsetDifferences() {
        LiveNova nova;
        QVERIFY2(nova.start(), qPrintable(nova.log()));
        const auto broker = nova.run().value(u"kafka").toString();
        nova::engine::TrafficObserver observer;
        QSignalSpy topics(&observer, &nova::engine::TrafficObserver::topicsChanged);
        observer.start(broker);
        QVERIFY(topics.wait(10'000));

        double rates = 0;
        int samples = 0;
        connect(&observer, &nova::engine::TrafficObserver::batch, this, [&](const nova::engine::TrafficBatch& batch) {
            rates += batch.topicPerSecond.value(QString::fromStdString(topic));
            ++samples;
        });
        const nova::engine::ReadSession session(broker.toStdString());
        const auto handle = session.observer("rates-test").value().release();
        std::thread producer([&] { produce(broker.toStdString()); });
        QTest::qWait(2'500);  // the rate of the last second is full, and steady
        rates = samples = 0;
        const auto before = endOffsets(session, handle);
        const QElapsedTimer clock = [] {
            QElapsedTimer t;
            t.start();
            return t;
        }();
        QTest::qWait(4'000);
        const double shown = rates / samples;
        const double real =
            static_cast<double>(endOffsets(session, handle) - before) * 1'000.0 / static_cast<double>(clock.elapsed());
        producer.join();
        rd_kafka_destroy(handle);
        QVERIFY2(real > 150, qPrintable(QString::number(real)));
        QVERIFY2(std::abs(shown - real) <= real * 0.05, qPrintable(u"shown %1/s, log %2/s"_s.arg(shown).arg(real)));
        observer.stop();
        QVERIFY(nova.stop());
    }
};

QTEST_GUILESS_MAIN(RatesTest)
#include "tst_rates.moc"
