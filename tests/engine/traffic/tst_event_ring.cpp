// The ring holds the newest events within its bounds, and says what it let go.
#include <QtTest>
#include <atomic>
#include <thread>

#include "app/engine/traffic/event_ring.h"

using namespace nova::engine;

class EventRingTest : public QObject {
    Q_OBJECT

    static std::vector<Event> events(std::int64_t from, int count, std::size_t valueBytes = 10) {
        std::vector<Event> list(static_cast<std::size_t>(count));
        for (int i = 0; i < count; ++i) {
            list[static_cast<std::size_t>(i)].offset = from + i;
            list[static_cast<std::size_t>(i)].value.assign(valueBytes, 'x');
        }
        return list;
    }

private Q_SLOTS:
    void everyRowIsFoundByItsSequence() {
        EventRing ring(100'000);
        ring.append(events(0, 3'000));
        ring.append(events(3'000, 1));
        const auto snapshot = ring.snapshot();
        QCOMPARE(snapshot.first(), 0u);
        QCOMPARE(snapshot.last(), 3'001u);
        for (std::uint64_t i = 0; i < 3'001; ++i) QCOMPARE(snapshot.at(i)->offset, static_cast<std::int64_t>(i));
        QVERIFY(!snapshot.at(3'001));
    }

    void rowsAreBounded() {
        EventRing ring(5'000);
        for (int i = 0; i < 100; ++i) {
            ring.append(events(i * 333, 333));
            const auto snapshot = ring.snapshot();
            QVERIFY(snapshot.last() - snapshot.first() <= 5'000);
            QCOMPARE(snapshot.dropped(), snapshot.first());  // all that is gone is counted
            QCOMPARE(snapshot.at(snapshot.first())->offset, static_cast<std::int64_t>(snapshot.first()));
            QCOMPARE(snapshot.at(snapshot.last() - 1)->offset, static_cast<std::int64_t>(snapshot.last() - 1));
        }
        QCOMPARE(ring.snapshot().last(), 33'300u);
        QVERIFY(ring.snapshot().last() - ring.snapshot().first() >
                5'000 - EventRing::chunkRows);  // and no more than a chunk too few
    }

    void bytesAreBounded() {
        constexpr std::size_t bound = 8u << 20;
        EventRing ring(1'000'000, bound);
        for (int i = 0; i < 50; ++i) {
            ring.append(events(i * 1'000, 1'000, 1'000));
            QVERIFY(ring.snapshot().bytes() <= bound);
        }
        const auto snapshot = ring.snapshot();
        QVERIFY(snapshot.dropped() > 0);
        std::size_t sum = 0;
        for (auto i = snapshot.first(); i < snapshot.last(); ++i) sum += snapshot.at(i)->bytes();
        QCOMPARE(snapshot.bytes(), sum);
    }

    void aSnapshotOutlivesWhatTheRingForgets() {
        EventRing ring(2'048);
        ring.append(events(0, 2'048));
        const auto old = ring.snapshot();
        ring.append(events(2'048, 10'000));
        QCOMPARE(old.at(0)->offset, 0);
        QCOMPARE(old.last(), 2'048u);
        QVERIFY(!ring.snapshot().at(0));
    }

    void readersAndTheWriterDoNotDisturbEachOther() {
        EventRing ring(10'000);
        std::atomic<bool> over{false}, wrong{false};
        std::vector<std::thread> readers;
        for (int r = 0; r < 2; ++r) {
            readers.emplace_back([&] {
                while (!over) {
                    const auto snapshot = ring.snapshot();
                    for (auto i = snapshot.first(); i < snapshot.last(); i += 97) {
                        if (snapshot.at(i)->offset != static_cast<std::int64_t>(i)) wrong = true;
                    }
                }
            });
        }
        for (int i = 0; i < 400; ++i) ring.append(events(i * 250, 250));
        over = true;
        for (auto& reader : readers) reader.join();
        QVERIFY(!wrong);
        QCOMPARE(ring.snapshot().last(), 100'000u);
    }
};

QTEST_GUILESS_MAIN(EventRingTest)
#include "tst_event_ring.moc"
