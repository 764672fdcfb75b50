#include <QtTest>

#include "contract/topics.h"
#include "tests/kit/data/publisher.h"
#include "tests/support/real_stores.h"

using namespace nova;
using kit::PostgresPool;
using kit::Transaction;
using test::firstOccurrencesRise;
using test::Publisher;
using test::versionsByKey;

// What becomes of events when the stores go away, and publish = direct.
class TestOutboxOutages : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        for (const auto name : contract::topic::events) m_kafka.createTopic(std::string(name));
    }
    void init();
    void brokerAwayHoldsNobodyUp();
    void restartedDatabaseLosesNothing();
    void directPublishesBeforeTheAnswer();
    void directFailureIsAnError();

private:
    std::unique_ptr<Publisher> publisher(int replica = 0, kit::Publish publish = kit::Publish::outbox) {
        return std::make_unique<Publisher>(m_postgres, m_kafka, m_schema, m_topic, replica, publish);
    }
    test::RealPostgres m_postgres;
    test::MockKafka m_kafka;
    std::string m_schema, m_topic;
};

void TestOutboxOutages::init() {
    static int number = 0;
    m_schema = "content" + std::to_string(++number);
    m_topic = "nova.content.events." + std::to_string(number);
    m_kafka.createTopic(m_topic);
    PostgresPool pool(m_postgres.uri(), m_schema, 1);
    QVERIFY(kit::migrate(pool, test::postsSchema));
}

void TestOutboxOutages::brokerAwayHoldsNobodyUp() {
    const auto p = publisher();
    p->outbox.start();
    QVERIFY(p->edit("warm"));
    QVERIFY(test::eventually([&] { return p->drained(); }));
    m_kafka.setDown(true);
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 50; ++i) QVERIFY(p->edit("post-" + std::to_string(i % 5)));
    QVERIFY(std::chrono::steady_clock::now() - begin < std::chrono::seconds{3});
    QCOMPARE(p->number("SELECT count(*) FROM outbox"), 50);
    const auto metrics = p->metrics.scrape();
    QVERIFY(metrics.find("nova_outbox_depth 50") != std::string::npos);
    QVERIFY(metrics.find("nova_outbox_oldest_seconds 0\n") == std::string::npos);
    m_kafka.setDown(false);
    QVERIFY(test::eventually([&] { return p->drained(); }));
    const auto records = m_kafka.read(m_topic, 51);
    QCOMPARE(records.size(), std::size_t{51});
    for (const auto& [key, versions] : versionsByKey(records)) QVERIFY(std::ranges::is_sorted(versions));
}

void TestOutboxOutages::restartedDatabaseLosesNothing() {
    const auto p = publisher();
    p->outbox.start();
    for (int i = 0; i < 20; ++i) QVERIFY(p->edit("a"));
    m_postgres.stop();
    m_postgres.start();
    for (int i = 0; i < 20; ++i) QVERIFY(p->edit("a"));
    QVERIFY(test::eventually([&] { return p->drained(); }));
    const auto versions = versionsByKey(m_kafka.read(m_topic, 40)).at("a");
    QVERIFY(firstOccurrencesRise(versions));
    QCOMPARE(std::ranges::max(versions), std::int64_t{40});
}

void TestOutboxOutages::directPublishesBeforeTheAnswer() {
    const auto p = publisher(0, kit::Publish::direct);
    p->outbox.start();
    QVERIFY(p->edit("a"));
    QCOMPARE(p->number("SELECT count(*) FROM outbox"), 0);
    QCOMPARE(m_kafka.read(m_topic, 1).size(), std::size_t{1});
}

void TestOutboxOutages::directFailureIsAnError() {
    const auto p = publisher(0, kit::Publish::direct);
    QVERIFY(p->edit("a"));
    m_kafka.setDown(true);
    const auto lost = p->edit("a");
    QVERIFY(!lost);
    QVERIFY(lost.error().retryable());
    QCOMPARE(p->number("SELECT version FROM posts WHERE id = 'a'"), 2);  // the known hole: written, not published
    QVERIFY(p->metrics.scrape().find("nova_direct_lost_total 1") != std::string::npos);
    m_kafka.setDown(false);
}

QTEST_GUILESS_MAIN(TestOutboxOutages)
#include "tst_outbox_outages.moc"
