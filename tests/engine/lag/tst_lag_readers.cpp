// The readers that lag is made of, on librdkafka's mock cluster: a partition or a broker that fails spoils no other,
// __consumer_offsets is never read from its beginning, and a record's time is read where the commit lies.
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <QtTest>
#include <mutex>

#include "app/engine/cluster/commits_follower.h"
#include "app/engine/cluster/end_reader.h"
#include "app/engine/cluster/group_reader.h"
#include "app/engine/cluster/record_reader.h"
#include "kit/kafka/producer.h"
#include "kit/runtime/ids.h"
#include "tests/support/real_stores.h"

using namespace nova;
using namespace nova::engine;
using namespace Qt::StringLiterals;

namespace {

class Mock {
public:
    Mock() {
        auto settings = kit::kafka::commonSettings("none", "test-mock");
        settings.erase("bootstrap.servers");
        m_handle = std::move(kit::kafka::makeHandle(RD_KAFKA_PRODUCER, settings).value());
        m_cluster.reset(rd_kafka_mock_cluster_new(m_handle.get(), 2));
    }
    rd_kafka_mock_cluster_t* cluster() const { return m_cluster.get(); }
    ReadSession session() const { return ReadSession(rd_kafka_mock_cluster_bootstraps(m_cluster.get())); }
    void topic(const char* name, int partitions) const {
        rd_kafka_mock_topic_create(m_cluster.get(), name, partitions, 1);
    }
    void send(const std::vector<kit::kafka::OutRecord>& records) const {
        auto producer = kit::kafka::Producer::make(session().bootstrap(), "test", {{"linger.ms", "20"}});
        for (const auto& delivery : producer.value().sendAll(records))
            if (!delivery.ok) qFatal("not delivered: %s", delivery.error.c_str());
    }

private:
    kit::kafka::Handle m_handle;
    std::unique_ptr<rd_kafka_mock_cluster_t, kit::kafka::Deleter<rd_kafka_mock_cluster_destroy>> m_cluster;
};

}  // namespace

class LagReadersTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // Wish 24: a leaderless partition or a broker that is down spoils neither page nor group.
    void aLeaderlessPartitionSpoilsNoOther() {
        const Mock mock;
        mock.topic("t", 3);
        mock.send({{"t", "", "1", {}, 0}, {"t", "", "2", {}, 1}, {"t", "", "3", {}, 2}, {"t", "", "4", {}, 2}});
        auto reader = EndReader::make(mock.session());
        const std::vector<PartitionKey> all{{"t", 0}, {"t", 1}, {"t", 2}, {"none", 0}};
        QVERIFY(reader.value().refresh(10'000));
        auto ends = reader.value().read(all, true, 5'000);
        QCOMPARE(ends.size(), 4u);
        QCOMPARE(ends.at({"t", 2}).end, std::optional<std::int64_t>(2));
        QCOMPARE(ends.at({"t", 2}).lso, std::optional<std::int64_t>(2));
        QCOMPARE(ends.at({"t", 2}).start, std::optional<std::int64_t>(0));
        QVERIFY(!ends.at({"none", 0}).trouble.empty() && !ends.at({"none", 0}).end);

        rd_kafka_mock_partition_set_leader(mock.cluster(), "t", 1, -1);
        QVERIFY(reader.value().refresh(10'000));
        QVERIFY(!reader.value().hasLeader({"t", 1}));
        ends = reader.value().read(all, false, 5'000);
        QVERIFY(!ends.at({"t", 1}).trouble.empty() && !ends.at({"t", 1}).end);
        QVERIFY(ends.at({"t", 0}).trouble.empty());
        QCOMPARE(ends.at({"t", 0}).end, std::optional<std::int64_t>(1));
    }

    void aBrokerThatIsDownSpoilsNoOther() {
        const Mock mock;
        mock.topic("t", 2);
        rd_kafka_mock_partition_set_leader(mock.cluster(), "t", 0, 1);
        rd_kafka_mock_partition_set_leader(mock.cluster(), "t", 1, 2);
        mock.send({{"t", "", "1", {}, 0}, {"t", "", "2", {}, 1}});
        auto reader = EndReader::make(mock.session());
        QVERIFY(reader.value().refresh(10'000));
        QCOMPARE(reader.value().read({{"t", 0}, {"t", 1}}, true, 5'000).at({"t", 1}).end,
                 std::optional<std::int64_t>(1));
        rd_kafka_mock_broker_set_down(mock.cluster(), 2);
        const auto ends = reader.value().read({{"t", 0}, {"t", 1}}, true, 500);
        QVERIFY(ends.at({"t", 0}).trouble.empty());
        QCOMPARE(ends.at({"t", 0}).end, std::optional<std::int64_t>(1));
        QVERIFY(!ends.at({"t", 1}).trouble.empty());
    }

    // One of two brokers is down, and with it the coordinator of about half the groups, more than are asked at once: no
    // answer comes of those, and every other is told, soon.
    void groupsWhoseCoordinatorIsDownHoldUpNoOther() {
        constexpr int groups = 6 * GroupReader::inFlight;
        const Mock mock;
        mock.topic("t", 1);
        rd_kafka_mock_broker_set_down(mock.cluster(), 2);
        QStringList names;
        for (int i = 0; i < groups; ++i) names << u"group-%1"_s.arg(i);
        auto reader = GroupReader::make(mock.session());
        std::map<QString, QString> troubles;
        const auto take = [&](const GroupOffsets& group) { troubles[group.group] = group.trouble; };
        QElapsedTimer clock;
        clock.start();
        QVERIFY(reader.value().offsets(names, 20'000, take));
        QVERIFY2(clock.elapsed() < 15'000, qPrintable(QString::number(clock.elapsed())));
        QCOMPARE(troubles.size(), std::size_t(groups));
        const auto good =
            std::count_if(troubles.begin(), troubles.end(), [](const auto& t) { return t.second.isEmpty(); });
        QVERIFY2(good > groups / 4 && groups - good > GroupReader::inFlight, qPrintable(QString::number(good)));
        // The others are still awaited: a later call does not wait for them, nor does the end of it all.
        clock.restart();
        QVERIFY(reader.value().offsets(names, 20'000, take));
        QVERIFY2(clock.elapsed() < 1'500, qPrintable(QString::number(clock.elapsed())));
        QCOMPARE(good,
                 std::count_if(troubles.begin(), troubles.end(), [](const auto& t) { return t.second.isEmpty(); }));
        clock.restart();
        { const auto gone = std::move(reader.value()); }
        QVERIFY2(clock.elapsed() < 5'000, qPrintable(QString::number(clock.elapsed())));
    }

    void commitsAreFollowedFromABoundedPoint() {
        const Mock mock;
        mock.topic(CommitsFollower::topic, 4);
        constexpr int records = 30'000, back = CommitsFollower::mostBack / 4;
        mock.send(std::vector<kit::kafka::OutRecord>(records, {CommitsFollower::topic, "k", "v", {}, 0}));
        std::mutex mutex;
        std::int64_t first = -1, last = -1, live = 0;
        const CommitsFollower follower(mock.session(), [&](const rd_kafka_message_t& message, bool isLive) {
            const std::lock_guard lock(mutex);
            if (first < 0) first = message.offset;
            last = message.offset;
            live += isLive;
        });
        QVERIFY(test::eventually([&] { return follower.state().caughtUp; }));
        QVERIFY(follower.state().following && !follower.state().refused);
        {
            const std::lock_guard lock(mutex);
            QCOMPARE(first, records - back);
            QCOMPARE(last, records - 1);
            QCOMPARE(live, 0);
        }
        mock.send({{CommitsFollower::topic, "k", "v", {}, 0}});
        QVERIFY(test::eventually([&] {
            const std::lock_guard lock(mutex);
            return last == records && live == 1;
        }));
    }

    void withoutTheTopicItSaysWhy() {
        const Mock mock;
        const CommitsFollower follower(mock.session(), [](const rd_kafka_message_t&, bool) {});
        QVERIFY(test::eventually([&] { return follower.state().refused; }));
        QVERIFY(!follower.state().following && !follower.state().why.empty());
    }

    void theTimeOfTheRecordAtAnOffset() {
        const Mock mock;
        mock.topic("t", 3);
        const auto time = kit::WallTime(std::chrono::milliseconds(1'700'000'000'123));
        mock.send({{"t", "", "0", {}, 0},
                   {"t", "", "1", {{"ce_time", kit::rfc3339(time)}}, 0},
                   {"t", "", "2", {}, 0},
                   {"t", "", "0", {}, 1}});
        const auto reader = RecordReader::make(mock.session());
        std::vector<std::string> seen;
        const auto times = reader.value().timesAt(
            {{{"t", 0}, 1}, {{"t", 1}, 0}, {{"t", 2}, 0}}, 10'000,
            [&](const rd_kafka_message_t& m) { seen.emplace_back(static_cast<const char*>(m.payload), m.len); });
        QCOMPARE(times.at({"t", 0}).ms, std::optional<qint64>(1'700'000'000'123));
        QVERIFY(times.at({"t", 0}).fromEvent);
        QVERIFY(times.at({"t", 1}).ms && !times.at({"t", 1}).fromEvent);
        QVERIFY(!times.at({"t", 2}).ms && !times.at({"t", 2}).reason.isEmpty());  // nothing lies there
        QCOMPARE(seen.size(), 2u);
        // Another offset of the same partition, by the same reader.
        QVERIFY(!reader.value().timesAt({{{"t", 0}, 2}}, 10'000).at({"t", 0}).fromEvent);
    }
};

QTEST_GUILESS_MAIN(LagReadersTest)
#include "tst_lag_readers.moc"
