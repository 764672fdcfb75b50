// Records of __consumer_offsets decoded, and what a group's book makes of them together with Admin answers; measured
// time lag with its budget and its cache.
#include <QtTest>

#include "app/engine/lag/end_book.h"
#include "app/engine/lag/group_book.h"
#include "app/engine/lag/group_turns.h"
#include "app/engine/lag/time_lag.h"
#include "tests/engine/lag/offset_records.h"

using namespace nova::engine;
using namespace nova::test;
using namespace Qt::StringLiterals;

namespace {

using Offset = std::optional<qint64>;
const PartitionKey t0{"t", 0}, t1{"t", 1};
const GroupBook::Ends noEnds = [](const PartitionKey&) { return std::nullopt; };

OffsetsTopicRecord decoded(const std::string& key, const std::string& value) {
    auto record = decodeOffsetsTopic(key, value);
    if (!record) qFatal("%s", record.error().what.c_str());
    return std::move(record.value());
}
OffsetsTopicRecord tombstone(const std::string& key) {
    return std::move(decodeOffsetsTopic(key, std::nullopt).value());
}

LagRow lagging(const QString& group, int partition, qint64 committed) {
    LagRow row;
    row.group = group;
    row.topic = u"t"_s;
    row.partition = partition;
    row.committed = committed;
    row.logStart = 0;
    row.logEnd = 1'000;
    row.lag = 1'000 - committed;
    row.status = LagStatus::ok;
    return row;
}

}  // namespace

class LagBooksTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void commitsOfEveryVersion_data() {
        QTest::addColumn<QByteArray>("value");
        const auto add = [](const char* name, const Bytes& value) {
            QTest::newRow(name) << QByteArray::fromStdString(value.text());
        };
        add("v0", Bytes().i16(0).i64(77).string("note").i64(5'000));
        add("v1", Bytes().i16(1).i64(77).string("note").i64(5'000).i64(9'000));
        add("v2", Bytes().i16(2).i64(77).string("note").i64(5'000));
        add("v3", Bytes().i16(3).i64(77).i32(4).string("note").i64(5'000));
        add("v4", Bytes().i16(4).i64(77).i32(4).compact("note").i64(5'000).varint(0));
        add("v4 with a topic id",
            Bytes().i16(4).i64(77).i32(4).compact("note").i64(5'000).varint(1).varint(0).varint(16).raw(
                "0123456789abcdef"));
    }
    void commitsOfEveryVersion() {
        QFETCH(QByteArray, value);
        const auto record = decoded(commitKey("g", "t", 3), value.toStdString());
        QVERIFY(record.commit && !record.group);
        QCOMPARE(record.commit->group, std::string("g"));
        QCOMPARE(record.commit->topic, std::string("t"));
        QCOMPARE(record.commit->partition, 3);
        QCOMPARE(record.commit->offset, 77);
        QCOMPARE(record.commit->metadata, std::string("note"));
        QCOMPARE(record.commit->commitTimeMs, 5'000);
        QCOMPARE(record.commit->leaderEpoch, record.commit->valueVersion >= 3 ? 4 : -1);
        // Cut anywhere it is an error and no wild read.
        for (qsizetype n = 0; n < value.size(); ++n)
            QVERIFY(!decodeOffsetsTopic(commitKey("g", "t", 3), value.left(n).toStdString()));
    }

    void groupsTombstonesAndWhatIsNotOurs() {
        const auto value = groupValue(7, 4'000, "t", {0, 2});
        const auto record = decoded(groupKey("g"), value);
        QVERIFY(record.group);
        QCOMPARE(record.group->generation, 7);
        QCOMPARE(record.group->protocol, std::string("range"));
        QCOMPARE(record.group->members.size(), 1u);
        QCOMPARE(record.group->members[0].clientId, std::string("client-1"));
        QCOMPARE(record.group->members[0].partitions.at(0).second, (std::vector<int>{0, 2}));
        for (std::size_t n = 0; n < value.size(); ++n) QVERIFY(!decodeOffsetsTopic(groupKey("g"), value.substr(0, n)));
        QVERIFY(tombstone(commitKey("g", "t", 0)).commit->deleted);
        QVERIFY(tombstone(groupKey("g")).group->deleted);
        QCOMPARE(decoded(Bytes().i16(5).string("g").string("m").text(), "").other,
                 std::string("ConsumerGroupMemberMetadata"));
        QVERIFY(!decodeOffsetsTopic("", std::nullopt));
        QVERIFY(!decodeOffsetsTopic(commitKey("g", "t", 0), Bytes().i16(9).i64(1).text()));
        // A member count that the bytes cannot hold is no allocation.
        QVERIFY(!decodeOffsetsTopic(groupKey("g"),
                                    Bytes().i16(0).string("consumer").i32(1).null().null().i32(2'000'000'000).text()));
    }

    void adminAnswersAndRecordsTogether() {
        GroupBook book;
        // Before the start: a commit that lay in the topic.
        book.record(decoded(commitKey("g", "t", 0), commitValue(40, 1'000)), false, noEnds, 9'000);
        book.list({{u"g"_s, u"Stable"_s, u"consumer"_s}}, 9'000);
        // Asked once: what is newer there counts, and partitions that are too old for the topic come with it.
        book.offsets({u"g"_s, {}, {{t0, 45}, {t1, 7}}}, 9'000);
        const auto& entry = book.groups().at(u"g"_s);
        QVERIFY(entry.asked);
        QCOMPARE(entry.partitions.at(t0).committed, Offset(45));
        QCOMPARE(entry.partitions.at(t1).committed, Offset(7));
        QCOMPARE(entry.partitions.at(t0).commits.size(), 1);  // polled commits are no commits of Burrow's window
        // From then on the records tell.
        book.record(
            decoded(commitKey("g", "t", 0), commitValue(50, 2'000)), true, [](const auto&) { return Offset(80); },
            9'500);
        QCOMPARE(entry.partitions.at(t0).committed, Offset(50));
        QCOMPARE(entry.partitions.at(t0).commits.last().lag, Offset(30));
        QVERIFY(!entry.partitions.at(t0).commits[0].lag);
        QVERIFY(book.marks().isEmpty());
        book.record(decoded(commitKey("g", "t", 0), commitValue(10, 3'000)), true, noEnds, 9'600);
        QCOMPARE(book.marks().size(), 1);
        QVERIFY(book.marks()[0].kind == LagMark::Kind::reset);
        QCOMPARE(book.marks()[0].atMs, 3'000);
        // Expired or deleted.
        book.record(tombstone(commitKey("g", "t", 0)), true, noEnds, 9'700);
        QVERIFY(!entry.partitions.at(t0).committed);
        QCOMPARE(entry.partitions.at(t0).lastCommitted, Offset(10));
        book.offsets({u"g"_s, {}, {}}, 9'000);
        QCOMPARE(entry.partitions.at(t1).lastCommitted, Offset(7));
    }

    void aGroupThatCannotBeReadKeepsWhatItHad() {
        GroupBook book;
        book.list({{u"g"_s, u"Stable"_s, u"consumer"_s}}, 1);
        book.offsets({u"g"_s, {}, {{t0, 45}}}, 9'000);
        book.offsets({u"g"_s, u"Not coordinator"_s, {}}, 9'000);
        const auto& entry = book.groups().at(u"g"_s);
        QCOMPARE(entry.trouble, u"Not coordinator"_s);
        QCOMPARE(entry.partitions.at(t0).committed, Offset(45));
    }

    // More that fail than are asked in a look, in front of the good ones: these are asked, and nobody waits for those.
    void groupsThatFailStarveNoOther() {
        constexpr int most = 256, bad = 1'000, good = 300;
        GroupBook book;
        QVector<GroupListing> listing;
        for (int i = 0; i < bad; ++i) listing.append({u"bad-%1"_s.arg(i), u"Stable"_s, u"consumer"_s});
        for (int i = 0; i < good; ++i) listing.append({u"good-%1"_s.arg(i), u"Stable"_s, u"consumer"_s});
        book.list(listing, 1);
        std::map<QString, int> asked;
        qint64 now = 1'000;
        const auto look = [&] {
            const auto turn = turnOf(book.groups(), true, most, now);
            for (const auto& name : turn.ask) {
                ++asked[name];
                book.offsets({name, name.startsWith(u"bad"_s) ? u"not authorized"_s : QString(), {}, true}, now);
            }
            return turn;
        };
        int looks = 1;
        for (; look().more; ++looks) QVERIFY(looks < 10);
        QCOMPARE(looks, (bad + good + most - 1) / most);
        QCOMPARE(asked.size(), std::size_t(bad + good));
        QVERIFY(std::all_of(asked.begin(), asked.end(), [](const auto& a) { return a.second == 1; }));
        // Those that failed, and no other, are asked again: at once after the first time, then ever more seldom.
        now += 1'000;
        const auto again = look();
        QCOMPARE(again.ask.size(), most);
        QVERIFY(!again.more && again.failedBefore.size() == std::size_t(most));
        for (const qint64 end = now + 600'000; now < end; now += 1'000) look();
        QVERIFY(asked.at(u"bad-7"_s) <= 30);
        QVERIFY(asked.at(u"bad-7"_s) >= 15);
        QCOMPARE(asked.at(u"good-7"_s), 1);
        // A group made meanwhile is asked at once, and one that is read again is well.
        listing.append({u"new"_s, u"Stable"_s, u"consumer"_s});
        book.list(listing, now);
        QCOMPARE(look().ask.front(), u"new"_s);
        book.offsets({u"bad-7"_s, {}, {}, true}, now);
        now += 60'000;
        QVERIFY(!look().ask.contains(u"bad-7"_s));
        book.askAnew();
        QVERIFY(look().more);
    }

    // Polled: each at every look, those that wait longest first; what there was no time for is first the next time.
    void whereTimeIsShortThePolledTakeTurns() {
        GroupBook book;
        book.list({{u"a"_s, u"Stable"_s, u"consumer"_s},
                   {u"b"_s, u"Stable"_s, u"consumer"_s},
                   {u"c"_s, u"Stable"_s, u"consumer"_s}},
                  1);
        QCOMPARE(turnOf(book.groups(), false, 256, 1'000).ask, (QStringList{u"a"_s, u"b"_s, u"c"_s}));
        book.offsets({u"a"_s, u"no answer in time"_s, {}, true}, 1'000);
        book.offsets({u"b"_s, {}, {}, true}, 1'000);
        book.offsets({u"c"_s, u"not asked yet"_s, {}, false}, 1'000);
        const auto turn = turnOf(book.groups(), false, 256, 2'000);
        QCOMPARE(turn.ask, (QStringList{u"c"_s, u"b"_s, u"a"_s}));
        QCOMPARE(turn.failedBefore, (std::set<QString>{u"a"_s}));
        book.offsets({u"a"_s, u"no answer in time"_s, {}, true}, 2'000);
        QCOMPARE(turnOf(book.groups(), false, 256, 3'000).ask, (QStringList{u"c"_s, u"b"_s}));
    }

    void membersOwnPartitionsAndRebalancesAreMarked() {
        GroupBook book;
        book.record(decoded(groupKey("g"), groupValue(1, 1'000, "t", {0})), false, noEnds, 1);
        const auto& entry = book.groups().at(u"g"_s);
        QVERIFY(book.marks().isEmpty());  // the first sight of a group is no rebalance
        QCOMPARE(entry.listing.state, u"Stable"_s);
        QCOMPARE(entry.owners.at(t0), 0);
        QCOMPARE(entry.description.members[0].host, u"127.0.0.1"_s);
        book.record(decoded(groupKey("g"), groupValue(2, 2'000, "t", {0, 1})), true, noEnds, 1);
        QCOMPARE(book.marks().size(), 1);
        QCOMPARE(book.marks()[0].atMs, 2'000);
        QVERIFY(entry.owners.contains(t1));
        book.record(decoded(groupKey("g"), groupValue(3, 3'000, "t", {})), true, noEnds, 1);
        QCOMPARE(entry.listing.state, u"Empty"_s);
        QVERIFY(entry.owners.empty());
        QCOMPARE(book.marks().size(), 2);
        book.record(tombstone(groupKey("g")), true, noEnds, 1);
        QVERIFY(book.groups().empty());
        QCOMPARE(book.partitions(), 0);
    }

    void polledMembersThatChangeAreARebalance() {
        GroupBook book;
        book.list({{u"g"_s, u"Stable"_s, u"consumer"_s}}, 1);
        GroupDescription one{
            u"g"_s, u"Stable"_s, true, {}, {}, {}, {{u"m1"_s, u"c"_s, u"h"_s, {{u"t"_s, 0}, {u"t"_s, 1}}}}};
        book.describe(one, 1);
        auto reordered = one;
        std::swap(reordered.members[0].partitions[0], reordered.members[0].partitions[1]);
        book.describe(reordered, 2);
        QVERIFY(book.marks().isEmpty());
        auto two = one;
        two.members[0].partitions.removeLast();
        two.members.append({u"m2"_s, u"c"_s, u"h"_s, {{u"t"_s, 1}}});
        book.describe(two, 3);
        QCOMPARE(book.marks().size(), 1);
        QCOMPARE(book.groups().at(u"g"_s).owners.at(t1), 1);
        // One that the broker does not describe any more has unknown members, and is no rebalance.
        book.describe({u"g"_s, u"Unknown"_s, false, {}, {}, u"not found"_s, {}}, 4);
        QCOMPARE(book.marks().size(), 1);
    }

    // In the midst of it nobody holds anything: that is the same rebalance.
    void aRebalanceSeenTwiceIsMarkedOnce() {
        GroupBook book;
        const auto told = [](const QString& state, const QString& member) {
            GroupDescription group{u"g"_s, state, true, {}, {}, {}, {}};
            if (!member.isEmpty()) group.members.append({member, u"c"_s, u"h"_s, {{u"t"_s, 0}}});
            return group;
        };
        book.list({{u"g"_s, u"Stable"_s, u"consumer"_s}}, 1);
        book.describe(told(u"Stable"_s, u"m1"_s), 1);
        book.list({{u"g"_s, u"PreparingRebalance"_s, u"consumer"_s}}, 2);
        QVERIFY(book.groups().at(u"g"_s).stale);
        book.describe(told(u"PreparingRebalance"_s, {}), 2);
        book.describe(told(u"Stable"_s, u"m2"_s), 3);
        QCOMPARE(book.marks().size(), 1);
        QCOMPARE(book.marks()[0].atMs, 2);
        book.describe(told(u"Stable"_s, u"m3"_s), 4);
        QCOMPARE(book.marks().size(), 2);
    }

    void whoLeftHoldsNothing() {
        GroupBook book;
        book.list({{u"g"_s, u"Stable"_s, u"consumer"_s}}, 1);
        book.describe({u"g"_s, u"Stable"_s, true, {}, {}, {}, {{u"m1"_s, u"c"_s, u"h"_s, {{u"t"_s, 0}}}}}, 1);
        QVERIFY(book.groups().at(u"g"_s).owners.contains(t0));
        book.list({{u"g"_s, u"Empty"_s, u"consumer"_s}}, 2);
        const auto& entry = book.groups().at(u"g"_s);
        QVERIFY(entry.owners.empty() && entry.description.members.isEmpty() && entry.description.membersKnown);
        QCOMPARE(book.marks().size(), 1);
        book.list({{u"g"_s, u"Empty"_s, u"consumer"_s}}, 3);
        QCOMPARE(book.marks().size(), 1);
    }

    void aListThatIsNotWholeForgetsNobody() {
        GroupBook book;
        book.list({{u"a"_s, u"Stable"_s, u"consumer"_s}, {u"b"_s, u"Stable"_s, u"consumer"_s}}, 1);
        book.list({{u"a"_s, u"Stable"_s, u"consumer"_s}}, 2, false);  // the broker that has b did not answer
        QVERIFY(book.groups().contains(u"b"_s));
        book.list({{u"a"_s, u"Stable"_s, u"consumer"_s}}, 3);
        QVERIFY(!book.groups().contains(u"b"_s));
    }

    void groupsComeAndGoWithTheListing() {
        GroupBook book([](const QString& group) { return group != u"other"; });
        book.record(decoded(commitKey("old", "t", 0), commitValue(1, 1)), false, noEnds, 1);
        book.record(decoded(commitKey("new", "t", 0), commitValue(1, 1)), true, noEnds, 1);
        book.list({{u"g"_s, u"Empty"_s, u"consumer"_s}, {u"other"_s, u"Empty"_s, u"consumer"_s}}, 2);
        // Deleted before the start: gone. Made since the listing was asked for: stays, until the next.
        QCOMPARE(book.groups().size(), 2u);
        QVERIFY(book.groups().contains(u"g"_s) && book.groups().contains(u"new"_s));
        book.list({{u"g"_s, u"Empty"_s, u"consumer"_s}}, 3);
        QCOMPARE(book.groups().size(), 1u);
    }

    void everyPartitionOfAKnownTopicHasARow() {
        GroupBook book;
        book.list({{u"g"_s, u"Stable"_s, u"consumer"_s}}, 1);
        book.offsets({u"g"_s, {}, {{t1, 7}}}, 9'000);
        book.complete([](const std::string& topic) { return topic == "t" ? 3 : 0; });
        QCOMPARE(book.groups().at(u"g"_s).partitions.size(), 3u);
        QVERIFY(!book.groups().at(u"g"_s).partitions.at(t0).committed);
    }

    void marksAreBoundedAndInOrder() {
        GroupBook book;
        for (int i = 0; i < 150; ++i) book.mark({LagMark::Kind::crash, i % 2 ? 10'000 + i : i, {}, {}});
        QCOMPARE(book.marks().size(), GroupBook::mostMarks);
        QVERIFY(std::is_sorted(book.marks().begin(), book.marks().end(),
                               [](const auto& a, const auto& b) { return a.atMs < b.atMs; }));
    }

    void endsAreKeptWithTheirAgeAndATenthEachTenSeconds() {
        EndBook book;
        for (int s = 0; s <= 25; ++s) book.tell(t0, {0, 100 + s, 90, {}}, 1'000 * s);
        QCOMPARE(book.find(t0)->ring.size(), 3);
        QCOMPARE(book.find(t0)->ring[1], 110);
        book.tell(t0, {{}, {}, {}, "leader not available"}, 60'000);
        QCOMPARE(book.find(t0)->trouble, u"leader not available"_s);
        QCOMPARE(book.find(t0)->readAtMs, 25'000);
        QCOMPARE(book.end(t0), Offset(125));
        book.tell(t0, {0, 3, 3, {}}, 61'000);  // made anew
        QCOMPARE(book.find(t0)->ring.size(), 1);
        book.keepOnly({t1});
        QVERIFY(!book.find(t0));
    }

    void aClockThatIsSetBackStopsNothing() {
        EndBook book;
        book.tell(t0, {0, 100, 90, {}}, 7'200'000);
        book.tell(t0, {0, 101, 90, {}}, 3'600'000);  // an hour earlier
        QCOMPARE(book.find(t0)->ring.size(), 2);
        book.tell(t0, {0, 102, 90, {}}, 3'601'000);
        QCOMPARE(book.find(t0)->ring.size(), 2);

        int asked = 0;
        TimeLag lag([&](const std::map<PartitionKey, std::int64_t>& offsets) {
            asked += static_cast<int>(offsets.size());
            return std::map<PartitionKey, RecordTime>{};
        });
        QVector<LagRow> rows{lagging(u"a"_s, 0, 10)};
        lag.measure(rows, {true}, 7'200'000);
        lag.measure(rows, {true}, 3'600'000);
        lag.measure(rows, {true}, 3'601'000);
        QCOMPARE(asked, 3);
    }

    void twentyReadsASecondAndEachPlaceOnce() {
        int asked = 0;
        TimeLag lag([&](const std::map<PartitionKey, std::int64_t>& offsets) {
            std::map<PartitionKey, RecordTime> times;
            for (const auto& [key, offset] : offsets) times[key] = {100'000 - offset, true, {}};
            asked += static_cast<int>(offsets.size());
            return times;
        });
        QVector<LagRow> rows;
        for (int p = 0; p < 50; ++p) rows.append(lagging(u"g"_s, p, 10));
        auto atEnd = lagging(u"g"_s, 50, 1'000);
        auto none = lagging(u"g"_s, 51, 0);
        none.lag.reset();
        none.statusReason = u"nothing committed yet"_s;
        rows << atEnd << none;
        std::vector<bool> wanted(52, true);
        wanted[0] = false;
        lag.measure(rows, wanted, 200'000);
        QCOMPARE(asked, 20);
        QCOMPARE(rows[0].secondsReason, u"not read"_s);
        QCOMPARE(rows[1].lagSeconds, std::optional((200'000.0 - 99'990) / 1'000));
        QCOMPARE(rows[49].secondsReason, u"budget"_s);
        QCOMPARE(rows[50].lagSeconds, std::optional(0.0));
        QCOMPARE(rows[51].secondsReason, u"nothing committed yet"_s);
        lag.measure(rows, wanted, 200'500);
        QCOMPARE(asked, 30);  // half a second: ten more, and none twice
        lag.measure(rows, wanted, 230'000);
        QCOMPARE(asked, 49);
        lag.measure(rows, wanted, 240'000);
        QCOMPARE(asked, 49);
        QCOMPARE(rows[1].lagSeconds, std::optional((240'000.0 - 99'990) / 1'000));  // it ages without a read
        rows[1].committed = 11;
        lag.measure(rows, wanted, 241'000);
        QCOMPARE(asked, 50);
    }

    // Rows behind which only the markers of transactions lie ask for nothing until their log goes on, and those in
    // alarm are read before all others, those whose read failed after them.
    void readsInVainStarveNoOther() {
        std::vector<std::map<PartitionKey, std::int64_t>> reads;
        TimeLag lag([&](const std::map<PartitionKey, std::int64_t>& offsets) {
            std::map<PartitionKey, RecordTime> times;
            for (const auto& [key, offset] : offsets) {
                if (key.second < 40)
                    times[key] = {{}, false, u"only markers"_s, true};
                else if (key.second < 60)
                    times[key] = {{}, false, u"not in time"_s, false};
                else
                    times[key] = {100'000, true, {}, false};
            }
            reads.push_back(offsets);
            return times;
        });
        QVector<LagRow> rows;
        for (int p = 0; p < 80; ++p) rows.append(lagging(u"g"_s, p, 999));
        rows[79].alarm = true;
        const std::vector<bool> wanted(80, true);
        lag.measure(rows, wanted, 200'000);
        QCOMPARE(reads.back().size(), 20u);
        QVERIFY(rows[79].lagSeconds);  // before the others, though it is the last
        QCOMPARE(rows[0].secondsReason, u"only markers"_s);
        for (int look = 1; look <= 3; ++look) lag.measure(rows, wanted, 200'000 + look * 1'000);
        QVERIFY(rows[78].lagSeconds && rows[60].lagSeconds);
        QCOMPARE(rows[45].secondsReason, u"not in time"_s);
        // From now on those alone are read that failed.
        reads.clear();
        lag.measure(rows, wanted, 204'000);
        QCOMPARE(reads.size(), 1u);
        QCOMPARE(reads[0].size(), 20u);
        QVERIFY(reads[0].begin()->first.second >= 40 && reads[0].rbegin()->first.second < 60);
        // One that was never read comes before them, and then what waits longest: a log that went on is worth a read.
        reads.clear();
        rows[3].logEnd = 1'001;
        rows[70].committed = 998;
        lag.measure(rows, wanted, 204'100);  // two reads
        QCOMPARE(reads.size(), 1u);
        QCOMPARE(reads[0].size(), 2u);
        QVERIFY(reads[0].contains({"t", 70}) && reads[0].contains({"t", 3}));
    }

    void aReadThatFailedSaysWhyAndIsTriedAgain() {
        int asked = 0;
        TimeLag lag([&](const std::map<PartitionKey, std::int64_t>& offsets) {
            ++asked;
            std::map<PartitionKey, RecordTime> times;
            for (const auto& [key, offset] : offsets) times[key].reason = u"in time"_s;
            return times;
        });
        QVector<LagRow> rows{lagging(u"a"_s, 0, 10), lagging(u"b"_s, 0, 10), lagging(u"c"_s, 0, 20)};
        lag.measure(rows, {true, true, true}, 1'000);
        QCOMPARE(asked, 2);  // two groups at one place are one read; one partition at two places two
        QCOMPARE(rows[0].secondsReason, u"in time"_s);
        QVERIFY(!rows[0].lagSeconds);
        lag.measure(rows, {true, true, true}, 2'000);
        QCOMPARE(asked, 4);
    }
};

QTEST_GUILESS_MAIN(LagBooksTest)
#include "tst_lag_books.moc"
