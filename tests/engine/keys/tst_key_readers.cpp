// Redis and PostgreSQL as a lookup meets them: signing in, what is refused, what is not there, the walk by SCAN.
#include <signal.h>

#include <QElapsedTimer>
#include <QProcess>
#include <QTcpServer>
#include <QtTest>

#include "app/engine/cluster/key_reader.h"
#include "app/engine/cluster/row_reader.h"
#include "app/engine/keys/key_lookup.h"
#include "app/engine/keys/key_scan.h"
#include "tests/support/real_stores.h"

using namespace nova;
using namespace nova::engine;
using namespace Qt::StringLiterals;

namespace {

// Truth by Redis' own program.
QByteArray redisCli(int port, const QStringList& words) {
    QProcess cli;
    cli.start(u"redis-cli"_s, QStringList{u"-p"_s, QString::number(port)} + words);
    cli.waitForFinished();
    return cli.readAllStandardOutput().trimmed();
}

QString uri(int port, const QString& user = {}) {
    return user.isEmpty() ? u"redis://127.0.0.1:%1"_s.arg(port) : u"redis://%1@127.0.0.1:%2"_s.arg(user).arg(port);
}

QString uuid(int n) {
    return u"0193a8e3-1c52-7d04-9b3e-%1"_s.arg(n, 12, 16, QLatin1Char('0'));
}

Target targetOf(const QString& redis, const QString& postgres = {}) {
    Profile profile;
    profile.redis = redis;
    profile.postgres = postgres;
    profile.kafka["bootstrap.servers"] = "127.0.0.1:1";
    return Target::of(profile);
}

}  // namespace

class KeyReadersTest : public QObject {
    Q_OBJECT
    test::RealRedis m_redis;
    test::RealPostgres m_postgres;

private Q_SLOTS:
    void init() { redisCli(m_redis.port(), {u"FLUSHALL"_s}); }

    void valuesAndTimes() {
        redisCli(m_redis.port(), {u"SET"_s, u"a"_s, u"done"_s, u"EX"_s, u"100"_s});
        redisCli(m_redis.port(), {u"SET"_s, u"b"_s, u"7"_s});
        redisCli(m_redis.port(), {u"ZADD"_s, u"z"_s, u"10"_s, u"x"_s, u"20"_s, u"y"_s});
        redisCli(m_redis.port(), {u"HSET"_s, u"h"_s, u"version"_s, u"3"_s});
        auto reader = KeyReader::make(uri(m_redis.port()));
        QVERIFY(reader);
        const auto values = reader.value().values({u"a"_s, u"b"_s, u"none"_s, u"z"_s});
        QVERIFY(values);
        QVERIFY(values.value()[0].there && values.value()[0].ttlSeconds > 98 && values.value()[0].ttlSeconds <= 100);
        QCOMPARE(values.value()[1].text, u"7"_s);
        QVERIFY(!values.value()[1].ttlSeconds);
        QVERIFY(!values.value()[2].there);
        QVERIFY(values.value()[3].trouble.startsWith(u"WRONGTYPE"));  // of this one only
        const auto members = reader.value().members({{u"z"_s, u"x"_s}, {u"z"_s, u"nobody"_s}, {u"none"_s, u"x"_s}});
        QVERIFY(members);
        QCOMPARE(members.value()[0].score, std::optional(10.0));
        QCOMPARE(members.value()[0].rank, std::optional<qint64>(1));
        QCOMPARE(members.value()[1].score, std::nullopt);
        QCOMPARE(members.value()[1].size, 2);
        QCOMPARE(members.value()[2].size, 0);
        QCOMPARE(reader.value().fields(u"h"_s, {u"version"_s, u"no"_s}).value()->value(u"version"_s), u"3"_s);
        QVERIFY(!reader.value().fields(u"none"_s, {u"version"_s}).value());
        QCOMPARE(reader.value().type(u"z"_s).value(), u"zset"_s);
    }

    // Redis and PostgreSQL share the budget of the session: each byte of a reply is paid for, as it is on the wire.
    void everyReplyIsPaidFor() {
        redisCli(m_redis.port(), {u"SET"_s, u"long"_s, QString(1'000, u'x')});
        redisCli(m_redis.port(), {u"ZADD"_s, u"z"_s, u"1"_s, u"member"_s});
        const auto budget = std::make_shared<ReadBudget>(1 << 20);
        auto keys = KeyReader::make(uri(m_redis.port()), budget);
        QVERIFY(keys.value().values({u"long"_s}));
        const qint64 value = 7 + 1'000 + 2 + 5;  // "$1000", the text, ":-1"
        QCOMPARE(budget->bytes(), value);
        QVERIFY(keys.value().type(u"z"_s));
        const qint64 type = 7;  // "+zset"
        QVERIFY2(budget->bytes() >= value + type && budget->bytes() < value + 2 * type + 2,
                 qPrintable(QString::number(budget->bytes())));
        const auto before = budget->bytes();
        auto rows = RowReader::open(QString::fromStdString(m_postgres.uri()), budget);
        QVERIFY(rows && rows.value().rows(u"SELECT repeat('x', 5000), NULL FROM generate_series(1, 10)"_s));
        QCOMPARE(budget->bytes() - before, 10 * (7 + 4 + 5'000 + 4));
        // Where it is spent, one waits.
        budget->setBytesPerSecond(20'000);
        budget->pay(40'000);
        QElapsedTimer clock;
        clock.start();
        QVERIFY(keys.value().values({u"long"_s}));
        QVERIFY2(clock.elapsed() >= 900, qPrintable(QString::number(clock.elapsed())));
        // Whoever reads for a target pays its session.
        auto target = targetOf(uri(m_redis.port()));
        target.kafka = ReadSession("127.0.0.1:1", {}, std::make_shared<ReadBudget>(0));
        const std::atomic<bool> stop{false};
        QVERIFY(scanKeys(target, {u"*"_s, 100}, {}, stop).complete);
        QVERIFY(target.kafka.budget()->bytes() > 0);
    }

    void signingIn() {
        redisCli(m_redis.port(), {u"ACL"_s, u"SETUSER"_s, u"viewer"_s, u"on"_s, u">se:cret@1"_s, u"~*"_s, u"+get"_s,
                                  u"+pttl"_s, u"+select"_s});
        redisCli(m_redis.port(), {u"-n"_s, u"2"_s, u"SET"_s, u"k"_s, u"done"_s});
        auto reader = KeyReader::make(uri(m_redis.port(), u"viewer:se%3Acret%401"_s) + u"/2"_s);
        QVERIFY(reader);
        QCOMPARE(reader.value().values({u"k"_s}).value()[0].text, u"done"_s);
        const auto forbidden = reader.value().scan(0, u"*"_s, 10);  // a right it has not
        QVERIFY(!forbidden);
        QCOMPARE(forbidden.error().kind, kit::ErrorKind::forbidden);
        QVERIFY2(forbidden.error().what.find("NOPERM") != std::string::npos, forbidden.error().what.c_str());
        auto wrong = KeyReader::make(uri(m_redis.port(), u"viewer:no"_s));
        const auto refused = wrong.value().values({u"k"_s});
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, kit::ErrorKind::forbidden);
        redisCli(m_redis.port(), {u"ACL"_s, u"DELUSER"_s, u"viewer"_s});
    }

    void addressesThatAreNone() {
        for (const auto& bad :
             {u"rediss://127.0.0.1:1"_s, u"127.0.0.1:1"_s, u"redis://"_s, u"redis://127.0.0.1/notanumber"_s}) {
            const auto made = KeyReader::make(bad);
            QVERIFY2(!made, qPrintable(bad));
            QCOMPARE(made.error().kind, kit::ErrorKind::badInput);
        }
        QVERIFY(KeyReader::make(u"redis://u:secret@h:x"_s).error().what.find("secret") == std::string::npos);
        auto away = KeyReader::make(uri(test::freePort()));
        QCOMPARE(away.value().values({u"k"_s}).error().kind, kit::ErrorKind::transient);
    }

    // As many as Redis itself counts, each with its time and its drift, without one KEYS.
    void theWalk() {
        QStringList set{u"MSET"_s};
        for (int i = 0; i < 2'500; ++i) set << u"processed:feed-service:%1"_s.arg(uuid(i)) << u"done"_s;
        redisCli(m_redis.port(), set);
        redisCli(m_redis.port(), {u"SET"_s, u"processed:%1:1732320112901"_s.arg(uuid(1)), u"1"_s, u"EX"_s, u"60"_s});
        redisCli(m_redis.port(), {u"SET"_s, u"post:%1:version"_s.arg(uuid(1)), u"4"_s});
        redisCli(m_redis.port(), {u"SET"_s, u"other"_s, u"x"_s});
        const auto calls = redisCli(m_redis.port(), {u"INFO"_s, u"commandstats"_s});
        QVERIFY(!calls.contains("cmdstat_keys"));
        std::atomic<bool> stop{false};
        const auto scan = scanKeys(targetOf(uri(m_redis.port())), {u"*"_s, 100}, {}, stop);
        QVERIFY(scan.ended && scan.complete);
        QCOMPARE(scan.matched, redisCli(m_redis.port(), {u"DBSIZE"_s}).toLongLong());
        QCOMPARE(scan.templates.value(u"processed:{group}:{event_id}"_s), 2'500);
        QCOMPARE(scan.templates.value(u"processed:{post_id}:{timestamp}"_s), 1);
        QCOMPARE(scan.templates.value(QString()), 2);
        QCOMPARE(scan.keys.size(), 100);
        QCOMPARE(scan.versions.size(), 1);
        QCOMPARE(scan.versions[0].version, std::optional<qint64>(4));
        QCOMPARE(scan.versions[0].drift, u"unknown"_s);  // nobody was asked for the owner's row
        QVERIFY(!redisCli(m_redis.port(), {u"INFO"_s, u"commandstats"_s}).contains("cmdstat_keys"));
    }

    void theWalkIsGivenUp() {
        QStringList set{u"MSET"_s};
        for (int i = 0; i < 3'000; ++i) set << u"k%1"_s.arg(i) << u"x"_s;
        redisCli(m_redis.port(), set);
        std::atomic<bool> stop{true};
        const auto scan = scanKeys(targetOf(uri(m_redis.port())), {}, {}, stop);
        QVERIFY(scan.ended && !scan.complete);
        QVERIFY(scan.matched > 0 && scan.matched < 3'000);
        QVERIFY(scan.fraction > 0 && scan.fraction < 1);
    }

    void rowsAreOnlyRead() {
        auto reader = RowReader::open(QString::fromStdString(m_postgres.uri()));
        QVERIFY2(reader, reader ? "" : reader.error().what.c_str());
        const auto row = reader.value().rows(u"SELECT $1::int + 1, NULL"_s, {u"41"_s});
        QCOMPARE(row.value()[0][0], std::optional(u"42"_s));
        QCOMPARE(row.value()[0][1], std::nullopt);
        const auto written = reader.value().rows(u"CREATE TABLE t (a int)"_s);
        QVERIFY(!written);
        QCOMPARE(written.error().kind, kit::ErrorKind::forbidden);
        QCOMPARE(reader.value().rows(u"SELECT * FROM nowhere"_s).error().kind, kit::ErrorKind::notFound);
        const auto slow = reader.value().rows(u"SELECT pg_sleep(30)"_s);
        QVERIFY(!slow);
        QCOMPARE(slow.error().kind, kit::ErrorKind::transient);
        QVERIFY(reader.value().rows(u"SELECT 1"_s));  // one statement that took too long spoils no other
    }

    // Stopped in the midst of a debugger, or its disk hangs: the kernel goes on to take what is sent.
    void aPostgresThatHangsIsGivenUp() {
        QTcpServer silent;
        QVERIFY(silent.listen(QHostAddress::LocalHost));
        QElapsedTimer clock;
        clock.start();
        const auto none = RowReader::open(u"postgresql://x@127.0.0.1:%1/postgres"_s.arg(silent.serverPort()));
        QVERIFY(!none && none.error().kind == kit::ErrorKind::transient);
        QVERIFY2(none.error().what.starts_with("PostgreSQL did not answer within 3 s"), none.error().what.c_str());
        QVERIFY2(clock.elapsed() < 8'000, qPrintable(QString::number(clock.elapsed())));

        auto reader = RowReader::open(QString::fromStdString(m_postgres.uri()));
        QVERIFY(reader);
        const auto pid = reader.value().rows(u"SELECT pg_backend_pid()"_s).value()[0][0]->toInt();
        QVERIFY(pid > 0 && ::kill(pid, SIGSTOP) == 0);
        clock.start();
        const auto hanging = reader.value().rows(u"SELECT 1"_s);
        const auto took = clock.restart();
        const auto again = reader.value().rows(u"SELECT 1"_s);
        const auto tookAgain = clock.elapsed();
        ::kill(pid, SIGCONT);
        QVERIFY(!hanging && hanging.error().kind == kit::ErrorKind::transient);
        QVERIFY2(hanging.error().what == "PostgreSQL did not answer within 3 s", hanging.error().what.c_str());
        QVERIFY2(took < 6'000, qPrintable(QString::number(took)));
        QVERIFY(!again && again.error().what == hanging.error().what);
        QVERIFY2(tookAgain < 500, qPrintable(QString::number(tookAgain)));
    }

    // What is there, and is not what was asked for, is neither absent nor leased nor empty.
    void keysOfAnotherKindAreSaid() {
        redisCli(m_redis.port(), {u"LPUSH"_s, u"processed:g:e"_s, u"x"_s});
        redisCli(m_redis.port(), {u"SET"_s, u"text"_s, u"x"_s});
        redisCli(m_redis.port(), {u"SET"_s, u"websocket:u"_s, u"x"_s});
        auto reader = KeyReader::make(uri(m_redis.port()));
        QVERIFY(reader);
        QCOMPARE(reader.value().states({{u"e"_s, u"g"_s}, {u"f"_s, u"g"_s}}).value(),
                 QVector<QString>({u"unknown"_s, u"absent"_s}));
        const auto members = reader.value().members({{u"text"_s, u"x"_s}, {u"none"_s, u"x"_s}}).value();
        QVERIFY2(members[0].trouble.startsWith(u"WRONGTYPE"), qPrintable(members[0].trouble));
        QVERIFY(members[1].trouble.isEmpty() && members[1].size == 0);
        const auto fields = reader.value().fields(u"text"_s, {u"version"_s});
        QVERIFY(!fields && fields.error().kind == kit::ErrorKind::permanent);
        QVERIFY2(fields.error().what.find("WRONGTYPE") != std::string::npos, fields.error().what.c_str());
        const auto online = reader.value().isOnline(u"u"_s);
        QVERIFY(!online && online.error().kind == kit::ErrorKind::permanent);
        QVERIFY(reader.value().size());
        const auto report = lookUp(targetOf(uri(m_redis.port())), u"processed:g:e"_s, std::atomic<bool>{false});
        QVERIFY(!report.keys.isEmpty());
        QCOMPARE(report.keys[0].state, u"unknown"_s);
        QVERIFY(report.keys[0].why.startsWith(u"WRONGTYPE"));
        QCOMPARE(report.source(u"redis"_s)->state, u"ok"_s);
    }

    void onlyTheNewestScanIsTold() {
        QStringList set{u"MSET"_s};
        for (int i = 0; i < 3'000; ++i) set << u"k%1"_s.arg(i) << u"x"_s;
        redisCli(m_redis.port(), set);
        KeyLookup lookup(targetOf(uri(m_redis.port())));
        QVector<KeyScan> told;
        connect(&lookup, &KeyLookup::scanned, this, [&](const KeyScan& scan) { told.append(scan); });
        lookup.scan(u"k1*"_s);
        lookup.stopScan();  // begun or not: its end is told
        QTRY_VERIFY(!told.isEmpty() && told.back().ended);
        QCOMPARE(told.back().pattern, u"k1*"_s);
        told.clear();
        lookup.scan(u"*"_s);
        lookup.setTarget(targetOf(uri(m_redis.port())));
        lookup.scan(u"k2*"_s);
        QTRY_VERIFY(!told.isEmpty() && told.back().ended);
        for (const auto& scan : told) QCOMPARE(scan.pattern, u"k2*"_s);
        QVERIFY(told.back().complete);
    }

    void refusedAndAway() {
        auto nobody = QString::fromStdString(m_postgres.uri());
        const auto away = RowReader::open(u"postgresql://x@127.0.0.1:%1/postgres"_s.arg(test::freePort()));
        QVERIFY(!away);
        QCOMPARE(away.error().kind, kit::ErrorKind::transient);
        const auto stranger =
            RowReader::open(nobody.contains(u'?') ? nobody + u"&user=stranger"_s : nobody + u"?user=stranger"_s);
        QVERIFY(!stranger);
        QCOMPARE(stranger.error().kind, kit::ErrorKind::forbidden);
    }
};

QTEST_GUILESS_MAIN(KeyReadersTest)
#include "tst_key_readers.moc"
