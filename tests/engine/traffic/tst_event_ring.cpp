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

    static Event of(const std::string& topic, std::int64_t offset, std::size_t valueBytes = 10) {
        Event event;
        event.topic = Names::topic(topic);
        event.offset = offset;
        event.timestampMs = 1'000'000 + offset;
        event.value.assign(valueBytes, 'x');
        return event;
    }
    static std::vector<Event> list(Event event) {
        std::vector<Event> one;
        one.push_back(std::move(event));
        return one;
    }
    // Rows of a topic by offset, oldest first; and that rows, sequences and the way back agree.
    static std::vector<std::int64_t> held(const EventRing::Snapshot& snapshot, const std::string& topic) {
        const auto wanted = Names::topic(topic);
        std::vector<std::int64_t> offsets;
        std::uint64_t before = 0;
        for (auto row = snapshot.first(); row < snapshot.last(); ++row) {
            const auto sequence = snapshot.sequence(row);
            if (row > snapshot.first() && sequence <= before) qFatal("sequences do not rise");
            before = sequence;
            if (snapshot.rowOf(sequence) != row || snapshot.bySequence(sequence) != snapshot.at(row))
                qFatal("not the way back");
            if (snapshot.at(row)->topic == wanted) offsets.push_back(snapshot.at(row)->offset);
        }
        return offsets;
    }

private Q_SLOTS:
    void aBusyTopicDoesNotPushOutQuietOnes() {
        constexpr std::size_t rows = 20'000;
        EventRing ring(rows);
        std::int64_t busy = 0, quiet = 0;
        for (int i = 0; i < 400; ++i) {
            for (int k = 0; k < 1'000; ++k) ring.append(list(of("busy", busy++)));
            if (i < 300) ring.append(list(of("quiet", quiet++)));
            if (i % 10 == 0) ring.append(list(of("rare", i)));
            QVERIFY(ring.snapshot().rows() <= rows);
        }
        const auto snapshot = ring.snapshot();
        QCOMPARE(held(snapshot, "quiet").size(), 300u);  // all of it, though 100,000 others came after the last
        QCOMPARE(held(snapshot, "rare").size(), 40u);
        const auto many = held(snapshot, "busy");
        QVERIFY(many.size() > rows - 300 - 40 - EventRing::chunkRows - 1);
        QCOMPARE(many.back(), busy - 1);
        QCOMPARE(many.back() - many.front() + 1, static_cast<std::int64_t>(many.size()));  // its newest, without a gap
        QCOMPARE(snapshot.dropped() + snapshot.rows(), snapshot.last());
    }

    void aShareIsNoMoreThanThat() {
        constexpr std::size_t rows = 16'384;
        EventRing ring(rows);
        for (int i = 0; i < 6'000; ++i) ring.append(list(of("first", i)));
        for (int i = 0; i < 200'000; ++i) ring.append(list(of("second", i)));
        const auto left = held(ring.snapshot(), "first");  // a quarter of the ring: half of it for two topics
        QVERIFY2(left.size() >= rows / 4, qPrintable(QString::number(left.size())));
        QVERIFY2(left.size() <= rows / 4 + 5'000, qPrintable(QString::number(left.size())));
        QCOMPARE(left.back(), 5'999);
        QCOMPARE(left.back() - left.front() + 1, static_cast<std::int64_t>(left.size()));
    }

    void sharesAreOfBytesToo() {
        constexpr std::size_t bytes = 16u << 20;
        EventRing ring(1'000'000, bytes);
        for (int i = 0; i < 500; ++i) ring.append(list(of("quiet", i, 100)));
        for (int i = 0; i < 30'000; ++i) {
            ring.append(list(of("large", i, 10'000)));
            QVERIFY(ring.snapshot().bytes() <= bytes);
        }
        QCOMPARE(held(ring.snapshot(), "quiet").size(), 500u);
        for (int i = 500; i < 400'000; ++i) ring.append(list(of("quiet", i, 100)));  // now the other one is
        const auto snapshot = ring.snapshot();
        const auto large = held(snapshot, "large");
        QVERIFY(snapshot.bytes() <= bytes && large.size() > 200 && large.size() < 700);
        QCOMPARE(large.back(), 29'999);
    }

    void rowsAreFoundByTime() {
        EventRing ring(8'192);
        for (int i = 0; i < 100; ++i) ring.append(list(of("quiet", i)));
        for (int i = 100; i < 30'000; ++i) ring.append(list(of("busy", i)));
        const auto snapshot = ring.snapshot();
        for (const std::int64_t ms :
             {0, 1'000'000, 1'000'050, 1'000'500, 1'022'500, 1'027'003, 1'029'999, 1'030'000, 2'000'000}) {
            auto expected = snapshot.first();
            while (expected < snapshot.last() && snapshot.at(expected)->timestampMs < ms) ++expected;
            QCOMPARE(snapshot.rowAtTime(ms), expected);
        }
        QCOMPARE(EventRing().snapshot().rowAtTime(5), 0u);
    }

    // What a paused view keeps: the newest rows, while the ring goes on and forgets them.
    void theNewestRowsAreKeptApart() {
        EventRing ring(8'192);
        for (int i = 0; i < 100; ++i) ring.append(list(of("quiet", i)));
        for (int i = 0; i < 20'000; ++i) ring.append(list(of("busy", i)));
        const auto whole = ring.snapshot();
        for (const std::uint64_t rows : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1'500}, whole.rows() - 30,
                                         whole.rows(), std::uint64_t{100'000}}) {
            const auto kept = whole.newest(rows);
            QCOMPARE(kept.rows(), std::min(rows, whole.rows()));
            QCOMPARE(kept.last(), whole.last());
            QCOMPARE(kept.takenMs(), whole.takenMs());
            for (auto row = kept.first(); row < kept.last(); ++row) {
                QCOMPARE(kept.at(row), whole.at(row));
                QCOMPARE(kept.sequence(row), whole.sequence(row));
            }
            QVERIFY(!kept.at(kept.first() - 1) && !kept.at(kept.last()));
        }
        const auto kept = whole.newest(3'000);
        for (int i = 20'000; i < 60'000; ++i) ring.append(list(of("busy", i)));
        QCOMPARE(kept.at(kept.last() - 1)->offset, 19'999);
        QVERIFY(!ring.snapshot().bySequence(kept.sequence(kept.first())));
    }

    void aClearedRingGoesOnCounting() {
        EventRing ring;
        ring.append(events(0, 2'000));
        ring.clear();
        QCOMPARE(ring.snapshot().rows(), 0u);
        QCOMPARE(ring.snapshot().bytes(), 0u);
        ring.append(events(5, 3));
        const auto snapshot = ring.snapshot();
        QCOMPARE(snapshot.first(), 2'000u);
        QCOMPARE(snapshot.at(2'000)->offset, 5);
        QVERIFY(!snapshot.at(1'999));
    }

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

    // Wish 16: a busy cluster does not eat the memory.
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

    void aSuccessorTakesThePlaceAtOnce() {
        EventRing ring(2'048);
        ring.append(events(0, 3'000));
        const auto old = ring.snapshot();
        auto next = ring.successor();
        next->append(events(500, 1'500));
        ring.replaceBy(*next);
        const auto now = ring.snapshot();
        QCOMPARE(now.rows(), 1'500u);
        QCOMPARE(now.first(), old.last());  // no sequence is given twice
        QCOMPARE(now.at(now.first())->offset, 500);
        QVERIFY(!now.bySequence(old.last() - 1) && old.bySequence(old.last() - 1));
        next.reset();
        ring.append(events(2'000, 1'000));  // and goes on by its bounds
        const auto later = ring.snapshot();
        QCOMPARE(later.last(), now.last() + 1'000);
        QVERIFY(later.rows() <= 2'048 && later.at(later.last() - 1)->offset == 2'999);
        std::size_t sum = 0;
        for (auto i = later.first(); i < later.last(); ++i) sum += later.at(i)->bytes();
        QCOMPARE(later.bytes(), sum);
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
