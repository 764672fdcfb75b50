#include <QtTest>
#include <algorithm>
#include <limits>
#include <set>
#include <thread>

#include "kit/runtime/ids.h"
#include "kit/runtime/times.h"

using namespace nova::kit;

class Ids : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void uuidsRiseAndAreWellFormed() {
        std::vector<std::string> ids;
        for (int i = 0; i < 20'000; ++i) ids.push_back(newUuid());
        QVERIFY(std::ranges::adjacent_find(ids, [](const auto& a, const auto& b) { return !(a < b); }) == ids.end());
        for (const auto& id : ids) {
            QVERIFY2(isUuid(id), id.c_str());
            QCOMPARE(id[14], '7');
            QVERIFY(std::string_view("89ab").find(id[19]) != std::string_view::npos);
        }
    }

    void uuidsOfSeveralThreadsDiffer() {
        std::vector<std::vector<std::string>> made(4);
        std::vector<std::thread> threads;
        for (auto& mine : made) {
            threads.emplace_back([&mine] {
                for (int i = 0; i < 5'000; ++i) mine.push_back(newUuid());
            });
        }
        for (auto& thread : threads) thread.join();
        std::set<std::string> all;
        for (const auto& mine : made) all.insert(mine.begin(), mine.end());
        QCOMPARE(all.size(), std::size_t{20'000});
    }

    void uuidCarriesTheTime() {
        const auto before = std::chrono::duration_cast<std::chrono::milliseconds>(wallNow().time_since_epoch()).count();
        const std::string id = newUuid();
        const auto stamp = std::stoll(id.substr(0, 8) + id.substr(9, 4), nullptr, 16);
        QVERIFY(stamp >= before);
        QVERIFY(stamp <= before + 1'000);
    }

    void isUuidRefuses() {
        QVERIFY(isUuid("01935b4e-7a3c-7def-8abc-0123456789ab"));
        for (const char* bad : {"", "01935b4e-7a3c-7def-8abc-0123456789aB", "01935b4e-7a3c-7def-8abc-0123456789a",
                                "01935b4e-7a3c-7def-8abc-0123456789abc", "01935b4e17a3c-7def-8abc-0123456789ab",
                                "g1935b4e-7a3c-7def-8abc-0123456789ab", "------------------------------------"}) {
            QVERIFY2(!isUuid(bad), bad);
        }
    }

    void timesRoundTrip() {
        const WallTime t = *parseRfc3339("2026-11-23T01:02:03.123456Z");
        QCOMPARE(rfc3339(t), std::string("2026-11-23T01:02:03.123456Z"));
        QCOMPARE(t.time_since_epoch().count(), 1'795'395'723'123'456'000LL);
        const WallTime now = std::chrono::floor<std::chrono::microseconds>(wallNow());
        QCOMPARE(parseRfc3339(rfc3339(now))->time_since_epoch().count(), now.time_since_epoch().count());
        const WallTime before1970{std::chrono::nanoseconds{-1'500}};
        QCOMPARE(rfc3339(before1970), std::string("1969-12-31T23:59:59.999998Z"));
    }

    void timesInOtherForms() {
        const auto same = *parseRfc3339("2026-11-23T01:02:03Z");
        QVERIFY(parseRfc3339("2026-11-23T03:02:03+02:00") == same);
        QVERIFY(parseRfc3339("2026-11-22T19:32:03-05:30") == same);
        QVERIFY(parseRfc3339("2026-11-23t01:02:03.000z") == same);
        QCOMPARE((*parseRfc3339("2026-11-23T01:02:03.1234567891Z") - same).count(), 123'456'789LL);
        QVERIFY(parseRfc3339("2024-02-29T00:00:00Z").has_value());
    }

    // A record from elsewhere may hold any number.
    void timesBeyondTheClock() {
        google::protobuf::Timestamp t;
        for (const std::int64_t seconds : {std::numeric_limits<std::int64_t>::max(), 253'402'300'799L}) {
            t.set_seconds(seconds);
            QVERIFY(rfc3339(timeOf(t)).starts_with("2262-"));
            t.set_seconds(-seconds);
            QVERIFY(rfc3339(timeOf(t)).starts_with("1677-"));
        }
        setTime(&t, *parseRfc3339("2026-11-23T01:02:03.000004Z"));
        QCOMPARE(rfc3339(timeOf(t)), std::string("2026-11-23T01:02:03.000004Z"));
    }

    void timesRefused() {
        for (const char* bad :
             {"", "2026-11-23", "2026-11-23T01:02:03", "2026-13-01T00:00:00Z", "2025-02-29T00:00:00Z",
              "2026-11-23T24:00:00Z", "2026-11-23T01:02:03.Z", "2026-11-23T01:02:03Zx", "2026-11-23T01:02:03+2:00",
              "26-11-23T01:02:03Z", "9999-01-01T00:00:00Z", "2026-1a-23T01:02:03Z"}) {
            QVERIFY2(!parseRfc3339(bad), bad);
        }
    }
};

QTEST_GUILESS_MAIN(Ids)
#include "tst_ids.moc"
