// The thin line: from Alice's createPost to Bob's feed, each stage looked at through its own door.
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QUrl>
#include <QtTest>
#include <pqxx/pqxx>

#include "tests/support/live_nova.h"

using namespace Qt::StringLiterals;
using nova::test::Account;
using nova::test::LiveNova;
using nova::test::runConsole;

class LineTest : public QObject {
    Q_OBJECT
    LiveNova m_nova;
    Account m_alice, m_bob;
    QString m_post;

    void follow(const Account& follower, const Account& followee) {
        const auto answer = m_nova.graphql(u"mutation($u:ID!){follow(userId:$u){id followerCount}}"_s,
                                           {{u"u"_s, followee.id}}, follower.token);
        QVERIFY2(answer.json.value(u"data").isObject(), QByteArray(answer.body).constData());
    }
    void waitFollowProjected(const Account& follower) {
        QTRY_VERIFY_WITH_TIMEOUT(m_nova.sql() && edges(follower) == 1, 30'000);
    }
    int edges(const Account& follower) {
        auto connection = m_nova.sql();
        pqxx::work work(*connection);
        return work
            .exec_params1("SELECT count(*) FROM feed.follow_edges WHERE follower_id = $1", follower.id.toStdString())[0]
            .as<int>();
    }
    long rows(const char* sql, const QString& parameter) {
        auto connection = m_nova.sql();
        pqxx::work work(*connection);
        return work.exec_params1(sql, parameter.toStdString())[0].as<long>();
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY2(m_nova.start(), qPrintable(m_nova.log()));
        m_alice = m_nova.signUp(u"alice"_s);
        m_bob = m_nova.signUp(u"bob"_s);
        QVERIFY(!m_alice.token.isEmpty() && !m_bob.token.isEmpty());
        follow(m_bob, m_alice);
        waitFollowProjected(m_bob);
    }

    void runFileIsExact() {
        const QFileInfo file(m_nova.dataDir() + u"/run.json"_s);
        QCOMPARE(file.permissions() & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther),
                 QFile::Permissions());
        const auto run = m_nova.run();
        QCOMPARE(run.value(u"version").toInt(), 1);
        QVERIFY(run.value(u"graphql").toString().startsWith(u"http://127.0.0.1:"_s));
        QCOMPARE(QUrl(run.value(u"upload").toString()).path(), u"/upload"_s);
        QCOMPARE(QUrl(run.value(u"upload").toString()).port(), QUrl(run.value(u"graphql").toString()).port());
        QVERIFY(run.value(u"websocket").toString().startsWith(u"ws://127.0.0.1:"_s));
        for (const auto& key : {u"endpoint"_s, u"bucket"_s, u"access_key"_s, u"secret_key"_s})
            QVERIFY2(!run.value(u"s3").toObject().value(key).toString().isEmpty(), qPrintable(key));
        QStringList names;
        for (const auto& p : run.value(u"processes").toArray()) names << p.toObject().value(u"name").toString();
        for (const auto& name : {u"kafka"_s, u"postgres"_s, u"redis"_s, u"graphql-gateway"_s, u"feed-service"_s})
            QVERIFY2(names.contains(name), qPrintable(name));
    }

    void statusSaysReady() {
        const auto status = runConsole(m_nova.with({u"status"_s, u"--json"_s}));
        QCOMPARE(status.exitCode, 0);
        const auto processes = QJsonDocument::fromJson(status.out).object().value(u"processes").toArray();
        QVERIFY2(processes.size() >= 8, QByteArray(status.out).constData());
        for (const auto& p : processes) QCOMPARE(p.toObject().value(u"state").toString(), u"ready"_s);
    }

    void aPostReachesBob() {
        m_post = m_nova.createPost(m_alice, u"Golden hour over the harbour"_s);
        QVERIFY(!m_post.isEmpty());
        QTRY_VERIFY_WITH_TIMEOUT(m_nova.feedOf(m_bob).contains(m_post), 30'000);
        QVERIFY(!m_nova.feedOf(m_alice).contains(m_post));  // own posts are not in one's own feed
        QCOMPARE(rows("SELECT count(*) FROM content.posts WHERE id = $1::uuid AND version = 1 AND deleted_at IS NULL",
                      m_post),
                 1);
        QTRY_COMPARE_WITH_TIMEOUT(rows("SELECT count(*) FROM content.outbox WHERE agg_id = $1", m_post), 0, 30'000);
        QVERIFY(m_nova.redis("ZSCORE feed:" + m_bob.id.toUtf8() + ' ' + m_post.toUtf8()).startsWith('$'));
    }

    void trafficPrintsTheRecord() {
        const auto traffic = runConsole(
            m_nova.with({u"traffic"_s, u"--json"_s, u"--topic"_s, u"nova.content.events"_s, u"--limit"_s, u"0"_s}));
        QCOMPARE(traffic.exitCode, 0);
        QJsonObject record;
        for (const auto& line : traffic.lines()) {
            if (line.value(u"key").toString() == m_post) record = line;
        }
        QVERIFY2(!record.isEmpty(), QByteArray(traffic.out + traffic.err).constData());
        QCOMPARE(record.value(u"type").toString(), u"PostCreated"_s);
        const auto payload = record.value(u"payload").toObject();
        QCOMPARE(payload.value(u"post_id").toString(), m_post);
        QCOMPARE(payload.value(u"version").toInt(), 1);
        QVERIFY(payload.value(u"version").isDouble());
        QCOMPARE(payload.value(u"author_id").toString(), m_alice.id);
        const auto headers = record.value(u"headers").toObject();
        QCOMPARE(headers.value(u"ce_source").toString(), u"/nova/content-service"_s);
        QCOMPARE(headers.value(u"ce_dataschema").toString(), u"nova.events.v1.PostCreated"_s);
        QCOMPARE(headers.value(u"ce_specversion").toString(), u"1.0"_s);
        QCOMPARE(headers.value(u"content-type").toString(), u"application/protobuf"_s);
        QCOMPARE(headers.value(u"nova-version").toString(), u"1"_s);
        QCOMPARE(headers.value(u"ce_id").toString(), record.value(u"event_id").toString());
        QVERIFY(headers.value(u"traceparent").toString().contains(record.value(u"trace_id").toString()));
        QCOMPARE(record.value(u"header_list").toArray().size(), headers.size());
    }

    void theActionIsMeasured() {
        QJsonObject action;
        const auto find = [&] {
            const auto listed = runConsole(m_nova.with({u"actions"_s, u"--json"_s, u"--limit"_s, u"0"_s}));
            for (const auto& line : listed.lines()) {
                if (line.value(u"action").toString() == u"createPost"_s && line.value(u"complete").toBool())
                    action = line;
            }
            return !action.isEmpty();
        };
        QTRY_VERIFY_WITH_TIMEOUT(find(), 30'000);
        QCOMPARE(action.value(u"user").toString(), m_alice.handle);
        const double ack = action.value(u"ack_ms").toDouble(), visible = action.value(u"visible_ms").toDouble();
        QVERIFY2(ack > 0 && ack < 1'000, qPrintable(QString::number(ack)));
        QVERIFY2(visible > 0 && visible < 1'000, qPrintable(QString::number(visible)));
        QVERIFY(action.contains(u"critical_path_ms") && action.value(u"critical_path_ms").isNull());
        QSet<QString> kinds;
        QSet<QString> ids;
        for (const auto& h : action.value(u"hops").toArray()) {
            kinds << h.toObject().value(u"kind").toString();
            ids << h.toObject().value(u"id").toString();
        }
        QCOMPARE(kinds, (QSet<QString>{u"http"_s, u"grpc"_s, u"sql"_s, u"outbox"_s, u"produce"_s, u"kafka"_s,
                                       u"consume"_s, u"redis"_s}));
        for (const auto& h : action.value(u"hops").toArray()) {
            const auto parent = h.toObject().value(u"parent");
            QVERIFY(parent.isNull() || ids.contains(parent.toString()));
            QVERIFY(h.toObject().value(u"duration_ms").toDouble() >= 0);
        }
    }

    void anEditADeleteAndALikeArrive() {
        const auto post = m_nova.createPost(m_alice, u"first words"_s);
        const auto read = [&](const Account& who) {
            return m_nova
                .graphql(u"query($p:ID!){post(id:$p){content version likeCount likedByMe}}"_s, {{u"p"_s, post}},
                         who.token)
                .json.value(u"data")
                .toObject()
                .value(u"post")
                .toObject();
        };
        const auto edited =
            m_nova.graphql(u"mutation($p:ID!){updatePost(id:$p,content:\"second words\",expectedVersion:1){version}}"_s,
                           {{u"p"_s, post}}, m_alice.token);
        QCOMPARE(edited.json.value(u"data").toObject().value(u"updatePost").toObject().value(u"version").toInt(), 2);
        QTRY_VERIFY_WITH_TIMEOUT(m_nova.feedOf(m_bob).contains(post), 30'000);
        for (int i = 0; i < 2; ++i) {  // the second like changes nothing
            const auto liked = m_nova.graphql(u"mutation($p:ID!){likePost(id:$p){likeCount likedByMe}}"_s,
                                              {{u"p"_s, post}}, m_bob.token);
            QCOMPARE(liked.json.value(u"data").toObject().value(u"likePost").toObject().value(u"likeCount").toInt(), 1);
        }
        QCOMPARE(read(m_bob).value(u"content").toString(), u"second words"_s);
        QVERIFY(read(m_bob).value(u"likedByMe").toBool());
        QVERIFY(!read(m_alice).value(u"likedByMe").toBool());
        const QString remove = u"mutation($p:ID!){deletePost(id:$p)}"_s;
        QVERIFY(m_nova.graphql(remove, {{u"p"_s, post}}, m_alice.token)
                    .json.value(u"data")
                    .toObject()
                    .value(u"deletePost")
                    .toBool());
        const auto again = m_nova.graphql(remove, {{u"p"_s, post}}, m_alice.token);
        QVERIFY2(again.body.contains("NOT_FOUND"), QByteArray(again.body).constData());
        QTRY_VERIFY_WITH_TIMEOUT(!m_nova.feedOf(m_bob).contains(post), 30'000);
    }

    void playShowsItToANewcomer() {
        const auto play = runConsole(m_nova.with({u"play"_s, u"create-post"_s, u"--json"_s}), 60'000);
        QVERIFY2(play.exitCode == 0, QByteArray(play.out + play.err).constData());
        QJsonObject post;
        for (const auto& line : play.lines()) {
            if (line.value(u"action").toString() == u"createPost"_s) post = line;
        }
        QVERIFY2(post.value(u"complete").toBool(), QByteArray(play.out).constData());
        QVERIFY(post.value(u"client_ack_ms").toDouble() >= post.value(u"ack_ms").toDouble());
        QVERIFY(post.value(u"visible_ms").toDouble() < 1'000);
    }

    void restartKeepsAll() {
        QVERIFY(m_nova.stop());
        QVERIFY(!QFileInfo::exists(m_nova.dataDir() + u"/run.json"_s));
        QTRY_VERIFY_WITH_TIMEOUT(m_nova.pids().isEmpty(), 30'000);
        QCOMPARE(runConsole(m_nova.with({u"status"_s})).exitCode, 3);
        QVERIFY2(m_nova.start(), qPrintable(m_nova.log()));
        QCOMPARE(rows("SELECT count(*) FROM content.posts WHERE id = $1::uuid", m_post), 1);
        QTRY_VERIFY_WITH_TIMEOUT(m_nova.feedOf(m_bob).contains(m_post), 30'000);  // the token lives on, too
    }

    void cleanupTestCase() { QVERIFY(m_nova.stop()); }
};

QTEST_GUILESS_MAIN(LineTest)
#include "tst_line.moc"
