// Which events came before: duplicates are found among the latest million, whatever came in between.
#include <QtTest>

#include "app/engine/traffic/seen_events.h"

using namespace nova::engine;

class SeenEventsTest : public QObject {
    Q_OBJECT

    static Event of(std::int64_t offset, int partition, const std::string& id, const std::string& schema = "S") {
        Event event;
        event.topic = Names::topic("t");
        event.partition = partition;
        event.offset = offset;
        event.headerBlob = packHeaders({{"ce_id", id}, {"ce_dataschema", schema}});
        event.eventId = id;
        return event;
    }

private Q_SLOTS:
    void theLaterOneIsTheDuplicate() {
        SeenEvents seen;
        const auto first = of(7, 1, "a"), again = of(9, 1, "a"), elsewhere = of(7, 2, "a"), other = of(8, 1, "b"),
                   version = of(10, 1, "a", "S2"), none = of(11, 1, "");
        for (const auto& event : {first, again, elsewhere, other, version, none, none}) seen.see(event);
        QVERIFY(!seen.isDuplicate(first) && !seen.isDuplicate(other) && !seen.isDuplicate(version));
        QVERIFY(seen.isDuplicate(again) && seen.isDuplicate(elsewhere));
        QVERIFY(!seen.isDuplicate(none));
    }

    void theLatestMillionIsKnownAndOlderOnesAreForgotten() {
        SeenEvents seen;
        const auto id = [](std::size_t i) { return "id-" + std::to_string(i); };
        constexpr std::size_t all = SeenEvents::bound + SeenEvents::half;
        for (std::size_t i = 0; i < all; ++i) {
            seen.see(of(static_cast<std::int64_t>(i), 0, id(i)));
            if (i % SeenEvents::half == 0) seen.see(of(-1, 0, id(0)));  // what comes again is known for longer
        }
        for (std::size_t i = all - SeenEvents::half; i < all; i += 997) QVERIFY(seen.isDuplicate(of(-5, 0, id(i))));
        QVERIFY(seen.isDuplicate(of(-5, 0, id(0))) && !seen.isDuplicate(of(0, 0, id(0))));
        QVERIFY(!seen.isDuplicate(of(-5, 0, id(1'000))));
    }
};

QTEST_GUILESS_MAIN(SeenEventsTest)
#include "tst_seen_events.moc"
