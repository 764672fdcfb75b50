#include <QtTest>
#include <map>
#include <mutex>
#include <thread>

#include "contract/topics.h"
#include "kit/consume/loop.h"
#include "kit/consume/parking.h"
#include "kit/redis/client.h"
#include "kit/runtime/config.h"
#include "kit/runtime/failpoint.h"
#include "kit/runtime/metrics.h"
#include "kit/trace/span.h"
#include "tests/kit/data/recorder.h"
#include "tests/support/real_stores.h"

using namespace nova;
using kit::Handled;
using kit::Outcome;
using kit::Record;
using test::eventOf;

class TestConsumer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void cleanupTestCase() { m_loop.reset(); }
    void handlesMarksAndCommits();
    void duplicateIsSuppressed();
    void transientIsRetriedInPlaceWithoutLimit();
    void permanentGoesToTheDeadLettersAfterFiveTries();
    void undecodableGoesAtOnce();
    void undecodableForTheHandlerGoesAtOnce();
    void aParkedKeyFollowsUntilItIsReleased();
    void premiumGoesFirstAndNoKeyLosesItsOrder();
    void unknownSchemaIsSkippedWithoutAMark();
    void replayForAnotherGroupIsSkipped();
    void failureHoldsBackItsKeyAlone();
    void throwingRecordIsFoundAmongOthers();
    void whatFollowsAThrowingRecordWaitsForIt();
    void tooLargeForTheDeadLettersGoesWithoutItsValue();
    void redisAwayDelaysNothingIsLost();
    void foreignLeaseIsWaitedOut();
    void crashAfterEffectRepeatsIt();
    void spansJoinTheProducersTrace();
    void metricsTellLagAndOutcomes();

private:
    std::int64_t committedSum() {
        std::int64_t sum = 0;
        for (const auto offset : m_kafka.committed(m_group, m_topic)) sum += std::max<std::int64_t>(0, offset);
        return sum;
    }
    bool outcome(const std::string& name, int count) {
        const std::string line =
            "nova_outcomes_total{outcome=\"" + name + "\",topic=\"" + m_topic + "\"} " + std::to_string(count) + "\n";
        return m_metrics.scrape().find(line) != std::string::npos;
    }
    std::string id(const std::string& name) const {
        return m_topic + "/" + name;
    }  // event ids differ from test to test
    std::string markKey(const std::string& name) const { return "processed:" + m_group + ":" + id(name); }
    std::string mark(const std::string& name) { return m_redis.command({"GET", markKey(name)}).value().text; }
    kit::kafka::OutRecord event(const std::string& name, const std::string& key = "post",
                                std::int64_t version = 1) const {
        return eventOf(m_topic, id(name), key, version);
    }
    bool handled(std::size_t count) {
        return test::eventually([&] { return m_handler->done().size() >= count; });
    }

    test::RealRedis m_server;
    kit::RedisClient m_redis{"127.0.0.1", m_server.port()};
    test::MockKafka m_kafka;
    kit::Metrics m_metrics;
    std::shared_ptr<test::Recorder> m_handler = std::make_shared<test::Recorder>();
    std::unique_ptr<kit::ConsumerLoop>
        m_loop;  // one for all tests, each with a topic of its own: joining the mock's group takes 4 s
    std::string m_group = "feed-service", m_topic;
    int m_number = 0;
};

void TestConsumer::initTestCase() {
    std::vector<std::string> topics;
    for (int i = 1; i <= 20; ++i) {
        topics.push_back("nova.content.events." + std::to_string(i));
        m_kafka.createTopic(topics.back());
    }
    m_kafka.createTopic(topics.emplace_back(contract::topic::message));
    kit::ServiceConfig config;
    config.service = m_group;
    config.kafkaBootstrap = m_kafka.bootstrap();
    m_loop = std::make_unique<kit::ConsumerLoop>(config, topics, m_handler, &m_redis, m_metrics,
                                                 kit::consume::parkingIn(m_redis, m_group));
    QVERIFY(!m_loop->readiness().empty());
    m_loop->start();
    QVERIFY(test::eventually([&] { return m_loop->readiness().empty(); }));
}

void TestConsumer::init() {
    m_topic = "nova.content.events." + std::to_string(++m_number);
    m_handler->begin();
}

void TestConsumer::cleanup() {
    kit::armFailpoint("");
    kit::trace::install(nullptr);
}

void TestConsumer::handlesMarksAndCommits() {
    for (int i = 0; i < 50; ++i) m_kafka.send({event("e" + std::to_string(i), "post" + std::to_string(i % 7), i)});
    QVERIFY(handled(50));
    QVERIFY(test::eventually([&] { return committedSum() == 50; }));
    QCOMPARE(mark("e7"), std::string("done"));
    const auto ttl = m_redis.command({"TTL", markKey("e7")}).value().integer;
    QVERIFY(ttl > 604'700 && ttl <= 604'800);
    const auto seen = m_handler->seen();
    QCOMPARE(seen.size(), std::size_t{50});
    std::map<std::string, std::int64_t> last;
    for (const auto& record : seen) {
        QVERIFY(!last.contains(record.key) || last[record.key] < record.version.value());
        last[record.key] = record.version.value();
    }
}

void TestConsumer::duplicateIsSuppressed() {
    QVERIFY(m_redis.command({"SET", markKey("before"), "done"}));
    m_kafka.send({event("before"), event("twice"), event("twice"), event("after")});
    QVERIFY(test::eventually([&] { return committedSum() == 4; }));
    const auto seen = m_handler->seen();
    QCOMPARE(seen.size(), std::size_t{2});
    QCOMPARE(seen[0].eventId, id("twice"));
    QCOMPARE(seen[1].eventId, id("after"));
    QVERIFY(outcome("duplicate", 2));
}

void TestConsumer::transientIsRetriedInPlaceWithoutLimit() {
    std::atomic<int> tries{0};
    m_handler->begin([&](const Record& record) {
        if (record.eventId == id("bad") && ++tries < 8) return Handled::failure(kit::transient("database away"));
        return Handled::of(Outcome::done);
    });
    m_kafka.send({event("bad"), event("next", "post", 2)});
    QVERIFY(handled(2));
    QVERIFY(test::eventually([&] { return committedSum() == 2; }));
    QCOMPARE(tries.load(), 8);
    QVERIFY(outcome("done", 2));
    QCOMPARE(m_kafka.read(m_topic + ".dlq", 0).size(), std::size_t{0});
}

void TestConsumer::permanentGoesToTheDeadLettersAfterFiveTries() {
    std::atomic<int> tries{0};
    m_handler->begin([&](const Record& record) {
        if (record.eventId != id("poison")) return Handled::of(Outcome::done);
        ++tries;
        return Handled::failure(kit::permanent("no such column"));
    });
    m_kafka.send({event("poison"), event("next", "post", 2)});
    QVERIFY(test::eventually([&] { return committedSum() == 2; }));
    QCOMPARE(tries.load(), 5);
    const auto letters = m_kafka.read(m_topic + ".dlq", 1);
    QCOMPARE(letters.size(), std::size_t{1});
    const auto& headers = letters[0].headers;
    QCOMPARE(letters[0].key, std::string("post"));
    QCOMPARE(letters[0].value, "value of " + id("poison"));
    QCOMPARE(letters[0].eventId, id("poison"));
    QCOMPARE(std::string(kit::kafka::header(headers, "nova-dlq-topic")), m_topic);
    QCOMPARE(std::string(kit::kafka::header(headers, "nova-dlq-offset")), std::string("0"));
    QCOMPARE(std::string(kit::kafka::header(headers, "nova-dlq-group")), m_group);
    QCOMPARE(std::string(kit::kafka::header(headers, "nova-dlq-error")), std::string("no such column"));
    QVERIFY(!kit::kafka::header(headers, "nova-dlq-partition").empty());
    QVERIFY(kit::parseRfc3339(kit::kafka::header(headers, "nova-dlq-time")));
    QCOMPARE(mark("poison"), std::string());  // a redrive must not be suppressed
    for (const auto& record : m_handler->done()) QCOMPARE(record.eventId, id("next"));
    QVERIFY(m_metrics.scrape().find("nova_dead_letters_total{topic=\"" + m_topic + "\"} 1") != std::string::npos);
}

void TestConsumer::undecodableGoesAtOnce() {
    auto broken = event("x");
    std::erase_if(broken.headers, [](const auto& h) { return h.first == "ce_type"; });
    m_kafka.send({broken, event("fine")});
    QVERIFY(test::eventually([&] { return committedSum() == 2; }));
    const auto letters = m_kafka.read(m_topic + ".dlq", 1);
    QCOMPARE(letters.size(), std::size_t{1});
    QVERIFY(kit::kafka::header(letters[0].headers, "nova-dlq-error").find("ce_type") != std::string_view::npos);
    QCOMPARE(m_handler->seen().size(), std::size_t{1});
}

void TestConsumer::undecodableForTheHandlerGoesAtOnce() {
    m_topic = contract::topic::message;  // whose keys are parked, but not for this
    m_handler->begin([&](const Record& record) {
        return record.eventId == id("odd") ? Handled::undecodable("no such bytes") : Handled::of(Outcome::done);
    });
    m_kafka.send({event("odd", "odd key"), event("next", "odd key", 2)});
    const auto letters = m_kafka.read(m_topic + ".dlq", 1);
    QCOMPARE(letters.size(), std::size_t{1});
    QVERIFY(handled(1));
    QCOMPARE(m_handler->done()[0].eventId, id("next"));
}

void TestConsumer::aParkedKeyFollowsUntilItIsReleased() {
    m_topic = contract::topic::message;
    const auto before = m_kafka.read(m_topic + ".dlq", 1).size();
    m_handler->begin([&](const Record& record) {
        if (record.eventId == id("poison") && !record.replayed)
            return Handled::failure(kit::permanent("no such column"));
        return Handled::of(Outcome::done);
    });
    const std::int64_t committed = committedSum();
    m_kafka.send({event("poison", "talk"), event("second", "talk", 2), event("other", "another talk")});
    QVERIFY(test::eventually([&] { return committedSum() == committed + 3; }));
    m_kafka.send({event("third", "talk", 3)});
    QVERIFY(test::eventually([&] { return committedSum() == committed + 4; }));
    const auto letters = m_kafka.read(m_topic + ".dlq", before + 3);
    QCOMPARE(letters.size(), before + 3);
    std::map<std::string, std::string> errors;
    for (const auto& letter : letters) errors[letter.eventId] = kit::kafka::header(letter.headers, "nova-dlq-error");
    QCOMPARE(errors[id("poison")], std::string("no such column"));
    QCOMPARE(errors[id("second")], std::string("parked"));
    QCOMPARE(errors[id("third")], std::string("parked"));
    QCOMPARE(mark("third"), std::string());
    QCOMPARE(mark("other"), std::string("done"));

    auto again = event("poison", "talk");  // a redrive in the order of the key, then the release
    again.headers.emplace_back("nova-replay", "r1");
    m_kafka.send({again});
    QVERIFY(test::eventually([&] { return mark("poison") == "done"; }));
    const auto parking = kit::consume::parkingIn(m_redis, m_group);
    QVERIFY(parking->release(m_topic, "talk").value());
    m_kafka.send({event("fourth", "talk", 4)});
    QVERIFY(test::eventually([&] { return mark("fourth") == "done"; }));
}

// One batch holds what is fetched when the one before it ends; how much that is lies with the client, so it is tried
// again.
void TestConsumer::premiumGoesFirstAndNoKeyLosesItsOrder() {
    std::atomic<int> sent{0};
    m_handler->begin([&](const Record& record) {
        while (record.key == "first" && sent <= record.version.value()) std::this_thread::yield();
        return Handled::of(Outcome::done);
    });
    std::map<std::string, std::int64_t> last;
    bool inARow = false;
    for (int round = 0; round < 8 && !inARow; ++round) {
        const std::string name = "round" + std::to_string(round) + "-";
        m_kafka.send({event(name + "first", "first", round)});
        QVERIFY(test::eventually([&] {
            return m_redis.command({"EXISTS", markKey(name + "first")}).value().integer == 1;
        }));
        std::vector<kit::kafka::OutRecord> records;
        for (int i = 0; i < 40; ++i) {
            const std::string key = (i % 2 == 0 ? "standard" : "premium") + std::to_string(i % 4);
            records.push_back(event(name + std::to_string(i), key, round * 40 + i));
            records.back().partition = 0;
        }
        m_kafka.send(records);
        QTest::qWait(50 << round);  // the client fetches behind the held record
        sent = round + 1;
        const std::size_t before = static_cast<std::size_t>(round) * 41 + 1;
        QVERIFY(handled(before + 40));
        const auto done = m_handler->done();
        std::size_t changes = 0;
        for (std::size_t i = before; i < done.size(); ++i) {
            const auto& record = done[i];
            QVERIFY(!last.contains(record.key) || last[record.key] < record.version.value());
            last[record.key] = record.version.value();
            changes += i > before && record.key.substr(0, 5) != done[i - 1].key.substr(0, 5) ? 1 : 0;
        }
        inARow = changes <= 3 && done[before].key.starts_with("premium");
    }
    QVERIFY2(inARow, "premium records come in a row, ahead of the others of their batch");
}

void TestConsumer::unknownSchemaIsSkippedWithoutAMark() {
    auto newer = event("v2");
    newer.headers[2].second = "nova.events.v2.PostCreated";
    m_kafka.send({newer, event("v2")});  // one event in two schemas, one ce_id
    QVERIFY(test::eventually([&] { return committedSum() == 2; }));
    QCOMPARE(m_handler->done().size(), std::size_t{1});
    QVERIFY(outcome("skipped", 1));
    QCOMPARE(m_kafka.read(m_topic + ".dlq", 0).size(), std::size_t{0});
}

void TestConsumer::replayForAnotherGroupIsSkipped() {
    auto other = event("a"), mine = event("b");
    other.headers.emplace_back("nova-replay", "r1");
    mine.headers.emplace_back("nova-replay", "r1");
    other.headers.emplace_back("nova-replay-group", "notification-service");
    mine.headers.emplace_back("nova-replay-group", m_group);
    m_kafka.send({other, mine});
    QVERIFY(test::eventually([&] { return committedSum() == 2; }));
    const auto seen = m_handler->seen();
    QCOMPARE(seen.size(), std::size_t{1});
    QCOMPARE(seen[0].eventId, id("b"));
    QVERIFY(seen[0].replayed);
}

void TestConsumer::failureHoldsBackItsKeyAlone() {
    std::atomic<bool> heal{false};
    m_handler->begin([&](const Record& record) {
        if (record.key == "bad" && record.version == 1 && !heal) return Handled::failure(kit::transient("not yet"));
        return Handled::of(Outcome::done);
    });
    std::vector<kit::kafka::OutRecord> records;
    for (int v = 1; v <= 3; ++v) {
        records.push_back(event("bad" + std::to_string(v), "bad", v));
        records.push_back(event("good" + std::to_string(v), "good", v));
    }
    for (auto& record : records) record.partition = 0;
    m_kafka.send(records);
    QVERIFY(test::eventually([&] { return mark("good3") == "done"; }));
    QVERIFY(mark("bad2") != "done");  // its answer does not count while the one before it is open
    heal = true;
    QVERIFY(test::eventually([&] { return committedSum() == 6; }));
    std::vector<std::int64_t> order;
    for (const auto& record : m_handler->done()) {
        if (record.key == "bad") order.push_back(record.version.value());
    }
    const std::vector<std::int64_t> lastThree(order.end() - 3, order.end());
    QCOMPARE(lastThree, (std::vector<std::int64_t>{1, 2, 3}));
    std::map<std::string, int> good;
    for (const auto& record : m_handler->seen()) ++good[record.eventId];
    QCOMPARE(good[id("good1")], 1);
}

void TestConsumer::throwingRecordIsFoundAmongOthers() {
    m_handler->begin([&](const Record& record) {
        if (record.eventId == id("e3")) throw std::runtime_error("bad bytes");
        return Handled::of(Outcome::done);
    });
    std::vector<kit::kafka::OutRecord> records;
    for (int i = 0; i < 6; ++i) records.push_back(event("e" + std::to_string(i), "k" + std::to_string(i)));
    m_kafka.send(records);
    QVERIFY(test::eventually([&] { return committedSum() == 6; }));
    const auto letters = m_kafka.read(m_topic + ".dlq", 1);
    QCOMPARE(letters.size(), std::size_t{1});
    QCOMPARE(letters[0].eventId, id("e3"));
    QVERIFY(outcome("done", 5));
}

void TestConsumer::whatFollowsAThrowingRecordWaitsForIt() {
    std::atomic<int> tries{0}, triesBefore{0};
    m_handler->begin([&](const Record& record) {
        if (record.eventId == id("bad") && ++tries > 0) throw std::runtime_error("bad bytes");
        if (record.eventId == id("next") && triesBefore == 0) triesBefore = tries.load();
        return Handled::of(Outcome::done);
    });
    std::vector<kit::kafka::OutRecord> records{event("other", "another"), event("bad"), event("next", "post", 2)};
    for (auto& record : records) record.partition = 0;
    m_kafka.send(records);
    QVERIFY(test::eventually([&] { return committedSum() == 3; }));
    QVERIFY(tries >= 5);
    QCOMPARE(triesBefore.load(), tries.load());
}

void TestConsumer::tooLargeForTheDeadLettersGoesWithoutItsValue() {
    auto full = event("full"), most = event("most", "other");
    std::erase_if(full.headers, [](const auto& h) { return h.first == "ce_type"; });
    std::erase_if(most.headers, [](const auto& h) { return h.first == "ce_type"; });
    full.value.assign(999'700, 'x');  // with the headers of a dead letter more than a producer takes by itself
    m_kafka.send({full});
    QVERIFY(test::eventually([&] { return committedSum() == 1; }));
    const auto letters = m_kafka.read(m_topic + ".dlq", 1);
    QCOMPARE(letters.size(), std::size_t{1});
    QCOMPARE(letters[0].value.size(), full.value.size());

    std::atomic<bool> held{false}, open{false};
    m_handler->begin([&](const Record&) {
        held = true;
        while (!open) std::this_thread::yield();
        return Handled::of(Outcome::done);
    });
    m_kafka.send({event("before")});
    QVERIFY(test::eventually([&] { return held.load(); }));
    m_kafka.send({most});
    m_kafka.refuseNext(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
    open = true;
    QVERIFY(test::eventually([&] { return committedSum() == 3; }));
    const auto both = m_kafka.read(m_topic + ".dlq", 2);
    QCOMPARE(both.size(), std::size_t{2});
    const auto bare = std::ranges::find(both, id("most"), &Record::eventId);
    QVERIFY(bare != both.end() && bare->value.empty());
    QVERIFY(kit::kafka::header(bare->headers, "nova-dlq-error").find("too large") != std::string_view::npos);
}

void TestConsumer::redisAwayDelaysNothingIsLost() {
    m_kafka.send({event("a")});
    QVERIFY(handled(1));
    m_server.stop();
    m_kafka.send({event("b")});
    QVERIFY(m_handler->done().size() == 1);
    m_server.start();
    QVERIFY(handled(2));
    QVERIFY(test::eventually([&] { return mark("b") == "done" && committedSum() == 2; }));
}

void TestConsumer::foreignLeaseIsWaitedOut() {
    QVERIFY(m_redis.command({"SET", markKey("held"), "lease:somebody", "PX", "1500"}));
    m_kafka.send({event("held", "post", 1), event("later", "post", 2)});
    QVERIFY(test::eventually([&] { return committedSum() == 2; }));
    const auto seen = m_handler->seen();
    QCOMPARE(seen.size(), std::size_t{2});
    QCOMPARE(seen[0].eventId, id("held"));  // the later one of its key waited with it
}

void TestConsumer::crashAfterEffectRepeatsIt() {
    QVERIFY(kit::armFailpoint("after_effect_before_mark:1:err"));
    m_kafka.send({event("a")});
    QVERIFY(test::eventually([&] { return committedSum() == 1; }));
    QCOMPARE(mark("a"), std::string("done"));
}

void TestConsumer::spansJoinTheProducersTrace() {
    std::mutex mutex;
    std::map<std::string, kit::trace::SpanData> spans;
    kit::trace::install([&](kit::trace::SpanData&& span) {
        const std::lock_guard lock(mutex);
        spans[span.name] = std::move(span);
    });
    auto record = event("a");
    const auto producer = kit::trace::Context::fresh(true);
    record.headers.emplace_back("traceparent", producer.traceparent());
    kit::trace::Context inHandler;
    m_handler->begin([&](const Record& r) {
        if (r.eventId == id("a")) inHandler = r.trace;
        return Handled::of(Outcome::done);
    });
    m_kafka.send({record, event("untraced", "other")});
    QVERIFY(test::eventually([&] { return committedSum() == 2; }));
    const auto& inKafka = spans.at("in Kafka");
    const auto& consume = spans.at(m_group + " PostCreated");
    QVERIFY(inKafka.context.traceId == producer.traceId);
    QVERIFY(inKafka.parentId == producer.spanId);
    QVERIFY(consume.parentId == inKafka.context.spanId);
    QVERIFY(consume.context.spanId == inHandler.spanId);
    QCOMPARE(consume.links.size(), std::size_t{1});
    QVERIFY(consume.links[0].spanId == producer.spanId);
    const auto text = std::map<std::string, std::string>(consume.text.begin(), consume.text.end());
    QCOMPARE(text.at("nova.outcome"), std::string("done"));
    QCOMPARE(text.at("nova.kind"), std::string("consume"));
    QVERIFY(spans.contains("claim keys") && spans.contains("mark keys done"));
    QVERIFY(spans.at("claim keys").parentId == consume.context.spanId);
}

void TestConsumer::metricsTellLagAndOutcomes() {
    std::atomic<bool> open{false};
    m_handler->begin(
        [&](const Record&) { return open ? Handled::of(Outcome::done) : Handled::failure(kit::transient("closed")); });
    std::vector<kit::kafka::OutRecord> records;
    for (int i = 0; i < 10; ++i) records.push_back(event("e" + std::to_string(i)));
    for (auto& record : records) record.partition = 3;
    m_kafka.send(records);
    const std::string series = "nova_consumer_lag{partition=\"3\",topic=\"" + m_topic + "\"} ";
    QVERIFY(test::eventually([&] { return m_metrics.scrape().find(series + "10\n") != std::string::npos; }));
    open = true;
    QVERIFY(test::eventually([&] { return m_metrics.scrape().find(series + "0\n") != std::string::npos; }));
    QVERIFY(outcome("done", 10));
    QVERIFY(m_metrics.scrape().find("nova_consume_seconds_count{topic=\"" + m_topic + "\"} 10") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestConsumer)
#include "tst_consumer.moc"
