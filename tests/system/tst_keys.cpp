// `keys` on a running Nova: what it says against what Redis, PostgreSQL and kcat say; repeats, other payloads, drift
// and loss provoked for real; the same with Kafka alone.
#include <QJsonArray>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>
#include <pqxx/pqxx>

#include "kit/runtime/ids.h"
#include "tests/support/live_nova.h"

using namespace Qt::StringLiterals;
using nova::test::Account;
using nova::test::LiveNova;
using nova::test::runConsole;

namespace {

constexpr int patienceMs = 20'000;
constexpr double week = 604'800;

QJsonObject first(const QJsonArray& list, const QString& field, const QString& value) {
    for (const auto& item : list)
        if (item.toObject().value(field).toString() == value) return item.toObject();
    return {};
}

QByteArray kcat(const QStringList& arguments) {
    QProcess process;
    process.start(u"kcat"_s, arguments);
    process.waitForFinished(patienceMs);
    return process.readAllStandardOutput();
}

}  // namespace

class KeysSystemTest : public QObject {
    Q_OBJECT
    LiveNova m_nova;
    QTemporaryDir m_scratch;
    Account m_alice, m_bob;
    QString m_post, m_event, m_topic = u"nova.content.events"_s;
    int m_partition = -1;
    qint64 m_offset = -1;
    QJsonArray m_headers;

    QJsonObject keys(const QString& id, const QStringList& further = {}) const {
        const auto result = runConsole(m_nova.with(QStringList{u"keys"_s, id, u"--json"_s} + further), patienceMs);
        if (result.exitCode != 0)
            qWarning("keys %s: exit %d %s", qPrintable(id), result.exitCode, result.err.constData());
        return result.lines().value(0);
    }
    QJsonObject keyOf(const QString& group) const {
        return first(keys(m_event).value(u"keys").toArray(), u"group"_s, group);
    }
    QJsonObject redisVersion() const {
        return first(keys(m_post).value(u"versions").toArray(), u"key"_s, u"post:%1:version"_s.arg(m_post));
    }
    // "$4\r\ndone\r\n", ":42\r\n"
    QByteArray redis(const QString& command) const {
        auto reply = m_nova.redis(command.toUtf8()).trimmed();
        return reply.contains('\n') ? reply.mid(reply.lastIndexOf('\n') + 1) : reply.mid(1);
    }
    QString broker() const { return m_nova.run().value(u"kafka"_s).toString(); }
    void send(const QByteArray& value) const {
        const QString path = m_scratch.filePath(u"value"_s);
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(value);
        file.close();
        QStringList arguments{u"-P"_s, u"-b"_s, broker(), u"-t"_s, m_topic, u"-p"_s, QString::number(m_partition),
                              u"-k"_s, m_post};
        for (const auto& header : m_headers)
            arguments << u"-H"_s
                      << header.toObject().value(u"name").toString() + u'=' +
                             header.toObject().value(u"value").toString();
        kcat(arguments << path);
    }
    QByteArray recordedValue() const {
        return kcat({u"-C"_s, u"-q"_s, u"-b"_s, broker(), u"-t"_s, m_topic, u"-p"_s, QString::number(m_partition),
                     u"-o"_s, QString::number(m_offset), u"-c"_s, u"1"_s, u"-e"_s, u"-D"_s, QString(), u"-f"_s,
                     u"%s"_s});
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY2(m_nova.start(), qPrintable(m_nova.log()));
        m_alice = m_nova.signUp(u"alice"_s);
        m_bob = m_nova.signUp(u"bob"_s);
        m_nova.graphql(u"mutation($u:ID!){follow(userId:$u){id}}"_s, {{u"u"_s, m_alice.id}}, m_bob.token);
        m_post = m_nova.createPost(m_alice, u"a post to look up"_s);
        QVERIFY(!m_post.isEmpty());
        QTRY_VERIFY_WITH_TIMEOUT(m_nova.feedOf(m_bob).contains(m_post), patienceMs);
        // Spans come after the effect.
        QTRY_COMPARE_WITH_TIMEOUT(first(keys(m_post).value(u"consumers").toArray(), u"group"_s, u"feed-service"_s)
                                      .value(u"member")
                                      .toString(),
                                  u"feed-service/0"_s, patienceMs);
        const auto event = keys(m_post).value(u"event").toObject();
        m_event = event.value(u"event_id").toString();
        m_partition = event.value(u"partition").toInt(-1);
        m_offset = event.value(u"offset").toInteger(-1);
        m_headers = event.value(u"header_list").toArray();
        QVERIFY(!m_event.isEmpty() && m_offset >= 0);
    }

    void aPost() {
        const auto report = keys(m_post);
        QCOMPARE(report.value(u"kind").toString(), u"post"_s);
        QCOMPARE(report.value(u"event").toObject().value(u"type").toString(), u"PostCreated"_s);
        QCOMPARE(report.value(u"event").toObject().value(u"key").toString(), m_post);
        for (const auto& source : report.value(u"sources").toArray())
            QCOMPARE(source.toObject().value(u"state").toString(), u"ok"_s);
        auto sql = m_nova.sql();
        pqxx::read_transaction read(*sql);
        const auto version =
            read.exec_params1("SELECT version FROM posts WHERE id = $1", m_post.toStdString())[0].as<qint64>();
        QCOMPARE(redis(u"GET post:%1:version"_s.arg(m_post)).toLongLong(), version);
        const auto versions = report.value(u"versions").toArray();
        QVERIFY(versions.size() >= 4);
        for (const auto& one : versions) {
            QCOMPARE(one.toObject().value(u"version").toInteger(), version);
            QCOMPARE(one.toObject().value(u"drift").toString(), u"equal"_s);
        }
        const auto effects = report.value(u"effects").toArray();
        const auto feed = first(effects, u"where"_s, u"feed:%1"_s.arg(m_bob.id));
        QCOMPARE(feed.value(u"state").toString(), u"there"_s);
        const auto score = redis(u"ZSCORE feed:%1 %2"_s.arg(m_bob.id, m_post));
        QVERIFY2(feed.value(u"detail").toString().contains(QString::fromUtf8(score)),
                 qPrintable(feed.value(u"detail").toString()));
        QVERIFY(feed.value(u"detail").toString().contains(m_bob.handle));
        QCOMPARE(first(effects, u"where"_s, u"posts %1"_s.arg(m_post)).value(u"state").toString(), u"there"_s);
        QCOMPARE(first(effects, u"where"_s, u"snapshot:%1"_s.arg(m_post)).value(u"state").toString(), u"there"_s);
    }

    void anEvent() {
        const auto report = keys(m_event);
        QCOMPARE(report.value(u"kind").toString(), u"event"_s);
        QCOMPARE(report.value(u"event").toObject().value(u"event_id").toString(), m_event);
        const auto key = first(report.value(u"keys").toArray(), u"group"_s, u"feed-service"_s);
        const auto name = u"processed:feed-service:%1"_s.arg(m_event);
        QCOMPARE(key.value(u"key").toString(), name);
        QCOMPARE(redis(u"GET "_s + name), QByteArray("done"));
        QCOMPARE(key.value(u"state").toString(), u"done"_s);
        const double told = key.value(u"ttl_s").toDouble(), left = redis(u"PTTL "_s + name).toDouble() / 1'000;
        QVERIFY2(told >= left && told - left < 30 && told <= week, qPrintable(u"%1 %2"_s.arg(told).arg(left)));
        QCOMPARE(key.value(u"duplicates").toInt(-1), 0);
        QCOMPARE(key.value(u"set_at").toString(), u"%1 p%2 @ %3"_s.arg(m_topic).arg(m_partition).arg(m_offset));
        QCOMPARE(key.value(u"set_by").toString(), u"feed-service/0"_s);
        QCOMPARE(key.value(u"other_payload"), QJsonValue(false));
        const auto consumer = first(report.value(u"consumers").toArray(), u"group"_s, u"feed-service"_s);
        QCOMPARE(consumer.value(u"outcome").toString(), u"done"_s);
        QCOMPARE(consumer.value(u"lag_at_event"), QJsonValue(0));
        QTRY_VERIFY_WITH_TIMEOUT(first(keys(m_event).value(u"consumers").toArray(), u"group"_s, u"feed-service"_s)
                                         .value(u"committed")
                                         .toInteger() > m_offset,
                                 patienceMs);
        // Of the groups those that are subscribed to this topic.
        QVERIFY(first(report.value(u"keys").toArray(), u"group"_s, u"notification-service"_s).isEmpty());
    }

    void aKey() {
        const auto name = u"processed:feed-service:%1"_s.arg(m_event);
        const auto report = keys(name);
        QCOMPARE(report.value(u"kind").toString(), u"key"_s);
        QCOMPARE(report.value(u"keys").toArray().size(), 1);
        QCOMPARE(report.value(u"keys").toArray()[0].toObject().value(u"key").toString(), name);
        QCOMPARE(report.value(u"event").toObject().value(u"event_id").toString(), m_event);
        const auto group = keys(m_event, {u"--group"_s, u"social-service"_s});
        QCOMPARE(group.value(u"keys").toArray().size(), 1);
        QCOMPARE(group.value(u"consumers").toArray().size(), 1);
    }

    // The design's template: the event is found by the post and the time in the key.
    void theDesignsKey() {
        const auto headers = keys(m_event).value(u"event").toObject().value(u"headers").toObject();
        const auto time = nova::kit::parseRfc3339(headers.value(u"ce_time").toString().toStdString());
        QVERIFY(time);
        const auto name = u"feed-service:processed:%1:%2"_s.arg(m_post).arg(
            std::chrono::floor<std::chrono::milliseconds>(time->time_since_epoch()).count());
        redis(u"SET %1 1 EX 50"_s.arg(name));
        const auto report = keys(name);
        QCOMPARE(report.value(u"event").toObject().value(u"event_id").toString(), m_event);
        const auto key = first(report.value(u"keys").toArray(), u"key"_s, name);
        QCOMPARE(key.value(u"state").toString(), u"done"_s);
        QCOMPARE(key.value(u"group").toString(), u"feed-service"_s);
        QCOMPARE(key.value(u"template").toString(), u"processed:{post_id}:{timestamp}"_s);
        QVERIFY(!first(keys(m_event).value(u"keys").toArray(), u"key"_s, name).isEmpty());
        redis(u"DEL "_s + name);
    }

    void peopleAndMessages() {
        QCOMPARE(keys(m_bob.handle).value(u"kind").toString(), u"user"_s);
        QCOMPARE(keys(m_bob.id).value(u"kind").toString(), u"user"_s);
        const auto sent = m_nova.graphql(u"mutation($u:ID!){sendMessage(to:$u,text:\"hello\"){id}}"_s,
                                         {{u"u"_s, m_bob.id}}, m_alice.token);
        const auto id = sent.json.value(u"data").toObject().value(u"sendMessage").toObject().value(u"id").toString();
        QTRY_COMPARE_WITH_TIMEOUT(keys(id).value(u"event").toObject().value(u"type").toString(), u"MessageSent"_s,
                                  patienceMs);
        QCOMPARE(keys(id).value(u"kind").toString(), u"message"_s);
        QCOMPARE(first(keys(id).value(u"effects").toArray(), u"where"_s, u"messages %1"_s.arg(id))
                     .value(u"state")
                     .toString(),
                 u"there"_s);
    }

    void aLikeReachesItsAuthor() {
        m_nova.graphql(u"mutation($p:ID!){likePost(id:$p){id}}"_s, {{u"p"_s, m_post}}, m_bob.token);
        QString like;
        QTRY_VERIFY_WITH_TIMEOUT(([&] {
                                     for (const auto& event : keys(m_post).value(u"related").toArray())
                                         if (event.toObject().value(u"type").toString() == u"PostLiked")
                                             like = event.toObject().value(u"event_id").toString();
                                     return !like.isEmpty();
                                 }()),
                                 patienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(
            first(keys(like).value(u"effects").toArray(), u"kind"_s, u"notification"_s).value(u"state").toString(),
            u"there"_s, patienceMs);
        const auto report = keys(like);
        QCOMPARE(first(report.value(u"effects").toArray(), u"where"_s, u"likes:%1"_s.arg(m_post))
                     .value(u"detail")
                     .toString(),
                 u"1"_s);
        QCOMPARE(first(report.value(u"versions").toArray(), u"key"_s, u"likes:%1:version"_s.arg(m_post))
                     .value(u"drift")
                     .toString(),
                 u"equal"_s);
    }

    void theWalk() {
        const auto result = runConsole(
            m_nova.with({u"keys"_s, u"--scan"_s, u"processed:*"_s, u"--limit"_s, u"0"_s, u"--json"_s}), patienceMs);
        QCOMPARE(result.exitCode, 0);
        const auto lines = result.lines();
        const auto reply = m_nova.redis("KEYS processed:*");  // the truth of a test; the command never asks this
        const auto count = reply.mid(1, reply.indexOf('\r') - 1).toLongLong();
        QCOMPARE(lines.last().value(u"matched").toInteger(), count);
        QCOMPARE(lines.size() - 1, count);
        QCOMPARE(lines.last().value(u"complete").toBool(), true);
        for (qsizetype i = 0; i + 1 < lines.size(); ++i) QCOMPARE(lines[i].value(u"state").toString(), u"done"_s);
        QCOMPARE(runConsole(m_nova.with({u"keys"_s, u"--scan"_s, u"none:*"_s}), patienceMs).exitCode, 1);
    }

    void anotherVersionInRedis() {
        redis(u"SET post:%1:version 9"_s.arg(m_post));
        QCOMPARE(redisVersion().value(u"drift").toString(), u"ahead by 8"_s);
        QCOMPARE(redisVersion().value(u"version").toInteger(), 9);
        const auto text = runConsole(m_nova.with({u"keys"_s, m_post}), patienceMs).out;
        QVERIFY(text.contains("ahead by 8: impossible order"));
        const auto walked =
            runConsole(m_nova.with({u"keys"_s, u"--scan"_s, u"post:*"_s, u"--json"_s}), patienceMs).lines();
        QCOMPARE(walked.value(0).value(u"drift").toString(), u"ahead by 8"_s);
        redis(u"SET post:%1:version 0"_s.arg(m_post));
        QCOMPARE(redisVersion().value(u"drift").toString(), u"behind by 1"_s);
        redis(u"DEL post:%1:version"_s.arg(m_post));
        QCOMPARE(redisVersion().value(u"drift").toString(), u"missing"_s);
        QVERIFY(redisVersion().value(u"version").isNull());
        redis(u"SET post:%1:version 1"_s.arg(m_post));
    }

    // The same record again is suppressed and counted; the same id with another content is told as well.
    void repeats() {
        const auto value = recordedValue();
        QVERIFY(value.size() > 36);
        send(value);
        QTRY_COMPARE_WITH_TIMEOUT(keyOf(u"feed-service"_s).value(u"duplicates").toInt(-1), 1, patienceMs);
        const auto report = keys(m_event);
        QCOMPARE(report.value(u"records").toArray().size(), 2);
        QCOMPARE(keyOf(u"feed-service"_s).value(u"other_payload"), QJsonValue(false));
        QCOMPARE(
            first(report.value(u"deliveries").toArray(), u"outcome"_s, u"duplicate"_s).value(u"offset").toInteger(),
            report.value(u"records").toArray()[1].toObject().value(u"offset").toInteger());
        auto changed = value;
        changed.replace("a post to look up", "a post to lookxup");
        QVERIFY(changed != value);
        send(changed);
        QTRY_COMPARE_WITH_TIMEOUT(keyOf(u"feed-service"_s).value(u"duplicates").toInt(-1), 2, patienceMs);
        QCOMPARE(keyOf(u"feed-service"_s).value(u"other_payload"), QJsonValue(true));
        QVERIFY(runConsole(m_nova.with({u"keys"_s, m_event}), patienceMs)
                    .out.contains("the same key stands for another payload"));
    }

    void kafkaAlone() {
        const QString path = m_scratch.filePath(u"alone.toml"_s);
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("name = \"alone\"\n[kafka]\nbootstrap = \"" + broker().toUtf8() + "\"\n");
        file.close();
        const auto result = runConsole({u"keys"_s, m_event, u"--json"_s, u"--profile"_s, path}, patienceMs);
        QVERIFY2(result.exitCode == 0, result.err.constData());
        const auto report = result.lines().value(0);
        QCOMPARE(report.value(u"event").toObject().value(u"event_id").toString(), m_event);
        const auto consumer = first(report.value(u"consumers").toArray(), u"group"_s, u"feed-service"_s);
        QCOMPARE(consumer.value(u"outcome").toString(), u"done"_s);
        QVERIFY(consumer.value(u"committed").toInteger() > m_offset);
        QVERIFY(!report.value(u"keys").toArray().isEmpty() && !report.value(u"versions").toArray().isEmpty() &&
                !report.value(u"effects").toArray().isEmpty());
        for (const auto& key : report.value(u"keys").toArray())
            QCOMPARE(key.toObject().value(u"state").toString(), u"unknown"_s);
        for (const auto& version : report.value(u"versions").toArray())
            QCOMPARE(version.toObject().value(u"drift").toString(), u"unknown"_s);
        for (const auto& effect : report.value(u"effects").toArray())
            QCOMPARE(effect.toObject().value(u"state").toString(), u"unknown"_s);
        for (const auto& [name, state] : {std::pair(u"kafka"_s, u"ok"_s),
                                          {u"spans"_s, u"ok"_s},
                                          {u"redis"_s, u"not-configured"_s},
                                          {u"postgres"_s, u"not-configured"_s}})
            QCOMPARE(first(report.value(u"sources").toArray(), u"name"_s, name).value(u"state").toString(), state);
        QCOMPARE(runConsole({u"keys"_s, u"--scan"_s, u"--profile"_s, path}, patienceMs).exitCode, 3);
    }

    void exits() {
        QCOMPARE(
            runConsole(m_nova.with({u"keys"_s, QString::fromStdString(nova::kit::newUuid())}), patienceMs).exitCode, 1);
        QCOMPARE(runConsole(m_nova.with({u"keys"_s, u"nobody-here"_s}), patienceMs).exitCode, 1);
        QCOMPARE(runConsole(m_nova.with({u"keys"_s}), patienceMs).exitCode, 2);
        QCOMPARE(runConsole({u"keys"_s, m_event, u"--data"_s, m_nova.dataDir() + u"-empty"_s}, patienceMs).exitCode, 3);
    }

    // Redis was emptied: what was set is lost, and nothing is mended while feed-service stands still. Last: it harms.
    void redisIsEmptied() {
        QCOMPARE(runConsole(m_nova.with({u"fault"_s, u"pause"_s, u"feed-service"_s}), patienceMs).exitCode, 0);
        m_nova.redis("FLUSHALL");
        const auto key = keyOf(u"feed-service"_s);
        QCOMPARE(key.value(u"state").toString(), u"absent"_s);
        QVERIFY(key.value(u"ttl_s").isNull());
        QVERIFY2(key.value(u"why").toString().startsWith(u"lost:"), qPrintable(key.value(u"why").toString()));
        QCOMPARE(redisVersion().value(u"drift").toString(), u"missing"_s);
        QCOMPARE(first(keys(m_post).value(u"effects").toArray(), u"where"_s, u"feed:%1"_s.arg(m_bob.id))
                     .value(u"state")
                     .toString(),
                 u"absent"_s);
        runConsole(m_nova.with({u"fault"_s, u"resume"_s, u"feed-service"_s}), patienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(redisVersion().value(u"drift").toString(), u"equal"_s, patienceMs);
    }
};

QTEST_GUILESS_MAIN(KeysSystemTest)
#include "tst_keys.moc"
