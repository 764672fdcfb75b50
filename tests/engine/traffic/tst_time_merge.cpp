// Several partitions in the order of time, each in its own order, within a bound.
#include <QtTest>
#include <random>

#include "app/engine/traffic/time_merge.h"

using namespace nova::engine;

class TimeMergeTest : public QObject {
    Q_OBJECT

    static Event of(int partition, std::int64_t offset, std::int64_t timeMs) {
        Event event;
        event.partition = partition;
        event.offset = offset;
        event.timestampMs = timeMs;
        return event;
    }

private Q_SLOTS:
    void eventsComeByTimeAndWithinAPartitionByOffset() {
        std::mt19937 random(3);
        std::vector<Event> out;
        TimeMerge merge([&](Event&& event) { out.push_back(std::move(event)); });
        std::int64_t time[4] = {}, offset[4] = {}, added = 0, earlier = 0;
        for (int i = 0; i < 20'000; ++i) {
            const auto p = random() % 4;
            time[p] += static_cast<std::int64_t>(random() % 5);
            const bool back = random() % 50 == 0;  // a producer's clock
            merge.add(of(static_cast<int>(p), offset[p]++, back ? time[p] - 3 : time[p]));
            ++added;
            if (i % 100 == 0) merge.reached(*std::min_element(std::begin(time), std::end(time)));
            earlier = std::max<std::int64_t>(earlier, static_cast<std::int64_t>(out.size()));
        }
        QVERIFY(earlier > 15'000);  // they did not all wait for the end
        merge.flush();
        QCOMPARE(static_cast<std::int64_t>(out.size()), added);
        std::int64_t latest[4] = {}, next[4] = {}, before = 0;
        for (const auto& event : out) {
            auto& effective = latest[event.partition];
            effective = std::max(effective, event.timestampMs);
            QVERIFY(effective >= before);
            before = effective;
            QCOMPARE(event.offset, next[event.partition]++);
        }
    }

    void whatWaitsIsBounded() {
        std::size_t out = 0;
        TimeMerge merge([&](Event&&) { ++out; });
        for (std::size_t i = 0; i < TimeMerge::mostEvents + 500; ++i) merge.add(of(0, 0, 5));
        QCOMPARE(out, 500u);
        merge.flush();
        Event large = of(1, 0, 1);
        large.value.assign(1 << 20, 'x');
        for (int i = 0; i < 100; ++i) merge.add(Event(large));
        QVERIFY(out >= TimeMerge::mostEvents + 500 + 36);
    }
};

QTEST_GUILESS_MAIN(TimeMergeTest)
#include "tst_time_merge.moc"
