// Bad input at every door: a clear error, nothing lost, nothing falls over.
#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QProcess>
#include <QTcpSocket>
#include <QUrl>
#include <QtTest>
#include <pqxx/pqxx>

#include "tests/support/live_nova.h"

using namespace Qt::StringLiterals;
using nova::test::Account;
using nova::test::LiveNova;
using nova::test::runConsole;

class DoorsTest : public QObject {
    Q_OBJECT
    LiveNova m_nova;
    Account m_alice, m_bob;

    QString code(const nova::test::HttpAnswer& answer) const {
        return answer.json.value(u"errors")
            .toArray()
            .at(0)
            .toObject()
            .value(u"extensions")
            .toObject()
            .value(u"code")
            .toString();
    }

    static QByteArray contentOf(const QString& name) {
        QFile file(name);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    QJsonObject secrets() const {
        return QJsonDocument::fromJson(contentOf(m_nova.dataDir() + u"/secrets.json"_s)).object();
    }
    // Nothing stays of it.
    static bool may(pqxx::connection& connection, const QString& statement) {
        try {
            pqxx::work(connection).exec(statement.toStdString());
            return true;
        } catch (const pqxx::insufficient_privilege&) {
            return false;
        }
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY2(m_nova.start(), qPrintable(m_nova.log()));
        m_alice = m_nova.signUp(u"alice"_s);
        m_bob = m_nova.signUp(u"bob"_s);
    }

    void wrongFlags_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("says");
        QTest::newRow("unknown command") << QStringList{u"fly"_s} << u"fly"_s;
        QTest::newRow("unknown flag") << QStringList{u"status"_s, u"--loud"_s} << u"--loud"_s;
        QTest::newRow("unknown scenario") << QStringList{u"play"_s, u"moon-landing"_s} << u"moon-landing"_s;
        QTest::newRow("filter with an unknown field")
            << QStringList{u"traffic"_s, u"--filter"_s, u"tpye:PostCreated"_s} << u"tpye"_s;
        QTest::newRow("limit is no number") << QStringList{u"traffic"_s, u"--limit"_s, u"many"_s} << u"many"_s;
        QTest::newRow("limit below none")
            << QStringList{u"actions"_s, u"--limit"_s, u"-1"_s} << u"\"-1\" is no number of 0 or more"_s;
        QTest::newRow("a fault of nothing") << QStringList{u"fault"_s, u"kill"_s} << u"PART[/REPLICA]"_s;
        QTest::newRow("from is no time") << QStringList{u"traffic"_s, u"--from"_s, u"yesterdayish"_s}
                                         << u"yesterdayish"_s;
    }
    void wrongFlags() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, says);
        const auto result = runConsole(m_nova.with(arguments), 20'000);
        QCOMPARE(result.exitCode, 2);
        QVERIFY2(QString::fromUtf8(result.err).contains(says), QByteArray(result.err).constData());
        QVERIFY2(result.out.isEmpty(), QByteArray(result.out).constData());
    }

    void nothingRunning() {
        for (const auto& command : {u"status"_s, u"down"_s, u"actions"_s, u"traffic"_s}) {
            const auto result = runConsole({command, u"--data"_s, m_nova.dataDir() + u"-empty"_s}, 20'000);
            QCOMPARE(result.exitCode, 3);
            QVERIFY(!result.err.isEmpty());
        }
        QCOMPARE(runConsole(m_nova.with({u"actions"_s, u"0123456789abcdef0123456789abcdef"_s}), 60'000).exitCode, 1);
    }

    void tokens() {
        const QString me = u"{me{id}}"_s;
        QCOMPARE(code(m_nova.graphql(me)), u"UNAUTHENTICATED"_s);
        QCOMPARE(code(m_nova.graphql(me, {}, u"garbage"_s)), u"UNAUTHENTICATED"_s);
        QString forged = m_alice.token;
        forged[forged.size() / 2] = forged[forged.size() / 2] == u'A' ? u'B' : u'A';
        QCOMPARE(code(m_nova.graphql(me, {}, forged)), u"UNAUTHENTICATED"_s);
        const auto wrong =
            m_nova.graphql(u"mutation($h:String!){signIn(handle:$h,password:\"not the password\"){token}}"_s,
                           {{u"h"_s, m_alice.handle}});
        QCOMPARE(code(wrong), u"UNAUTHENTICATED"_s);
        const auto right = m_nova.graphql(
            u"mutation($h:String!){signIn(handle:$h,password:\"a long password\"){token expiresAt user{handle}}}"_s,
            {{u"h"_s, m_alice.handle}});
        QVERIFY2(right.json.value(u"data").toObject().value(u"signIn").isObject(), QByteArray(right.body).constData());
    }

    void otherPeoplesThings() {
        const auto post = m_nova.createPost(m_alice, u"mine"_s);
        QCOMPARE(code(m_nova.graphql(u"mutation($p:ID!){updatePost(id:$p,content:\"yours\"){id}}"_s, {{u"p"_s, post}},
                                     m_bob.token)),
                 u"FORBIDDEN"_s);
        QCOMPARE(code(m_nova.graphql(u"mutation($p:ID!){deletePost(id:$p)}"_s, {{u"p"_s, post}}, m_bob.token)),
                 u"FORBIDDEN"_s);
        QCOMPARE(
            code(m_nova.graphql(u"query($u:ID!){feed(userId:$u){hasMore}}"_s, {{u"u"_s, m_alice.id}}, m_bob.token)),
            u"FORBIDDEN"_s);
        QCOMPARE(code(m_nova.graphql(u"mutation($u:ID!){follow(userId:$u){id}}"_s, {{u"u"_s, m_bob.id}}, m_bob.token)),
                 u"BAD_INPUT"_s);
        QCOMPARE(code(m_nova.graphql(u"mutation($p:ID!){updatePost(id:$p,content:\"x\",expectedVersion:7){id}}"_s,
                                     {{u"p"_s, post}}, m_alice.token)),
                 u"CONFLICT"_s);
    }

    void limits() {
        const QString create = u"mutation($c:String!){createPost(content:$c){id}}"_s;
        QCOMPARE(code(m_nova.graphql(create, {{u"c"_s, QString()}}, m_alice.token)), u"BAD_INPUT"_s);
        QCOMPARE(code(m_nova.graphql(create, {{u"c"_s, QString(10'001, u'x')}}, m_alice.token)), u"BAD_INPUT"_s);
        QVERIFY(
            m_nova.graphql(create, {{u"c"_s, QString(10'000, u'ü')}}, m_alice.token).json.value(u"data").isObject());
        for (const auto& handle : {u"ab"_s, u"Alice"_s, u"a b c"_s, QString(33, u'a')}) {
            QCOMPARE(
                code(m_nova.graphql(u"mutation($h:String!){signUp(handle:$h,password:\"a long password\"){token}}"_s,
                                    {{u"h"_s, handle}})),
                u"BAD_INPUT"_s);
        }
        QCOMPARE(code(m_nova.graphql(u"{feed(first:101){hasMore}}"_s, {}, m_alice.token)), u"BAD_INPUT"_s);
    }

    void injections() {
        const auto evil = u"'); DROP TABLE posts; -- \" \\ \u202e <script>alert(1)</script> %s ${x}"_s;
        const auto post = m_nova.createPost(m_alice, evil);
        QVERIFY(!post.isEmpty());
        const auto back = m_nova.graphql(u"query($p:ID!){post(id:$p){content}}"_s, {{u"p"_s, post}}, m_alice.token);
        QCOMPARE(back.json.value(u"data").toObject().value(u"post").toObject().value(u"content").toString(), evil);
        const auto id =
            m_nova.graphql(u"query($p:ID!){post(id:$p){content}}"_s, {{u"p"_s, u"1' OR '1'='1"_s}}, m_alice.token);
        QVERIFY(id.json.value(u"data").toObject().value(u"post").isNull() || code(id) == u"BAD_INPUT"_s);
    }

    void bombs() {
        const QList<QPair<QByteArray, QByteArray>> json{{"content-type", "application/json"},
                                                        {"authorization", "Bearer " + m_alice.token.toUtf8()}};
        QCOMPARE(m_nova.post(QByteArray(10 * 1024 * 1024, 'x'), json).status, 413);
        QCOMPARE(m_nova.post("{not json", json).status, 400);
        QCOMPARE(m_nova.post("[{\"query\":\"{me{id}}\"}]", json).status, 400);
        const QByteArray nested = "{" + QByteArray("me{").repeated(3'000) + "id" + QByteArray("}").repeated(3'001);
        const auto deep = m_nova.graphql(QString::fromUtf8(nested), {}, m_alice.token);
        QCOMPARE(code(deep), u"BAD_INPUT"_s);
        const auto cycle =
            m_nova.graphql(u"{me{...a}} fragment a on User{...b} fragment b on User{...a}"_s, {}, m_alice.token);
        QCOMPARE(code(cycle), u"BAD_INPUT"_s);
        QString aliases = u"{"_s;
        for (int i = 0; i < 600; ++i) aliases += u"a%1:me{id} "_s.arg(i);
        QCOMPARE(code(m_nova.graphql(aliases + u"}"_s, {}, m_alice.token)), u"BAD_INPUT"_s);
        QVERIFY(m_nova.graphql(u"{me{handle}}"_s, {}, m_alice.token).json.value(u"data").isObject());
    }

    void idempotencyKey() {
        const QString create = u"mutation($c:String!){createPost(content:$c){id content}}"_s;
        const QList<QPair<QByteArray, QByteArray>> key{{"idempotency-key", "one-and-only"}};
        const auto idOf = [](const nova::test::HttpAnswer& a) {
            return a.json.value(u"data").toObject().value(u"createPost").toObject().value(u"id").toString();
        };
        const auto first = m_nova.graphql(create, {{u"c"_s, u"once"_s}}, m_alice.token, key);
        const auto second = m_nova.graphql(create, {{u"c"_s, u"once"_s}}, m_alice.token, key);
        QVERIFY2(!idOf(first).isEmpty(), QByteArray(first.body).constData());
        QCOMPARE(idOf(first), idOf(second));
        QCOMPARE(code(m_nova.graphql(create, {{u"c"_s, u"twice"_s}}, m_alice.token, key)), u"CONFLICT"_s);
        const auto two = m_nova.graphql(u"mutation{a:createPost(content:\"a\"){id} b:createPost(content:\"b\"){id}}"_s,
                                        {}, m_alice.token, key);
        QCOMPARE(code(two), u"BAD_INPUT"_s);
    }

    // createPost, sendMessage and likePost have three owners, and a key is good for one of them.
    void aKeyStandsForOneOperation_data() {
        QTest::addColumn<QString>("first");
        QTest::addColumn<QString>("second");
        const QStringList operations{u"createPost"_s, u"sendMessage"_s, u"likePost"_s};
        for (const auto& first : operations)
            for (const auto& second : operations)
                if (first != second) QTest::newRow(qPrintable(first + u", then "_s + second)) << first << second;
    }
    void aKeyStandsForOneOperation() {
        QFETCH(QString, first);
        QFETCH(QString, second);
        const auto post = m_nova.createPost(m_alice, u"liked under a key"_s);
        const QHash<QString, QString> mutations{
            {u"createPost"_s, u"mutation($it:String!){done:createPost(content:$it){id}}"_s},
            {u"sendMessage"_s, u"mutation($it:String!){done:sendMessage(to:\"%1\",text:$it){id}}"_s.arg(m_bob.id)},
            {u"likePost"_s, u"mutation($it:ID!){done:likePost(id:$it){id}}"_s}};
        const auto act = [&](const QString& operation, const QByteArray& key, const QString& it) {
            return m_nova.graphql(mutations[operation], {{u"it"_s, it}}, m_alice.token, {{"idempotency-key", key}});
        };
        const auto arguments = [&](const QString& operation) { return operation == u"likePost" ? post : u"once"_s; };
        const auto idOf = [](const nova::test::HttpAnswer& a) {
            return a.json.value(u"data").toObject().value(u"done").toObject().value(u"id").toString();
        };
        QByteArray key = QTest::currentDataTag();
        QString refused;
        // An owner that does not answer within 250 ms is passed over, which a busy machine may bring about.
        for (int i = 0; i < 3 && refused != u"CONFLICT"; ++i) {
            key += '.';
            const auto done = act(first, key, arguments(first));
            QVERIFY2(!idOf(done).isEmpty(), done.body.constData());
            refused = code(act(second, key, arguments(second)));
            if (refused == u"CONFLICT")
                QCOMPARE(idOf(act(first, key, arguments(first))), idOf(done));  // a retry still is one
        }
        QCOMPARE(refused, u"CONFLICT"_s);

        // What failed has used no key up.
        const QString wrong = first == u"likePost" ? u"00000000-0000-7000-8000-000000000000"_s : QString();
        QVERIFY(!code(act(first, key + " again", wrong)).isEmpty());
        const auto after = act(second, key + " again", arguments(second));
        QVERIFY2(!idOf(after).isEmpty(), after.body.constData());
    }

    void garbageAtEachPort() {
        const auto status = [this] { return runConsole(m_nova.with({u"status"_s, u"--json"_s})); };
        const auto pids = [](const nova::test::CommandResult& of) {
            QMap<QString, qint64> found;
            for (const auto& p : of.lines().value(0).value(u"processes").toArray())
                found.insert(p.toObject().value(u"name").toString(), p.toObject().value(u"pid").toInteger());
            return found;
        };
        const auto before = status();
        QMap<QString, int> doors;  // "kafka controller", "feed-service grpc"
        for (const auto& p : before.lines().value(0).value(u"processes").toArray()) {
            const auto ports = p.toObject().value(u"ports").toObject();
            for (const auto& port : ports.keys())
                doors.insert(p.toObject().value(u"name").toString() + u' ' + port, ports.value(port).toInt());
        }
        for (const auto& named :
             {u"kafka broker"_s, u"kafka controller"_s, u"postgres sql"_s, u"redis redis"_s, u"s3 s3"_s,
              u"graphql-gateway http"_s, u"content-service grpc"_s, u"realtime-chat-service ws"_s})
            QVERIFY2(doors.contains(named), qPrintable(QStringList(doors.keys()).join(u", "_s)));
        QVERIFY(doors.size() >= 20);
        for (auto door = doors.cbegin(); door != doors.cend(); ++door) {
            QTcpSocket socket;
            socket.connectToHost(u"127.0.0.1"_s, static_cast<quint16>(door.value()));
            QVERIFY2(socket.waitForConnected(2'000), qPrintable(door.key()));
            socket.write(QByteArray::fromHex("00ff00fe0d0a0d0a7fffffff") + QByteArray(4'096, '\xee'));
            socket.waitForBytesWritten(1'000);
            socket.abort();
        }
        QVERIFY(!m_nova.createPost(m_alice, u"still here"_s).isEmpty());
        const auto after = status();
        QVERIFY2(after.exitCode == 0, QByteArray(after.out).constData());
        QCOMPARE(pids(after), pids(before));  // none fell over and came back
    }

    void aGraphqlClientLibraryBuildsItsSchema() {
        QProcess python;
        python.start(u"/usr/bin/python3"_s, {u"-c"_s,
                                             uR"(
import json, sys, urllib.request
from graphql import build_client_schema, print_schema, validate, parse
try:
    from graphql import get_introspection_query
    introspection = get_introspection_query()
except ImportError:  # graphql-core 2
    from graphql import introspection_query as introspection
body = json.dumps({"query": introspection}).encode()
answer = json.load(urllib.request.urlopen(urllib.request.Request(sys.argv[1], body, {"content-type": "application/json"})))
assert "errors" not in answer, answer["errors"]
schema = build_client_schema(answer["data"])
assert not validate(schema, parse("mutation($c:String!){createPost(content:$c){id version author{handle tier} media{url}}}"))
assert validate(schema, parse("{nonsense}"))
print(len(print_schema(schema)))
)"_s,
                                             m_nova.run().value(u"graphql").toString()});
        QVERIFY(python.waitForFinished(30'000));
        QVERIFY2(python.exitCode() == 0, QByteArray(python.readAllStandardError()).constData());
    }

    void everyAnswerNamesItsTrace() {
        const auto answer = m_nova.graphql(u"{me{id}}"_s, {}, m_alice.token);
        QVERIFY2(QRegularExpression(u"^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$"_s)
                     .match(QString::fromUtf8(answer.traceparent))
                     .hasMatch(),
                 QByteArray(answer.traceparent).constData());
        const QByteArray mine = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        QVERIFY(m_nova.graphql(u"{me{id}}"_s, {}, m_alice.token, {{"traceparent", mine}})
                    .traceparent.contains("4bf92f3577b34da6a3ce929d0e0e4736"));
    }

    // Each service has a role of its own, for its own schema; who looks on may read and nothing else.
    void aRoleHasItsOwnSchemaAlone() {
        const auto passwords = secrets().value(u"postgres"_s).toObject();
        QUrl uri(m_nova.run().value(u"postgres"_s).toString());
        uri.setQuery(QString());
        QStringList schemas;
        for (const auto& role : passwords.keys())
            if (!role.startsWith(u"nova_")) schemas << role;
        QCOMPARE(schemas.size(), 7);
        for (const auto& role : schemas) {
            uri.setUserName(role);
            uri.setPassword(passwords.value(role).toString());
            pqxx::connection connection(uri.toString(QUrl::FullyEncoded).toStdString());
            for (const auto& schema : schemas) {
                for (const auto& statement :
                     {u"SELECT count(*) FROM %1.schema_version"_s, u"DELETE FROM %1.schema_version WHERE false"_s,
                      u"CREATE TABLE %1.mine (id int)"_s}) {
                    const bool allowed = may(connection, statement.arg(schema));
                    QVERIFY2(allowed == (schema == role), qPrintable(role + u": "_s + statement.arg(schema)));
                }
            }
        }
        auto reader = m_nova.sql();
        pqxx::nontransaction(*reader).exec("SET default_transaction_read_only = off");
        QVERIFY(may(*reader, u"SELECT count(*) FROM content.posts"_s));
        QVERIFY(!may(*reader, u"DELETE FROM content.posts WHERE false"_s));
    }

    // After all the above: what nobody else is to know stands in no log and in no command line, which every user of the
    // machine reads.
    void nothingSecretIsSaid() {
        QList<QByteArray> unsaid{m_alice.token.toUtf8(), "a long password", "not the password"};
        const auto kept = secrets();
        for (const auto& password : kept.value(u"postgres"_s).toObject()) unsaid << password.toString().toUtf8();
        unsaid << kept.value(u"s3"_s).toObject().value(u"secret_key"_s).toString().toUtf8();
        unsaid << contentOf(m_nova.dataDir() + u"/keys/token.private.pem"_s).split('\n').value(1);
        for (const auto& secret : unsaid) QVERIFY2(secret.size() >= 12, secret.constData());
        QHash<QString, QByteArray> said{{u"the output of up"_s, m_nova.log().toUtf8()}};
        for (const auto& file : QDir(m_nova.dataDir() + u"/log"_s).entryInfoList(QDir::Files))
            said[file.fileName()] = contentOf(file.filePath());
        for (const auto pid : m_nova.pids()) said[QString::number(pid)] = contentOf(u"/proc/%1/cmdline"_s.arg(pid));
        QVERIFY(said.size() > 20 && said.value(u"content-service-0.log"_s).contains("content-service"));
        for (const auto& [where, text] : said.asKeyValueRange())
            for (const auto& secret : unsaid)
                QVERIFY2(!text.contains(secret), qPrintable(where + u" tells "_s + QString::fromUtf8(secret.first(6))));
    }

    void nothingWasLost() {
        auto sql = m_nova.sql();
        pqxx::work work(*sql);
        QVERIFY(work.exec1("SELECT count(*) FROM content.posts")[0].as<int>() >= 5);
        QVERIFY(m_nova.stop());
    }
};

QTEST_GUILESS_MAIN(DoorsTest)
#include "tst_doors.moc"
