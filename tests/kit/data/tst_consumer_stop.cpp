#include <QtTest>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "kit/consume/loop.h"
#include "kit/redis/client.h"
#include "kit/runtime/config.h"
#include "kit/runtime/metrics.h"
#include "tests/kit/data/recorder.h"
#include "tests/support/real_stores.h"

using namespace nova;
using kit::Handled;
using kit::Outcome;
using kit::Record;
using test::eventOf;

class TestConsumerStop : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void stopFinishesTheBatchAndLeavesTheRest();
    void stopAbandonsARetryAtOnce();
    void withoutRedisThereAreNoKeys();
    void aLostSessionGetsANewClient();
    void anOutageLongerThanAMemberMayBeSilent();
    void stopWithoutABrokerIsQuick();

private:
    std::unique_ptr<kit::ConsumerLoop> consumer(bool withRedis = true, const kit::ConsumerLimits& limits = {}) {
        kit::ServiceConfig config;
        config.service = m_group;
        config.kafkaBootstrap = m_kafka.bootstrap();
        auto loop = std::make_unique<kit::ConsumerLoop>(config, std::vector{m_topic}, m_handler,
                                                        withRedis ? &m_redis : nullptr, m_metrics, nullptr, limits);
        loop->start();
        return loop;
    }
    std::int64_t committedSum() {
        std::int64_t sum = 0;
        for (const auto offset : m_kafka.committed(m_group, m_topic)) sum += std::max<std::int64_t>(0, offset);
        return sum;
    }
    std::string mark(const std::string& id) {
        return m_redis.command({"GET", "processed:" + m_group + ":" + id}).value().text;
    }

    test::RealRedis m_server;
    kit::RedisClient m_redis{"127.0.0.1", m_server.port()};
    test::MockKafka m_kafka;
    kit::Metrics m_metrics;
    std::shared_ptr<test::Recorder> m_handler;
    std::string m_group, m_topic;
};

void TestConsumerStop::init() {
    static int number = 0;
    m_group = "feed-service-" + std::to_string(++number);
    m_topic = "nova.content.events." + std::to_string(number);
    m_kafka.createTopic(m_topic);
    m_handler = std::make_shared<test::Recorder>();
}

void TestConsumerStop::stopFinishesTheBatchAndLeavesTheRest() {
    std::mutex mutex;
    std::condition_variable changed;
    bool entered = false, go = false;
    m_handler->begin([&](const Record&) {
        std::unique_lock lock(mutex);
        entered = true;
        changed.notify_all();
        changed.wait(lock, [&] { return go; });
        return Handled::of(Outcome::done);
    });
    const auto loop = consumer();
    m_kafka.send({eventOf(m_topic, "a")});
    {
        std::unique_lock lock(mutex);
        QVERIFY(changed.wait_for(lock, std::chrono::seconds{10}, [&] { return entered; }));
    }
    std::thread stop([&] { loop->stop(); });
    m_kafka.send({eventOf(m_topic, "b")});
    {
        const std::lock_guard lock(mutex);
        go = true;
    }
    changed.notify_all();
    stop.join();
    QCOMPARE(m_handler->done().size(), std::size_t{1});
    QCOMPARE(committedSum(), std::int64_t{1});  // committed by leaving
    QVERIFY(mark("b") != "done");
}

void TestConsumerStop::stopAbandonsARetryAtOnce() {
    m_handler->begin([](const Record&) { return Handled::failure(kit::transient("for ever")); });
    m_kafka.send({eventOf(m_topic, "a")});
    const auto loop = consumer();
    QVERIFY(test::eventually([&] { return m_handler->seen().size() >= 5; }));  // the pauses are near a second by now
    const auto begin = std::chrono::steady_clock::now();
    loop->stop();
    QVERIFY(std::chrono::steady_clock::now() - begin < std::chrono::seconds{5});
    QCOMPARE(committedSum(), std::int64_t{0});
    QCOMPARE(mark("a"), std::string());  // released: whoever comes next need not wait for the lease
}

void TestConsumerStop::withoutRedisThereAreNoKeys() {
    m_kafka.send({eventOf(m_topic, "a"), eventOf(m_topic, "a")});
    const auto loop = consumer(false);
    QVERIFY(test::eventually([&] { return committedSum() == 2; }));
    QCOMPARE(m_handler->seen().size(), std::size_t{2});
    QCOMPARE(mark("a"), std::string());
}

// The broker stays away for longer than the session of 10 s.
void TestConsumerStop::aLostSessionGetsANewClient() {
    const auto loop = consumer();
    m_kafka.send({eventOf(m_topic, "a")});
    QVERIFY(test::eventually([&] { return committedSum() == 1; }));
    m_kafka.setDown(true);
    QVERIFY(test::eventually([&] { return !loop->readiness().empty(); }));
    m_kafka.setDown(false);
    m_kafka.send({eventOf(m_topic, "b")});
    QVERIFY(test::eventually([&] { return committedSum() == 2; }));
    QCOMPARE(loop->readiness(), std::string());
    QCOMPARE(m_handler->done().size(), std::size_t{2});
}

// A store stays away while more comes in than is kept, for longer than a member may go without a poll.
void TestConsumerStop::anOutageLongerThanAMemberMayBeSilent() {
    constexpr int count = 60;
    using std::chrono::milliseconds;
    m_handler->begin([](const Record&) { return Handled::failure(kit::transient("the store is away")); });
    m_kafka.send({eventOf(m_topic, "0", "k")});
    const auto loop = consumer(true, {.backlog = 10,
                                      .serveEvery = milliseconds{10},
                                      .session = milliseconds{6'000},
                                      .pollInterval = milliseconds{6'000}});
    QVERIFY(test::eventually([&] { return !m_handler->seen().empty(); }));
    for (int i = 1; i < count; ++i) m_kafka.send({eventOf(m_topic, std::to_string(i), i % 2 ? "k" : "l")});
    // The pauses between the tries double up to a second: by the sixteenth, more than ten have gone.
    for (const std::size_t tries : {8, 16})
        QVERIFY(test::eventually([&] { return m_handler->seen().size() >= tries; }));
    QCOMPARE(m_handler->reassignments(), 1);  // it is in the group all the time
    m_handler->begin();
    QVERIFY(test::eventually([&] { return committedSum() == count; }));
    QCOMPARE(m_handler->reassignments(), 1);
    std::map<std::string, int> last;
    const auto done = m_handler->done();
    QCOMPARE(done.size(), std::size_t{count});  // each once, in the order of its key
    for (const auto& record : done) {
        const int number = std::stoi(record.eventId);
        QVERIFY(!last.contains(record.key) || last[record.key] < number);
        last[record.key] = number;
    }
}

void TestConsumerStop::stopWithoutABrokerIsQuick() {
    const auto loop = consumer();
    QVERIFY(test::eventually([&] { return loop->readiness().empty(); }));
    m_kafka.setDown(true);
    const auto begin = std::chrono::steady_clock::now();
    loop->stop();
    QVERIFY(std::chrono::steady_clock::now() - begin < std::chrono::seconds{5});
    m_kafka.setDown(false);
}

QTEST_GUILESS_MAIN(TestConsumerStop)
#include "tst_consumer_stop.moc"
