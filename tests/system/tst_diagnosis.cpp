// What Kafka alone tells of why a group lags: six causes provoked side by side on a real broker, each recognised, and a
// consumer that hangs, of which Kafka cannot tell.
#include <QProcess>
#include <QtTest>
#include <atomic>
#include <thread>

#include "tests/support/real_kafka.h"
#include "tests/support/strict_log.h"
#include "tests/system/diagnosis_room.h"
#include "tests/system/lag_actors.h"

using namespace nova;
using namespace Qt::StringLiterals;
using engine::Cause;
using std::chrono::milliseconds;

namespace {

constexpr int tickMs = 100;

// Runs a step each tick on a thread of its own until it is told to end.
class Worker {
public:
    explicit Worker(std::function<void()> step, int everyMs = tickMs)
        : m_thread([this, step = std::move(step), everyMs] {
              auto next = std::chrono::steady_clock::now();
              while (!m_stopping) {
                  step();
                  std::this_thread::sleep_until(next += milliseconds(everyMs));
              }
          }) {}
    ~Worker() {
        m_stopping = true;
        m_thread.join();
    }

private:
    std::atomic<bool> m_stopping{false};
    std::thread m_thread;
};

// A member that handles at most so many records a second and commits each of them, after a while.
std::unique_ptr<test::Member> consumer(const std::string& bootstrap, const std::string& group, const std::string& topic,
                                       const std::string& client, int perSecond) {
    test::Member::Options options;
    options.client = client;
    options.more = {{"auto.commit.interval.ms", "300"}, {"heartbeat.interval.ms", "1000"}};
    if (perSecond > 0) options.perRecord = milliseconds(1'000 / perSecond);
    return std::make_unique<test::Member>(bootstrap, group, topic, options);
}

}  // namespace

class DiagnosisSystemTest : public QObject {
    Q_OBJECT
    std::unique_ptr<test::RealKafka> m_kafka;
    test::DiagnosisRoom m_room;
    std::vector<std::unique_ptr<test::Member>> m_consumers;
    std::vector<std::unique_ptr<Worker>> m_producers;
    std::unique_ptr<kit::kafka::Producer> m_producer;
    std::atomic<bool> m_burst{false};
    std::mutex m_mutex;  // of the producer

    void consume(const char* group, const char* topic, int members, int perSecond) {
        for (int i = 0; i < members; ++i)
            m_consumers.push_back(
                consumer(m_kafka->bootstrap(), group, topic, std::string(group) + "-" + std::to_string(i), perSecond));
    }
    void send(const char* topic, int partition, int records) {
        const std::lock_guard lock(m_mutex);
        static_cast<void>(m_producer->sendAll(
            std::vector<kit::kafka::OutRecord>(std::size_t(records), {topic, "k", "v", {}, partition})));
    }
    // Each tick so many records into a partition.
    void produce(const char* topic, int partition, std::function<int()> records) {
        m_producers.push_back(std::make_unique<Worker>([this, topic, partition, records = std::move(records)] {
            if (const int count = records()) send(topic, partition, count);
        }));
    }
    engine::Target target() const {
        engine::Profile profile;
        profile.name = u"test"_s;
        profile.kafka = {{"bootstrap.servers", m_kafka->bootstrap()}};
        profile.readBytesPerSecond = 0;
        return engine::Target::of(profile);
    }

private Q_SLOTS:
    // All at once: each has a topic and a group of its own.
    void initTestCase() {
        m_kafka = std::make_unique<test::RealKafka>();
        for (const auto& [topic, partitions] : std::initializer_list<std::pair<const char*, int>>{
                 {"orders", 2}, {"mails", 1}, {"jobs", 2}, {"clicks", 3}, {"ledger", 1}, {"views", 2}, {"slow", 1}})
            m_kafka->createTopic(topic, partitions);
        m_producer =
            std::make_unique<kit::kafka::Producer>(kit::kafka::Producer::make(m_kafka->bootstrap(), "test").value());

        // A steady trickle before the board opens, so that only `orders` ever bursts.
        produce("orders", 0, [this] { return m_burst ? 40 : 1; });
        for (const int partition : {0, 1}) produce("jobs", partition, [] { return 4; });
        produce("clicks", 0, [] { return 12; });  // and into its other partitions nothing, ever
        for (const int partition : {0, 1}) produce("views", partition, [] { return 1; });
        produce("slow", 0, [] { return 1; });

        consume("billing", "orders", 1, 60);
        consume("workers", "jobs", 4, 15);
        consume("counters", "clicks", 1, 70);
        consume("ledgers", "ledger", 1, 0);
        consume("viewers", "views", 1, 5);
        m_room.open(target());
    }

    void cleanupTestCase() {
        m_room.close();
        m_producers.clear();
        m_consumers.clear();
    }

    void moreConsumersThanPartitions() {
        QCOMPARE(m_room.waitFor(u"workers"_s, Cause::tooManyConsumers, 60'000), QString());
        QVERIFY(m_room.last().diagnosis.sentence.contains(u"4 consumers share 2 partitions"_s));
        QVERIFY2(!m_room.last().diagnosis.missing.isEmpty(), "Kafka alone: what it lacks is named");
        QVERIFY2(m_room.last().diagnosis.missing.first().contains(u"consume spans"_s),
                 qPrintable(test::DiagnosisRoom::textOf(m_room.last())));
        QVERIFY(m_room.last().record.offset >= m_room.last().record.committed);
    }

    void skewedKeys() {
        QCOMPARE(m_room.waitFor(u"counters"_s, Cause::skewedKeys, 30'000), QString());
        QCOMPARE(m_room.last().partition, 0);
    }

    void aProducerBurst() {
        m_burst = true;
        QCOMPARE(m_room.waitFor(u"billing"_s, Cause::producerBurst, 40'000), QString());
    }

    void aConsumerThatWasKilled() {
        send("mails", 0, 5);
        QProcess kcat;
        kcat.start(u"kcat"_s, {u"-b"_s, QString::fromStdString(m_kafka->bootstrap()), u"-X"_s,
                               u"session.timeout.ms=6000"_s, u"-X"_s, u"auto.commit.interval.ms=200"_s, u"-X"_s,
                               u"auto.offset.reset=earliest"_s, u"-G"_s, u"mailer"_s, u"mails"_s});
        QVERIFY(kcat.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(m_room.row(u"mailer"_s, u"mails"_s, 0).value_or(engine::LagRow()).committed == 5,
                                 20'000);
        kcat.kill();
        kcat.waitForFinished();
        send("mails", 0, 50);
        QCOMPARE(m_room.waitFor(u"mailer"_s, Cause::consumerDead, 30'000), QString());
        QCOMPARE(m_room.last().record.offset, 5);
    }

    void anOpenTransaction() {
        send("ledger", 0, 20);
        QTRY_VERIFY_WITH_TIMEOUT(m_room.row(u"ledgers"_s, u"ledger"_s, 0).value_or(engine::LagRow()).committed == 20,
                                 20'000);
        auto settings = kit::kafka::commonSettings(m_kafka->bootstrap(), "open");
        settings["transactional.id"] = "open";
        settings["transaction.timeout.ms"] = "60000";
        const auto handle = kit::kafka::makeHandle(RD_KAFKA_PRODUCER, settings);
        QVERIFY(handle);
        auto* producer = handle.value().get();
        QVERIFY(!rd_kafka_init_transactions(producer, 20'000));
        QVERIFY(!rd_kafka_begin_transaction(producer));
        rd_kafka_topic_t* const ledger = rd_kafka_topic_new(producer, "ledger", nullptr);
        char value[] = "v";
        for (int i = 0; i < 30; ++i)
            QCOMPARE(rd_kafka_produce(ledger, 0, RD_KAFKA_MSG_F_COPY, value, 1, nullptr, 0, nullptr), 0);
        rd_kafka_topic_destroy(ledger);
        QVERIFY(!rd_kafka_flush(producer, 10'000));
        QCOMPARE(m_room.waitFor(u"ledgers"_s, Cause::openTransaction, 20'000), QString());
        QVERIFY(m_room.last().diagnosis.sentence.contains(u"30 offsets"_s));
        QVERIFY(!rd_kafka_abort_transaction(producer, 10'000));
    }

    void aRebalanceLoop() {
        std::unique_ptr<test::Member> other;
        const Worker joiner(
            [&] {
                other ? other.reset()
                      : (other = consumer(m_kafka->bootstrap(), "viewers", "views", "comes-and-goes", 5), void());
            },
            3'000);
        QCOMPARE(m_room.waitFor(u"viewers"_s, Cause::rebalanceLoop, 40'000), QString());
    }

    // It polls no more, and holds its partition: from outside that is a consumer at work.
    void aConsumerThatHangsIsHonestlyUnknown() {
        QProcess kcat;
        kcat.start(u"kcat"_s, {u"-b"_s, QString::fromStdString(m_kafka->bootstrap()), u"-X"_s,
                               u"session.timeout.ms=60000"_s, u"-X"_s, u"auto.commit.interval.ms=200"_s, u"-X"_s,
                               u"auto.offset.reset=latest"_s, u"-G"_s, u"sleeper"_s, u"slow"_s});
        QVERIFY(kcat.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(
            m_room.row(u"sleeper"_s, u"slow"_s, 0).value_or(engine::LagRow()).committed.value_or(0) > 0, 20'000);
        QProcess::execute(u"kill"_s, {u"-STOP"_s, QString::number(kcat.processId())});
        QTest::qWait(7'000);
        QCOMPARE(m_room.waitFor(u"sleeper"_s, Cause::unknown, 10'000), QString());
        QVERIFY2(m_room.last().diagnosis.sentence.contains(u"has committed nothing for"_s),
                 qPrintable(m_room.last().diagnosis.sentence));
        kcat.kill();
        kcat.waitForFinished();
    }
};

QTEST_GUILESS_MAIN(DiagnosisSystemTest)
#include "tst_diagnosis.moc"
