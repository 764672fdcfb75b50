#include <QtTest>
#include <thread>

#include "kit/consume/claims.h"
#include "kit/redis/client.h"
#include "kit/redis/versioned.h"
#include "kit/trace/span.h"
#include "tests/support/real_stores.h"

using namespace nova;
using kit::RedisClient;
using kit::RedisReply;
using kit::consume::Claim;
using kit::consume::Claims;

class TestRedis : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { QVERIFY(client().command({"FLUSHALL"})); }
    void repliesKeepTheirOrderAndTypes();
    void errorOfOneCommandIsAReply();
    void onlyANewerVersionReplacesANumber();
    void awayIsTransientAndHealsByItself();
    void loadingAndReadonlyFailTheWhole();
    void eachThreadHasAConnection();
    void pipelineMakesOneSpan();
    void claimLifeCycle();
    void oldMarksCount();
    void lapsedLeaseIsStillMarked();
    void scriptsSurviveARestart();
    void keyTemplates_data();
    void keyTemplates();

private:
    RedisClient& client() { return m_client; }
    test::RealRedis m_redis;
    RedisClient m_client{"127.0.0.1", m_redis.port()};
};

void TestRedis::repliesKeepTheirOrderAndTypes() {
    const std::string binary("a\0b\r\n", 5);
    const auto replies =
        client().pipeline({{"SET", "k", binary}, {"GET", "k"}, {"GET", "none"}, {"INCR", "n"}, {"MGET", "k", "none"}});
    QVERIFY(replies);
    const auto& r = replies.value();
    QCOMPARE(r.size(), std::size_t{5});
    QCOMPARE(r[0].text, std::string("OK"));
    QCOMPARE(r[1].text, binary);
    QVERIFY(r[2].isNil());
    QCOMPARE(r[3].integer, std::int64_t{1});
    QCOMPARE(r[4].items.size(), std::size_t{2});
    QVERIFY(r[4].items[1].isNil());
}

void TestRedis::errorOfOneCommandIsAReply() {
    const auto replies = client().pipeline({{"SET", "s", "x"}, {"INCR", "s"}, {"GET", "s"}});
    QVERIFY(replies);
    QCOMPARE(replies.value()[1].type, RedisReply::Type::error);
    QCOMPARE(replies.value()[2].text, std::string("x"));
    const auto one = client().command({"INCR", "s"});
    QVERIFY(!one);
    QVERIFY(!one.error().retryable());
}

void TestRedis::onlyANewerVersionReplacesANumber() {
    const auto replies = client().pipeline({kit::setIfNewer("n", 5, 2), kit::setIfNewer("n", 4, 1),
                                            kit::setIfNewer("n", 6, 2), kit::setIfNewer("n", 7, 3)});
    QVERIFY(kit::firstError(replies.value()));
    QCOMPARE(client().command({"GET", "n"}).value().text, std::string("7"));
    QCOMPARE(client().command({"GET", "n:version"}).value().text, std::string("3"));
    QVERIFY(client().command({"HSET", "h", "field", "value"}));
    const auto wrong = client().pipeline({kit::setIfNewer("n", 8, 4), kit::setIfNewer("m", 1, 1), {"INCR", "h"}});
    const auto error = kit::firstError(wrong.value());
    QVERIFY(!error && !error.error().retryable() && error.error().inside);
}

void TestRedis::awayIsTransientAndHealsByItself() {
    QVERIFY(client().ping());
    m_redis.stop();
    const auto away = client().ping();
    QVERIFY(!away);
    QVERIFY(away.error().retryable());
    m_redis.start();
    QVERIFY(client().ping());
    m_redis.stop();
    m_redis.start();
    QVERIFY(client().ping());  // a connection closed while idle is not the caller's trouble
}

void TestRedis::loadingAndReadonlyFailTheWhole() {
    QVERIFY(client().command({"REPLICAOF", "127.0.0.1", "1"}));  // a replica of nobody: writes are refused
    const auto write = client().pipeline({{"SET", "k", "v"}, {"PING"}});
    QVERIFY(client().command({"REPLICAOF", "NO", "ONE"}));
    QVERIFY(!write);
    QVERIFY2(write.error().retryable(), write.error().what.c_str());
    QVERIFY(client().ping());  // all replies were read: the connection is in step
}

void TestRedis::eachThreadHasAConnection() {
    const auto id = [&] { return client().command({"CLIENT", "ID"}).value().integer; };
    const auto here = id();
    std::int64_t there = 0;
    std::thread([&] { there = id(); }).join();
    QVERIFY(here != there);
    QCOMPARE(id(), here);
}

void TestRedis::pipelineMakesOneSpan() {
    std::vector<kit::trace::SpanData> spans;
    kit::trace::install([&](kit::trace::SpanData&& span) { spans.push_back(std::move(span)); });
    {
        const kit::trace::Scope scope(kit::trace::Context::fresh(true));
        QVERIFY(client().pipeline({{"PING"}, {"PING"}, {"PING"}}, "three pings"));
        QVERIFY(client().ping());
    }
    kit::trace::install(nullptr);
    QCOMPARE(spans.size(), std::size_t{1});
    QCOMPARE(spans[0].numbers.at(0).second, std::int64_t{3});
}

void TestRedis::claimLifeCycle() {
    Claims mine(client(), "feed-service/0"), other(client(), "feed-service/1");
    QCOMPARE(mine.claim({"a", "b"}).value(), (std::vector{Claim::claimed, Claim::claimed}));
    QCOMPARE(mine.claim({"a"}).value(), (std::vector{Claim::claimed}));  // the same holder takes its lease up again
    QCOMPARE(other.claim({"a", "c"}).value(), (std::vector{Claim::busy, Claim::claimed}));
    QVERIFY(other.complete({"a"}));  // not its lease
    QVERIFY(mine.complete({"b"}));
    QVERIFY(mine.release({"a"}));
    QCOMPARE(other.claim({"a", "b"}).value(), (std::vector{Claim::claimed, Claim::done}));
    const auto ttl = client().command({"TTL", "b"}).value().integer;
    QVERIFY2(ttl > 604'790 && ttl <= 604'800, qPrintable(QString::number(ttl)));
    QVERIFY(client().command({"PTTL", "a"}).value().integer <= 5'000);
}

void TestRedis::oldMarksCount() {
    QVERIFY(client().command({"SETEX", "old", "100", "1"}));
    QCOMPARE(Claims(client(), "x").claim({"old"}).value(), (std::vector{Claim::done}));
}

void TestRedis::lapsedLeaseIsStillMarked() {
    Claims mine(client(), "x");
    QVERIFY(mine.claim({"k"}));
    QVERIFY(client().command({"DEL", "k"}));
    QVERIFY(mine.complete({"k"}));
    QCOMPARE(client().command({"GET", "k"}).value().text, std::string("done"));
}

void TestRedis::scriptsSurviveARestart() {
    Claims mine(client(), "x");
    QVERIFY(mine.claim({"k"}));
    QVERIFY(client().command({"SCRIPT", "FLUSH"}));
    QCOMPARE(mine.claim({"k"}).value(), (std::vector{Claim::claimed}));
    QVERIFY(mine.complete({"k"}));
}

void TestRedis::keyTemplates_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("shared");
    QTest::addColumn<QString>("key");
    QTest::newRow("default") << QStringLiteral("processed:{group}:{event_id}") << false
                             << QStringLiteral("processed:g:e1");
    QTest::newRow("design") << QStringLiteral("processed:{post_id}:{timestamp}") << false
                            << QStringLiteral("g:processed:p1:1700000000123");
    QTest::newRow("design, shared") << QStringLiteral("processed:{post_id}:{timestamp}") << true
                                    << QStringLiteral("processed:p1:1700000000123");
}

void TestRedis::keyTemplates() {
    QFETCH(QString, text);
    QFETCH(bool, shared);
    QFETCH(QString, key);
    kit::Record record;
    record.eventId = "e1";
    record.subject = "p1";
    record.headers = {{"ce_time", "2023-11-14T22:13:20.123456Z"}};
    QCOMPARE(QString::fromStdString(kit::consume::claimKey(text.toStdString(), shared, "g", record)), key);
    record.subject.clear();  // an event that lacks a field uses the default
    QCOMPARE(kit::consume::claimKey("processed:{post_id}:{timestamp}", shared, "g", record),
             std::string("processed:g:e1"));
}

QTEST_GUILESS_MAIN(TestRedis)
#include "tst_redis.moc"
