// What is read of a cluster: against a real Kafka, with kcat as the other witness, and against a mock cluster for what
// one real broker cannot show.
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QtTest>

#include "app/engine/cluster/cluster_reader.h"
#include "app/engine/cluster/cluster_watch.h"
#include "tests/support/real_kafka.h"
#include "tests/support/real_stores.h"

using namespace nova::engine;
using namespace Qt::StringLiterals;
using nova::kit::kafka::Handle;
using nova::kit::kafka::PartitionList;
using nova::test::RealKafka;

namespace {

constexpr int askMs = 10'000;

Handle member(const std::string& bootstrap, const char* group) {
    auto settings = nova::kit::kafka::commonSettings(bootstrap, "member");
    settings["group.id"] = group;
    settings["enable.auto.commit"] = "false";
    return std::move(nova::kit::kafka::makeHandle(RD_KAFKA_CONSUMER, settings).value());
}

void commit(rd_kafka_t* handle, const char* topic, int partition, std::int64_t offset) {
    const PartitionList list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), topic, partition)->offset = offset;
    if (const auto error = rd_kafka_commit(handle, list.get(), 0)) qFatal("commit: %s", rd_kafka_err2str(error));
}

const TopicRow* topicOf(const ClusterLook& look, const QString& name) {
    for (const auto& topic : look.topics)
        if (topic.name == name) return &topic;
    return nullptr;
}

}  // namespace

class ReadersTest : public QObject {
    Q_OBJECT

    std::unique_ptr<RealKafka> m_kafka;
    std::shared_ptr<ReadBudget> m_budget = std::make_shared<ReadBudget>(8 << 20);
    ReadSession session() const { return ReadSession(m_kafka->bootstrap(), {}, m_budget); }

private Q_SLOTS:
    void initTestCase() {
        m_kafka = std::make_unique<RealKafka>();
        m_kafka->createTopic("readers", 3, {{"retention.ms", "1234567"}, {"cleanup.policy", "compact,delete"}});
        std::vector<nova::kit::kafka::OutRecord> records;
        for (int i = 0; i < 30; ++i) records.push_back({"readers", std::to_string(i), "value", {}});
        m_kafka->send(records);
    }
    void cleanupTestCase() { m_kafka.reset(); }

    void groupsAreListedDescribedAndTheirOffsetsRead() {
        const auto idle = member(m_kafka->bootstrap(), "readers-idle");
        commit(idle.get(), "readers", 0, 4);
        commit(idle.get(), "readers", 2, 1);
        const auto live = member(m_kafka->bootstrap(), "readers-live");
        const PartitionList topics(rd_kafka_topic_partition_list_new(1));
        rd_kafka_topic_partition_list_add(topics.get(), "readers", RD_KAFKA_PARTITION_UA);
        rd_kafka_subscribe(live.get(), topics.get());
        const auto assigned = [&live] {
            const nova::kit::kafka::Message message(rd_kafka_consumer_poll(live.get(), 50));
            rd_kafka_topic_partition_list_t* list = nullptr;
            rd_kafka_assignment(live.get(), &list);
            const PartitionList owner(list);
            return list->cnt == 3;
        };
        QVERIFY(nova::test::eventually(assigned));

        const auto reader = GroupReader::make(session());
        QVERIFY(reader);
        const auto listed = reader.value().list(askMs);
        QVERIFY2(listed, listed ? "" : listed.error().what.c_str());
        QMap<QString, QString> states;
        QCOMPARE(listed.value().missing, QString());
        for (const auto& group : listed.value().groups) states[group.group] = group.state;
        QCOMPARE(states.value(u"readers-idle"_s), u"Empty"_s);
        QCOMPARE(states.value(u"readers-live"_s), u"Stable"_s);

        QMap<QString, GroupDescription> described;
        QVERIFY(reader.value().describe({u"readers-live"_s, u"readers-idle"_s, u"readers-none"_s}, askMs,
                                        [&](const GroupDescription& group) { described[group.group] = group; }));
        QCOMPARE(described.size(), 3);
        const auto& one = described[u"readers-live"_s];
        QVERIFY2(one.membersKnown, qPrintable(one.trouble));
        QCOMPARE(one.assignor, u"range"_s);
        QCOMPARE(one.coordinator, QString::fromStdString(m_kafka->bootstrap()));
        QCOMPARE(one.members.size(), 1);
        QCOMPARE(one.members[0].clientId, u"member"_s);
        QCOMPARE(one.members[0].host, u"127.0.0.1"_s);
        QCOMPARE(one.members[0].partitions.size(), 3);
        QVERIFY(described[u"readers-idle"_s].membersKnown);
        QVERIFY(described[u"readers-idle"_s].members.isEmpty());
        // What the broker does not know is not "dead".
        const auto& none = described[u"readers-none"_s];
        QVERIFY(!none.membersKnown && !none.trouble.isEmpty());
        QCOMPARE(none.state, u"Unknown"_s);

        QMap<QString, GroupOffsets> offsets;
        QVERIFY(reader.value().offsets({u"readers-idle"_s, u"readers-none"_s}, askMs,
                                       [&](const GroupOffsets& group) { offsets[group.group] = group; }));
        const std::map<PartitionKey, std::int64_t> committed{{{"readers", 0}, 4}, {{"readers", 2}, 1}};
        QVERIFY(offsets[u"readers-idle"_s].committed == committed);
        QVERIFY(offsets[u"readers-none"_s].committed.empty() && offsets[u"readers-none"_s].trouble.isEmpty());
        rd_kafka_consumer_close(live.get());
    }

    // Wish 8: many groups are asked side by side and within a time.
    // More than may be in flight at once, each told once.
    void manyGroupsAreEachToldOnce() {
        QStringList names;
        for (int i = 0; i < 2 * GroupReader::inFlight; ++i) {
            names << u"many-%1"_s.arg(i);
            commit(member(m_kafka->bootstrap(), names.last().toUtf8().constData()).get(), "readers", 1, i % 5);
        }
        const auto reader = GroupReader::make(session());
        QMap<QString, std::int64_t> told;
        QVERIFY(reader.value().offsets(names, askMs, [&](const GroupOffsets& group) {
            QVERIFY(!told.contains(group.group));
            told[group.group] = group.committed.at({"readers", 1});
        }));
        QCOMPARE(told.size(), names.size());
        for (int i = 0; i < names.size(); ++i) QCOMPARE(told.value(names[i]), i % 5);
    }

    void aLookIsWhatKcatSees() {
        auto reader = ClusterReader::make(session());
        QVERIFY(reader);
        const auto look = reader.value().look(askMs);
        QVERIFY2(look, look ? "" : look.error().what.c_str());
        const auto json = QJsonDocument::fromJson(m_kafka->kcat({u"-L"_s, u"-J"_s})).object();
        const auto topics = json.value(u"topics").toArray();
        QCOMPARE(look.value().topics.size(), topics.size());
        for (const auto& value : topics) {
            const auto topic = value.toObject();
            const auto* row = topicOf(look.value(), topic.value(u"topic").toString());
            QVERIFY(row);
            QCOMPARE(row->partitions.size(), topic.value(u"partitions").toArray().size());
            QCOMPARE(row->leaderless() + row->underReplicated(), 0);
        }
        const auto broker = json.value(u"brokers").toArray().first().toObject();
        QCOMPARE(look.value().brokers.size(), 1);
        QCOMPARE(look.value().brokers[0].id, broker.value(u"id").toInt());
        QCOMPARE(look.value().brokers[0].host, broker.value(u"name").toString());
        QVERIFY(look.value().brokers[0].controller);
        qint64 records = 0;
        for (const auto& partition : topicOf(look.value(), u"readers"_s)->partitions)
            records += partition.end.value_or(0);
        QCOMPARE(records, 30);
        QVERIFY(look.value().groups.value(u"Empty"_s) >= 1);
        QVERIFY(look.value().endsTrouble.isEmpty() && look.value().groupsTrouble.isEmpty());
    }

    void ratesComeFromEndsOfTwoLooks() {
        const auto fetches = m_budget->requests(1);
        auto reader = ClusterReader::make(session());
        const auto first = reader.value().look(askMs);
        QVERIFY(!topicOf(first.value(), u"readers"_s)->rate);
        QElapsedTimer clock;
        clock.start();
        m_kafka->send({{"readers", "a", "1", {}}, {"readers", "b", "2", {}}, {"readers", "c", "3", {}}});
        const auto second = reader.value().look(askMs);
        const auto rate = topicOf(second.value(), u"readers"_s)->rate;
        QVERIFY(rate && *rate > 0);
        QVERIFY(*rate >= 3'000.0 / static_cast<double>(clock.elapsed() + 50));
        QCOMPARE(m_budget->requests(1), fetches);  // no record was read
    }

    void configurationIsWhatDiffers() {
        auto reader = ClusterReader::make(session());
        QMap<QString, TopicConfig> configs;
        reader.value().configs({u"readers"_s, u"not-there"_s}, askMs,
                               [&](const TopicConfig& config) { configs[config.topic] = config; });
        const auto& values = configs[u"readers"_s].values;
        QCOMPARE(values.value(u"retention.ms"_s), u"1234567"_s);
        QCOMPARE(values.value(u"cleanup.policy"_s), u"compact,delete"_s);
        QCOMPARE(values.value(u"retention.bytes"_s), u"-1"_s);         // always told
        QCOMPARE(values.value(u"max.message.bytes"_s), u"4194304"_s);  // this broker's own
        QVERIFY(!values.contains(u"segment.ms"_s));
        QVERIFY(!configs[u"not-there"_s].trouble.isEmpty());
    }

    void aWatchLooksAgainAndReadsAConfigurationWhenAsked() {
        ClusterWatch watch(session());
        ClusterLook last;
        int looks = 0;
        QList<bool> reached;
        connect(&watch, &ClusterWatch::reached, this, [&](bool up) { reached.append(up); });
        connect(&watch, &ClusterWatch::looked, this, [&](const ClusterLook& look) {
            last = look;
            ++looks;
        });
        TopicConfig config;
        connect(&watch, &ClusterWatch::config, this, [&](const TopicConfig& read) { config = read; });
        QTRY_COMPARE_WITH_TIMEOUT(looks, 1, 10'000);
        QCOMPARE(reached, QList<bool>{true});
        watch.readConfig(u"readers"_s);
        QTRY_COMPARE_WITH_TIMEOUT(config.values.value(u"retention.ms"_s), u"1234567"_s, 10'000);
        watch.lookNow();
        QTRY_COMPARE_WITH_TIMEOUT(looks, 2, 4'000);
        QVERIFY(topicOf(last, u"readers"_s)->rate);
    }

    void nobodyThereIsSaidOnce() {
        ClusterWatch watch(ReadSession("127.0.0.1:" + std::to_string(nova::test::freePort())));
        QStringList troubles;
        connect(&watch, &ClusterWatch::reached, this, [&](bool up, const QString& why) {
            troubles.append(up ? u"it is there"_s : why);
        });
        QTRY_COMPARE_WITH_TIMEOUT(troubles.size(), 1, 10'000);
        QVERIFY2(troubles[0].contains(u"refused"_s), qPrintable(troubles[0]));
    }

    // Three brokers: a partition without a leader comes first; groups, which the mock does not know, are said not to be
    // there, and spoil nothing.
    void whatIsMissingIsSaidPerPart() {
        const auto handle = nova::kit::kafka::makeHandle(RD_KAFKA_PRODUCER, {});
        const std::unique_ptr<rd_kafka_mock_cluster_t, nova::kit::kafka::Deleter<rd_kafka_mock_cluster_destroy>> mock(
            rd_kafka_mock_cluster_new(handle.value().get(), 3));
        rd_kafka_mock_topic_create(mock.get(), "whole", 2, 3);
        rd_kafka_mock_topic_create(mock.get(), "zz-headless", 2, 3);
        rd_kafka_mock_partition_set_leader(mock.get(), "zz-headless", 1, -1);
        auto reader = ClusterReader::make(ReadSession(rd_kafka_mock_cluster_bootstraps(mock.get())));
        const auto look = reader.value().look(askMs);
        QVERIFY2(look, look ? "" : look.error().what.c_str());
        QCOMPARE(look.value().brokers.size(), 3);
        QCOMPARE(look.value().topics.size(), 2);
        QCOMPARE(look.value().topics[0].name, u"zz-headless"_s);
        QCOMPARE(look.value().topics[0].leaderless(), 1);
        QCOMPARE(look.value().leaderless(), 1);
        QVERIFY(look.value().topics[0].partitions[0].end && !look.value().topics[0].partitions[1].end);
        QVERIFY(look.value().topics[1].partitions[1].end);
        QVERIFY(!look.value().groupsTrouble.isEmpty());
    }

    void rowsCountWhatIsWrong() {
        TopicRow topic;
        topic.partitions = {{0, 1, {1, 2, 3}, {1, 2, 3}, {}, {}, {}},
                            {1, 2, {2, 3, 1}, {2}, {}, {}, {}},
                            {2, -1, {3, 1, 2}, {}, {}, {}, {}}};
        QCOMPARE(topic.leaderless(), 1);
        QCOMPARE(topic.underReplicated(), 2);
    }
};

QTEST_GUILESS_MAIN(ReadersTest)
#include "tst_readers.moc"
