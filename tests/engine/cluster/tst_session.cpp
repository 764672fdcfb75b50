// What we look at: run files good and bad, offsets by one call, keys read and nothing written.
#include <QElapsedTimer>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QtTest>

#include "app/engine/cluster/key_reader.h"
#include "app/engine/cluster/session.h"
#include "kit/redis/client.h"
#include "tests/support/real_stores.h"

using namespace nova::engine;
using namespace Qt::StringLiterals;

class SessionTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    // ' stands for ".
    QString file(const QByteArray& text) const {
        QFile out(m_folder.filePath(u"run.json"_s));
        if (!out.open(QIODevice::WriteOnly)) qFatal("cannot write");
        out.write(QByteArray(text).replace('\'', '"'));
        return out.fileName();
    }

private Q_SLOTS:
    void aRunFileIsRead() {
        const auto run = RunFile::read(file(
            "{'version':1,'started':'2026-11-23T01:02:03.000Z','kafka':'127.0.0.1:1','postgres':'postgresql://x',"
            "'redis':'redis://127.0.0.1:2','s3':null,'graphql':'http://127.0.0.1:3/"
            "graphql','upload':null,'websocket':null,"
            "'processes':[{'name':'feed-service','replica':1,'pid':77,'started':'','http':'http://127.0.0.1:4'}]}"));
        QVERIFY(run);
        QCOMPARE(run.value().kafka, u"127.0.0.1:1"_s);
        QCOMPARE(run.value().graphql, u"http://127.0.0.1:3/graphql"_s);
        QCOMPARE(run.value().processes.size(), 1);
        QCOMPARE(run.value().processes.first().replica, 1);
        QCOMPARE(run.value().processes.first().pid, 77);
    }

    void aWrongRunFileSaysSo_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("cut off") << QByteArray("{'version':1,'kafka':");
        QTest::newRow("another version") << QByteArray("{'version':2,'kafka':'127.0.0.1:1'}");
        QTest::newRow("no object") << QByteArray("[1]");
        QTest::newRow("no broker") << QByteArray("{'version':1}");
    }
    void aWrongRunFileSaysSo() {
        QFETCH(QByteArray, text);
        const auto path = file(text);
        const auto run = RunFile::read(path);
        QVERIFY(!run);
        QVERIFY(run.error().kind == nova::kit::ErrorKind::badInput);
        QVERIFY(run.error().what.find(path.toStdString()) != std::string::npos);
    }

    void noRunFileMeansNoNova() {
        const auto run = RunFile::read(m_folder.filePath(u"none.json"_s));
        QVERIFY(!run && run.error().kind == nova::kit::ErrorKind::notFound);
        QVERIFY(!run.error().hint.empty());
    }

    void watermarksOfAllPartitionsAtOnce() {
        nova::test::MockKafka kafka;
        kafka.createTopic("t", 3);
        kafka.send({{"t", "a", "1", {}}, {"t", "a", "2", {}}, {"t", "b", "3", {}}});
        const ReadSession session(kafka.bootstrap());
        const auto handle = session.observer("test");
        QVERIFY(handle);
        const auto marks = session.watermarks(handle.value().get(), {{"t", 3}}, 5'000);
        QVERIFY2(marks, marks ? "" : marks.error().what.c_str());
        QCOMPARE(marks.value().size(), 3u);
        std::int64_t all = 0;
        for (const auto& [partition, mark] : marks.value()) {
            QCOMPARE(mark.low, 0);
            all += mark.high;
        }
        QCOMPARE(all, 3);
        const auto topics = session.topics(handle.value().get(), 5'000);
        QVERIFY(topics);
        QVERIFY(std::find(topics.value().begin(), topics.value().end(), std::pair<std::string, int>("t", 3)) !=
                topics.value().end());
        rd_kafka_consumer_close(handle.value().get());
    }

    void keysAreReadAndNothingElse() {
        nova::test::RealRedis redis;
        nova::kit::RedisClient writer("127.0.0.1", redis.port());
        QVERIFY(writer.command({"SET", "processed:feed-service:e1", "done"}));
        QVERIFY(writer.command({"SET", "processed:feed-service:e2", "lease:feed-service/0"}));
        QVERIFY(writer.command({"SET", "processed:feed-service:e3", "1"}));
        auto reader = KeyReader::make(u"redis://127.0.0.1:%1"_s.arg(redis.port()));
        QVERIFY(reader);
        const auto states = reader.value().states({{u"e1"_s, u"feed-service"_s},
                                                   {u"e2"_s, u"feed-service"_s},
                                                   {u"e3"_s, u"feed-service"_s},
                                                   {u"e1"_s, u"other"_s}});
        QVERIFY(states);
        QCOMPARE(states.value(), (QVector<QString>{u"done"_s, u"leased"_s, u"done"_s, u"absent"_s}));
        QCOMPARE(writer.command({"DBSIZE"}).value().integer, 3);
        redis.stop();
        QVERIFY(!reader.value().states({{u"e1"_s, u"feed-service"_s}}));
    }

    void aWrongAddressIsNoRedis() {
        for (const auto& uri : {u""_s, u"127.0.0.1:6379"_s, u"http://127.0.0.1:1"_s, u"redis://"_s})
            QVERIFY2(!KeyReader::make(uri), qPrintable(uri));
    }

    // A door that takes connections and never says a word: whoever waits for its answer is let go at once.
    void aClientIsClosedWhileItsLoginIsNotAnswered() {
        QTcpServer silent;
        QVERIFY(silent.listen(QHostAddress::LocalHost));
        const ReadSession session("127.0.0.1:" + std::to_string(silent.serverPort()),
                                  {{"security.protocol", "SASL_PLAINTEXT"},
                                   {"sasl.mechanisms", "SCRAM-SHA-512"},
                                   {"sasl.username", "viewer"},
                                   {"sasl.password", "secret"}});
        QElapsedTimer closing;
        {
            const auto handle = session.observer("test");
            QVERIFY(handle);
            QVERIFY(!session.topics(handle.value().get(), 200));
            QTRY_VERIFY(silent.hasPendingConnections());
            closing.start();
        }
        QVERIFY2(closing.elapsed() < 5'000, qPrintable(QString::number(closing.elapsed())));
    }
};

QTEST_GUILESS_MAIN(SessionTest)
#include "tst_session.moc"
