#include <QtTest>
#include <atomic>
#include <csignal>
#include <thread>

#include "kit/consume/parking.h"
#include "kit/postgres/migrate.h"
#include "kit/postgres/pool.h"
#include "kit/trace/span.h"
#include "tests/support/real_stores.h"

using namespace nova;
using kit::ErrorKind;
using kit::PostgresPool;
using kit::Transaction;

class TestPostgres : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void migrationsApplyInOrderAndOnce();
    void migrationsApplyAllOrNone();
    void changedMigrationIsRefused();
    void gapInMigrationsIsRefused();
    void concurrentStartsMigrateOnce();
    void classesOfErrors_data();
    void classesOfErrors();
    void deadlockIsRetried();
    void refuseRollsBack();
    void restartedServerIsMetOnce();
    void serverAwayIsTransient();
    void fullPoolIsTransient();
    void oneSpanATransaction();
    void lostDedicatedConnectionStaysLost();
    void killedWhileItWorksIsTransient();
    void parkedKeysAreKept();

private:
    int count(PostgresPool& pool, const char* sql) {
        return pool.run<int>(nullptr, [&](Transaction& t) { return t.exec(sql)[0][0].as<int>(); }).value();
    }
    test::RealPostgres m_postgres;
};

void TestPostgres::migrationsApplyInOrderAndOnce() {
    PostgresPool pool(m_postgres.uri(), "ordered", 2);
    const char* first = "-- the schema\n-- migration 1: a\nCREATE TABLE a (id int);\n";
    const std::string both =
        std::string(first) +
        "-- migration 2: b follows a\nALTER TABLE a ADD COLUMN b int;\nINSERT INTO a VALUES (1, 2);\n";
    QVERIFY(kit::migrate(pool, first));
    QVERIFY(kit::migrate(pool, both));
    QVERIFY(kit::migrate(pool, both));
    QCOMPARE(count(pool, "SELECT count(*) FROM a WHERE b = 2"), 1);
    QCOMPARE(count(pool, "SELECT count(*) FROM schema_version"),
             5);  // the kit's outbox, gate and parked keys, ours 1 and 2
    QCOMPARE(count(pool, "SELECT count(*) FROM outbox"), 0);
    QCOMPARE(
        count(pool,
              "SELECT count(*) FROM pg_tables WHERE schemaname = 'ordered' AND tablename IN ('outbox', 'gate', 'a')"),
        3);
}

void TestPostgres::migrationsApplyAllOrNone() {
    PostgresPool pool(m_postgres.uri(), "whole", 2);
    const std::string good = "-- migration 1: a\nCREATE TABLE a (id int);\n";
    QVERIFY(!kit::migrate(pool, good + "-- migration 2: b\nALTER TABLE nowhere ADD COLUMN b int;\n"));
    QCOMPARE(count(pool, "SELECT count(*) FROM pg_tables WHERE schemaname = 'whole'"), 0);
    QVERIFY(kit::migrate(pool, good));
    QCOMPARE(count(pool, "SELECT count(*) FROM a"), 0);
}

void TestPostgres::changedMigrationIsRefused() {
    PostgresPool pool(m_postgres.uri(), "changed", 2);
    QVERIFY(kit::migrate(pool, "-- migration 1: a\nCREATE TABLE a (id int);\n"));
    const auto again = kit::migrate(pool, "-- migration 1: a\nCREATE TABLE a (id bigint);\n");
    QVERIFY(!again);
    QCOMPARE(again.error().kind, ErrorKind::permanent);
    QVERIFY2(again.error().what.find("migration 1 (a)") != std::string::npos, again.error().what.c_str());
}

void TestPostgres::gapInMigrationsIsRefused() {
    PostgresPool pool(m_postgres.uri(), "gap", 2);
    const auto result =
        kit::migrate(pool, "-- migration 1: a\nCREATE TABLE a (id int);\n-- migration 3: c\nSELECT 1;\n");
    QVERIFY(!result);
    QVERIFY2(result.error().what.find("migration 3 follows where 2") != std::string::npos, result.error().what.c_str());
}

void TestPostgres::concurrentStartsMigrateOnce() {
    std::atomic<int> good{0};
    std::vector<std::thread> starts;
    for (int i = 0; i < 4; ++i) {
        starts.emplace_back([&] {
            PostgresPool pool(m_postgres.uri(), "crowd", 1);
            if (kit::migrate(pool, "-- migration 1: a\nCREATE TABLE a (id int);\nINSERT INTO a VALUES (1);\n")) ++good;
        });
    }
    for (auto& start : starts) start.join();
    QCOMPARE(good.load(), 4);
    PostgresPool pool(m_postgres.uri(), "crowd", 1);
    QCOMPARE(count(pool, "SELECT count(*) FROM a"), 1);
}

void TestPostgres::classesOfErrors_data() {
    QTest::addColumn<QString>("sql");
    QTest::addColumn<int>("kind");
    const auto raise = [](const char* state) {
        return QStringLiteral("DO $$ BEGIN RAISE SQLSTATE '%1'; END $$").arg(QLatin1String(state));
    };
    QTest::newRow("unique") << QStringLiteral("CREATE TEMP TABLE u (i int UNIQUE); INSERT INTO u VALUES (1), (1)")
                            << int(ErrorKind::conflict);
    QTest::newRow("syntax") << QStringLiteral("SELEC 1") << int(ErrorKind::permanent);
    QTest::newRow("check") << raise("23514") << int(ErrorKind::permanent);
    QTest::newRow("serialization") << raise("40001") << int(ErrorKind::transient);
    QTest::newRow("resources") << raise("53200") << int(ErrorKind::transient);
    QTest::newRow("shutdown") << raise("57P01") << int(ErrorKind::transient);
    QTest::newRow("connection") << raise("08006") << int(ErrorKind::transient);
}

void TestPostgres::classesOfErrors() {
    QFETCH(QString, sql);
    QFETCH(int, kind);
    PostgresPool pool(m_postgres.uri(), "public", 1);
    const auto result = pool.transact(nullptr, [&](Transaction& t) { t.work().exec(sql.toStdString()); });
    QVERIFY(!result);
    QVERIFY2(int(result.error().kind) == kind, result.error().what.c_str());
    QVERIFY(pool.ping());  // the connection is of use again
}

void TestPostgres::deadlockIsRetried() {
    PostgresPool pool(m_postgres.uri(), "public", 1);
    int runs = 0;
    const auto result = pool.transact(nullptr, [&](Transaction& t) {
        if (++runs < 3) t.work().exec("DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$");
    });
    QVERIFY(result);
    QCOMPARE(runs, 3);
}

void TestPostgres::refuseRollsBack() {
    PostgresPool pool(m_postgres.uri(), "public", 1);
    QVERIFY(pool.transact(nullptr, [](Transaction& t) { t.exec("CREATE TABLE refused (i int)"); }));
    bool after = false;
    const auto result = pool.transact(nullptr, [&](Transaction& t) {
        t.exec("INSERT INTO refused VALUES ($1)", 1);
        t.afterCommit([&] { after = true; });
        t.refuse({ErrorKind::notFound, "no such post", {}});
    });
    QVERIFY(!result);
    QCOMPARE(result.error().kind, ErrorKind::notFound);
    QVERIFY(!after);
    QCOMPARE(count(pool, "SELECT count(*) FROM refused"), 0);
}

void TestPostgres::restartedServerIsMetOnce() {
    PostgresPool pool(m_postgres.uri(), "public", 2);
    QVERIFY(pool.ping());
    m_postgres.stop();
    m_postgres.start();
    int runs = 0;
    const auto result = pool.transact(nullptr, [&](Transaction& t) {
        ++runs;
        t.exec("SELECT 1");
    });
    QVERIFY2(result, result ? "" : result.error().what.c_str());
}

void TestPostgres::serverAwayIsTransient() {
    PostgresPool pool(m_postgres.uri(), "public", 1);
    QVERIFY(pool.ping());
    m_postgres.stop();
    const auto away = pool.ping();
    m_postgres.start();
    QVERIFY(!away);
    QVERIFY(away.error().retryable());
    QVERIFY(pool.ping());
}

void TestPostgres::fullPoolIsTransient() {
    PostgresPool pool(m_postgres.uri(), "public", 1);
    std::optional<kit::Error> inner;
    QVERIFY(pool.transact(nullptr, [&](Transaction&) { inner = pool.ping().error(); }));
    QVERIFY(inner && inner->retryable());
}

void TestPostgres::oneSpanATransaction() {
    std::vector<kit::trace::SpanData> spans;
    kit::trace::install([&](kit::trace::SpanData&& span) { spans.push_back(std::move(span)); });
    PostgresPool pool(m_postgres.uri(), "public", 1);
    {
        const kit::trace::Scope scope(kit::trace::Context::fresh(true));
        QVERIFY(pool.transact("posts + outbox", [](Transaction& t) {
            t.exec("SELECT 1");
            t.exec("SELECT $1::int", 2);
        }));
    }
    QVERIFY(pool.ping());  // no trace, no span
    kit::trace::install(nullptr);
    QCOMPARE(spans.size(), std::size_t{1});
    QCOMPARE(spans[0].name, std::string("posts + outbox"));
    QCOMPARE(spans[0].numbers.at(0).second, std::int64_t{2});
}

void TestPostgres::lostDedicatedConnectionStaysLost() {
    PostgresPool pool(m_postgres.uri(), "public", 1);
    const auto connection = std::move(pool.dedicated().value());
    const int backend = connection->backendpid();
    QVERIFY(pool.transact(nullptr, [&](Transaction& t) { t.exec("SELECT pg_terminate_backend($1)", backend); }));
    const auto use = [&] { pqxx::nontransaction(*connection).exec("SELECT 1"); };
    QVERIFY_EXCEPTION_THROWN(use(), std::exception);
    QVERIFY_EXCEPTION_THROWN(use(), std::exception);  // no silent reconnect, the advisory locks are gone
}

// The server's process ends without a word, and libpq makes the error itself: it bears no class.
void TestPostgres::killedWhileItWorksIsTransient() {
    PostgresPool pool(m_postgres.uri(), "public", 1);
    std::atomic<int> backend{0};
    std::atomic<bool> atWork{true};
    std::thread killer([&] {
        PostgresPool other(m_postgres.uri(), "public", 1);
        const auto sleeps = [&] {
            return other
                .run<bool>(nullptr,
                           [&](Transaction& t) {
                               return !t.exec("SELECT FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'",
                                              backend.load())
                                           .empty();
                           })
                .value();
        };
        while (atWork && (backend == 0 || !sleeps())) std::this_thread::yield();
        if (atWork) ::kill(backend, SIGKILL);
    });
    const auto result = pool.transact(nullptr, [&](Transaction& t) {
        if (backend == 0) backend = t.exec("SELECT pg_backend_pid()")[0][0].as<int>();
        t.exec("SELECT pg_sleep(60)");
    });
    atWork = false;
    killer.join();
    QVERIFY(test::eventually([&] { return pool.ping().has_value(); }));  // the server starts over by itself
    QVERIFY(!result);
    QVERIFY2(result.error().retryable(), result.error().what.c_str());
}

void TestPostgres::parkedKeysAreKept() {
    PostgresPool pool(m_postgres.uri(), "parked", 2);
    // The server whose backend was killed may only now notice it, and start over.
    QVERIFY(test::eventually([&] { return kit::migrate(pool, "").has_value(); }));
    const auto parking = kit::consume::parkingIn(pool);
    QVERIFY(parking->park("t", "a", {"event 1", "cannot be"}));
    QVERIFY(parking->park("t", "a", {"event 2", "neither"}));
    const auto found = parking->find("t", {"a", "b"}).value();
    QCOMPARE(found.size(), std::size_t{1});
    QCOMPARE(found.at("a").eventId, std::string("event 1"));
    QCOMPARE(found.at("a").error, std::string("cannot be"));
    QVERIFY(parking->find("other", {"a"}).value().empty());
    QVERIFY(parking->release("t", "a").value());
    QVERIFY(!parking->release("t", "a").value());
    QVERIFY(parking->find("t", {"a"}).value().empty());
}

QTEST_GUILESS_MAIN(TestPostgres)
#include "tst_postgres.moc"
