#include <QtTest>
#include <atomic>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "contract/topics.h"
#include "kit/runtime/failpoint.h"
#include "kit/trace/span.h"
#include "tests/kit/data/publisher.h"
#include "tests/support/real_stores.h"

using namespace nova;
using kit::PostgresPool;
using kit::Transaction;
using test::eventOf;
using test::firstOccurrencesRise;
using test::medianMs;
using test::Publisher;
using test::versionsByKey;

class TestOutbox : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        for (const auto name : contract::topic::events) m_kafka.createTopic(std::string(name));
    }
    void init();
    void cleanup() { kit::armFailpoint(""); }
    void concurrentWritersKeepTheOrderOfEachKey();
    void crashBetweenAckAndDeleteRepeatsButLosesNothing();
    void twoRelaysShareTheShards();
    void aCommitWakesTheRelay();
    void aCommitWakesTheRelayOfAnotherProcess();
    void recordsCarryTheContractsHeadersAndSpans();
    void repeatedVersionAndHugePayloadAreRefused();
    void versionsOfASchemaLiveSideBySide();
    void directLosesWhatItsCrashLeavesBehind();
    void whatWasSentIsForgottenAfterADay();
    void aScrapeThatHangsHoldsUpNoOther();

private:
    std::unique_ptr<Publisher> publisher(int replica = 0, kit::Publish publish = kit::Publish::outbox) {
        return std::make_unique<Publisher>(m_postgres, m_kafka, m_schema, m_topic, replica, publish);
    }
    test::RealPostgres m_postgres;
    test::MockKafka m_kafka;
    std::string m_schema, m_topic;
};

void TestOutbox::init() {
    static int number = 0;
    m_schema = "content" + std::to_string(++number);
    m_topic = "nova.content.events." + std::to_string(number);
    m_kafka.createTopic(m_topic);
    PostgresPool pool(m_postgres.uri(), m_schema, 1);
    QVERIFY(kit::migrate(pool, test::postsSchema));
}

void TestOutbox::concurrentWritersKeepTheOrderOfEachKey() {
    const auto p = publisher();
    p->outbox.start();
    constexpr int writers = 8, each = 150, hotKeys = 12;
    std::vector<std::thread> threads;
    std::atomic<int> committed{0};
    for (int w = 0; w < writers; ++w) {
        threads.emplace_back([&, w] {
            std::mt19937 random(static_cast<unsigned>(w));
            for (int i = 0; i < each; ++i) {
                if (p->edit("post-" + std::to_string(random() % hotKeys), random() % 10 == 0)) ++committed;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    QVERIFY(test::eventually([&] { return p->drained(); }));
    p->outbox.stop();
    QVERIFY(committed > 900);
    const auto records = m_kafka.read(m_topic, static_cast<std::size_t>(committed));
    QCOMPARE(records.size(),
             static_cast<std::size_t>(committed.load()));  // nothing lost, no ghost of a rollback, nothing twice
    const auto versions = versionsByKey(records);
    QCOMPARE(versions.size(), std::size_t{hotKeys});
    for (const auto& [key, list] : versions) {
        for (std::size_t i = 0; i < list.size(); ++i) QCOMPARE(list[i], static_cast<std::int64_t>(i) + 1);
    }
    QCOMPARE(p->number("SELECT count(*) FROM outbox_sent"), committed.load());
    QVERIFY(p->metrics.scrape().find("nova_outbox_published_total{topic=\"" + m_topic + "\"} " +
                                     std::to_string(committed)) != std::string::npos);
}

void TestOutbox::crashBetweenAckAndDeleteRepeatsButLosesNothing() {
    const auto p = publisher();
    for (int i = 0; i < 20; ++i) QVERIFY(p->edit(i % 2 ? "a" : "b"));
    QVERIFY(kit::armFailpoint("after_kafka_ack_before_delete:1:err"));
    p->outbox.start();
    QVERIFY(test::eventually([&] { return p->drained(); }));
    p->outbox.stop();
    const auto records = m_kafka.read(m_topic, 40);
    QCOMPARE(records.size(), std::size_t{40});  // the whole batch came twice
    for (const auto& [key, versions] : versionsByKey(records)) QVERIFY(firstOccurrencesRise(versions));
    std::set<std::string> ids;
    for (const auto& record : records) ids.insert(record.eventId);
    QCOMPARE(ids.size(), std::size_t{20});  // a repeat bears the same ce_id
}

void TestOutbox::twoRelaysShareTheShards() {
    const auto first = publisher(0);
    auto second = publisher(1);
    first->outbox.start();
    QVERIFY(test::eventually([&] { return first->locks() == 16; }));
    second->outbox.start();
    const auto shares = [&] {
        return first->number(
            "SELECT count(DISTINCT pid) * 100 + min(n) FROM (SELECT pid, count(*) AS n FROM pg_locks WHERE locktype = "
            "'advisory'"
            " AND objsubid = 2 AND objid < 16 AND classid = 'outbox'::regclass GROUP BY pid) s");
    };
    QVERIFY(test::eventually([&] { return shares() == 208; }));  // two relays, eight shards each
    for (int i = 0; i < 300; ++i) QVERIFY((i % 2 ? first : second)->edit("post-" + std::to_string(i % 30)));
    QVERIFY(test::eventually([&] { return first->drained(); }));
    second.reset();
    QVERIFY(test::eventually([&] { return first->locks() == 16; }));  // the survivor takes all
    for (int i = 0; i < 60; ++i) QVERIFY(first->edit("post-" + std::to_string(i % 30)));
    QVERIFY(test::eventually([&] { return first->drained(); }));
    const auto records = m_kafka.read(m_topic, 360);
    QCOMPARE(records.size(), std::size_t{360});
    for (const auto& [key, versions] : versionsByKey(records)) {
        QVERIFY(std::ranges::is_sorted(versions));
        QCOMPARE(versions.size(), std::size_t{12});
    }
}

void TestOutbox::aCommitWakesTheRelay() {
    const auto p = publisher();
    p->outbox.start();
    QVERIFY(p->edit("first"));  // connects
    QVERIFY(test::eventually([&] { return p->drained(); }));
    QVERIFY(p->pool.transact(nullptr, [](Transaction& t) { t.exec("TRUNCATE outbox_sent"); }));
    for (int i = 0; i < 25; ++i) {
        QVERIFY(p->edit("post"));
        QVERIFY(test::eventually([&] { return p->drained(); }));
    }
    const double ms = medianMs(p->pool);
    QVERIFY2(ms < 15, qPrintable(QString::number(ms)));  // polling alone comes to 25
    qInfo("commit to confirmed at rest: median %.2f ms", ms);
}

void TestOutbox::aCommitWakesTheRelayOfAnotherProcess() {
    const auto relay = publisher(0);
    relay->outbox.start();
    QVERIFY(relay->edit("first"));
    QVERIFY(test::eventually([&] { return relay->drained() && relay->locks() == 16; }));
    QVERIFY(relay->pool.transact(nullptr, [](Transaction& t) { t.exec("TRUNCATE outbox_sent"); }));
    // The second gets its eight shards within a second; what it writes until then is the first's.
    const auto writer = publisher(1);
    writer->outbox.start();
    QVERIFY(test::eventually([&] {
        return writer->number("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 16") == 2;
    }));
    for (int i = 0; i < 40; ++i) {
        QVERIFY(writer->edit("post-" + std::to_string(i)));
        QVERIFY(test::eventually([&] { return writer->drained(); }));
    }
    const double ms = medianMs(relay->pool);
    QVERIFY2(ms < 15, qPrintable(QString::number(ms)));
}

void TestOutbox::recordsCarryTheContractsHeadersAndSpans() {
    std::mutex mutex;
    std::map<std::string, kit::trace::SpanData> spans;
    kit::trace::install([&](kit::trace::SpanData&& span) {
        const std::lock_guard lock(mutex);
        spans[span.name] = std::move(span);
    });
    const auto p = publisher();
    p->outbox.start();
    kit::trace::Context server;
    {
        const kit::trace::Scope scope(kit::trace::Context::fresh(true));
        const kit::trace::Span span("Content/CreatePost", kit::trace::SpanKind::server, "grpc");
        server = span.context();
        QVERIFY(p->edit("0193a8f0-0000-7000-8000-000000000001"));
    }
    const auto records = m_kafka.read(m_topic, 1);
    QVERIFY(test::eventually([&] { return p->drained(); }));
    kit::trace::install(nullptr);
    QCOMPARE(records.size(), std::size_t{1});
    std::vector<std::string> names;
    for (const auto& [name, value] : records[0].headers) names.push_back(name);
    QCOMPARE(names,
             (std::vector<std::string>{"ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "ce_subject",
                                       "ce_dataschema", "content-type", "traceparent", "nova-version"}));
    QVERIFY(kit::isUuid(records[0].eventId));
    QCOMPARE(std::string(kit::kafka::header(records[0].headers, "ce_source")), std::string("/nova/content-service"));
    QCOMPARE(records[0].version.value(), std::int64_t{1});
    QCOMPARE(records[0].value, std::string("payload 1"));

    const auto& wait = spans.at("outbox wait");
    const auto& publish = spans.at("publish " + m_topic);
    const auto carried = kit::trace::Context::parse(kit::kafka::header(records[0].headers, "traceparent")).value();
    QCOMPARE(carried.spanIdHex(), publish.context.spanIdHex());
    QCOMPARE(carried.traceIdHex(), server.traceIdHex());
    QVERIFY(wait.context.traceId == server.traceId);
    QVERIFY(wait.parentId == spans.at("Content/CreatePost").context.spanId ||
            wait.parentId == spans.at("posts + outbox").context.spanId);
    QVERIFY(publish.parentId == wait.context.spanId);
    QVERIFY(wait.start + wait.duration <= publish.start + publish.duration);
    QCOMPARE(int(publish.kind), int(kit::trace::SpanKind::producer));
}

void TestOutbox::repeatedVersionAndHugePayloadAreRefused() {
    const auto p = publisher();
    const auto emit = [&](kit::OutEvent event) {
        return p->pool.transact(nullptr, [&](Transaction& t) { p->outbox.emit(t, event); });
    };
    QVERIFY(emit(eventOf(m_topic, "a", 1)));
    const auto again = emit(eventOf(m_topic, "a", 1));
    QVERIFY(!again);
    QCOMPARE(again.error().kind, kit::ErrorKind::conflict);
    auto huge = eventOf(m_topic, "b", 1);
    huge.payload.assign(900'001, 'x');
    QVERIFY(!emit(huge));
    huge.payload.resize(900'000);
    QVERIFY(emit(huge));
}

void TestOutbox::versionsOfASchemaLiveSideBySide() {
    const auto p = publisher();
    p->outbox.publishAlsoAs(
        "nova.events.v1.PostCreated",
        {"nova.events.v0.PostCreated", [](const std::string& payload) { return "older " + payload; }});
    p->outbox.start();
    QVERIFY(p->edit("post"));
    QVERIFY(p->edit("post"));
    const auto records = m_kafka.read(m_topic, 4);
    QVERIFY(test::eventually([&] { return p->drained(); }));
    QCOMPARE(records.size(), std::size_t{4});
    for (std::size_t i = 0; i < 4; i += 2) {
        QCOMPARE(records[i].dataSchema, std::string("nova.events.v0.PostCreated"));
        QCOMPARE(records[i + 1].dataSchema, std::string("nova.events.v1.PostCreated"));
        QCOMPARE(records[i].eventId, records[i + 1].eventId);
        QCOMPARE(records[i].value, "older " + records[i + 1].value);
        QCOMPARE(records[i].version.value(), std::int64_t(i / 2) + 1);
    }
    QCOMPARE(p->number("SELECT count(*) FROM outbox_sent"), 2);
}

// The same crash after the commit: the outbox publishes all the same, the direct form has lost the event for good.
void TestOutbox::directLosesWhatItsCrashLeavesBehind() {
    for (const auto publish : {kit::Publish::outbox, kit::Publish::direct}) {
        const std::string schema = publish == kit::Publish::outbox ? "hole_outbox" : "hole_direct";
        const std::string topic = m_topic + schema;
        m_kafka.createTopic(topic);
        Publisher p(m_postgres, m_kafka, schema, topic, 0, publish);
        QVERIFY(kit::migrate(p.pool, test::postsSchema));
        p.outbox.start();
        kit::armFailpoint("after_commit_before_ack:1:err");
        const auto crashed = p.edit("post");
        kit::armFailpoint("");
        QVERIFY(!crashed);
        QCOMPARE(p.number("SELECT count(*) FROM posts"), 1);  // the write stands
        QVERIFY(p.edit("post"));
        const auto versions = versionsByKey(m_kafka.read(topic, publish == kit::Publish::outbox ? 2 : 1))["post"];
        const std::vector<std::int64_t> wanted =
            publish == kit::Publish::outbox ? std::vector<std::int64_t>{1, 2} : std::vector<std::int64_t>{2};
        QCOMPARE(versions, wanted);
    }
}

void TestOutbox::whatWasSentIsForgottenAfterADay() {
    const auto p = publisher();
    const auto sent = [&](const char* age, int rows) {
        QVERIFY(p->pool.transact(nullptr, [&](Transaction& t) {
            t.exec(
                "INSERT INTO outbox_sent SELECT gen_random_uuid(), 't', 0, n, clock_timestamp(),"
                " clock_timestamp() - $1::interval FROM generate_series(1, $2) n",
                age, rows);
        }));
    };
    sent("25 hours", 12'000);  // more than one round takes out
    sent("23 hours", 10);
    p->outbox.start();
    QVERIFY(test::eventually([&] { return p->number("SELECT count(*) FROM outbox_sent") == 10; }));
    p->outbox.stop();
}

// A lock on the table stands for a database that does not answer.
void TestOutbox::aScrapeThatHangsHoldsUpNoOther() {
    const auto p = publisher();
    auto locker = std::move(p->pool.dedicated().value());
    pqxx::work lock(*locker);
    lock.exec("LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE");
    std::atomic<bool> ended{false};
    std::thread hanging([&] {
        p->metrics.scrape();
        ended = true;
    });
    const auto waits = [&] {
        return p->number("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'outbox'::regclass") == 1;
    };
    const bool hangs = test::eventually(waits);
    const auto page = p->metrics.scrape();
    const bool before = !ended;
    lock.abort();
    hanging.join();
    QVERIFY(hangs && before);
    QVERIFY(page.find("nova_outbox_depth") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestOutbox)
#include "tst_outbox.moc"
