// What a connected client of the WebSocket door may rely on, on one local Nova: every message once and in its
// conversation's order through a killed replica; nothing pushed again when the log is read again; a record that cannot
// be handled parks its conversation, and no other.
#include <QJsonDocument>
#include <QJsonObject>
#include <QTimer>
#include <QWebSocket>
#include <QtTest>
#include <algorithm>
#include <future>

#include "app/engine/actions/socket_caller.h"
#include "tests/support/faults.h"
#include "tests/support/oracle/stores.h"
#include "tests/support/oracle/world_reader.h"

using namespace Qt::StringLiterals;
using namespace nova::test;
using nova::engine::SocketCaller;
using nova::engine::SocketMessage;
using nova::engine::SocketNotification;

namespace {

constexpr int fromEach = 40;
const auto service = u"realtime-chat-service"_s;
const std::string topic = "nova.message.events";

// A client that sorts nothing out itself: what each of its connections was told, message by message. It comes back
// without saying what it knows, so that each connection is told all that is unread.
class PlainClient : public QObject {
public:
    using Told = QMap<QString, QStringList>;  // conversation → texts
    void open(const QString& url, const QString& token) {
        m_url = url;
        connect(&m_socket, &QWebSocket::connected, this, [this, token] {
            m_connections << Told();
            m_socket.sendTextMessage(u"{\"type\":\"hello\",\"token\":\"%1\"}"_s.arg(token));
        });
        connect(&m_socket, &QWebSocket::textMessageReceived, this, [this](const QString& text) {
            const auto frame = QJsonDocument::fromJson(text.toUtf8()).object();
            if (frame.value(u"type").toString() != u"message"_s) return;
            m_connections.last()[frame.value(u"conversation_id").toString()] << frame.value(u"text").toString();
        });
        connect(&m_socket, &QWebSocket::disconnected, this,
                [this] { QTimer::singleShot(250, this, [this] { again(); }); });
        again();
    }
    void close() {
        m_url.clear();
        m_socket.abort();
    }
    const QList<Told>& connections() const { return m_connections; }

private:
    void again() {
        if (!m_url.isEmpty()) m_socket.open(QUrl(m_url));
    }
    QWebSocket m_socket;
    QString m_url;
    QList<Told> m_connections;
};

}  // namespace

class SocketsTest : public QObject {
    Q_OBJECT
    LiveNova m_nova;
    Faults m_faults{m_nova};
    Account m_alice, m_bob, m_carol;
    SocketCaller m_socket;
    PlainClient m_plain;
    QMap<QString, QStringList> m_heard;  // conversation → texts, in the order heard
    int m_notifications = 0, m_opened = 0;

    bool send(const Account& from, const QString& text) {
        const auto answer = m_nova.graphql(u"mutation($u:ID!,$t:String!){sendMessage(to:$u,text:$t){id}}"_s,
                                           {{u"u"_s, m_bob.id}, {u"t"_s, text}}, from.token);
        return answer.status == 200 && !answer.json.contains(u"errors");
    }
    int heard() const {
        int count = 0;
        for (const auto& texts : m_heard) count += static_cast<int>(texts.size());
        return count;
    }
    bool hasHeard(const QString& text) const {
        return std::ranges::any_of(m_heard, [&](const QStringList& texts) { return texts.contains(text); });
    }
    std::vector<std::string> errorsInDeadLetters(const std::string& key) {
        std::vector<std::string> errors;
        for (const auto& letter : readLog(brokerOf(m_nova), {topic + ".dlq"}))
            if (letter.key == key) errors.push_back(letter.error);
        return errors;
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY2(m_nova.start(), qPrintable(m_nova.log()));
        m_alice = m_nova.signUp(u"alice"_s), m_bob = m_nova.signUp(u"bob"_s), m_carol = m_nova.signUp(u"carol"_s);
        connect(&m_socket, &SocketCaller::message, this,
                [this](const SocketMessage& m) { m_heard[m.conversationId] << m.text; });
        connect(&m_socket, &SocketCaller::notification, this, [this](const SocketNotification&) { ++m_notifications; });
        connect(&m_socket, &SocketCaller::opened, this, [this] { ++m_opened; });
        m_socket.open(m_nova.run().value(u"websocket"_s).toString(), m_bob.token);
        QTRY_COMPARE_WITH_TIMEOUT(m_opened, 1, 30'000);
        m_plain.open(m_nova.run().value(u"websocket"_s).toString(), m_bob.token);
        QTRY_COMPARE_WITH_TIMEOUT(m_plain.connections().size(), 1, 30'000);
    }

    // Invariant 7, as a client sees it: two people write at once, the door is killed in their midst.
    void eachMessageOnceAndInOrder() {
        const auto talk = [this](const Account& from) {
            for (int i = 0; i < fromEach; ++i)
                while (!send(from, u"%1"_s.arg(i))) QThread::msleep(50);
        };
        auto first = std::async(std::launch::async, talk, m_alice),
             second = std::async(std::launch::async, talk, m_carol);
        QTRY_VERIFY_WITH_TIMEOUT(heard() > fromEach / 4, 30'000);
        const auto before = m_faults.pid(service);
        QVERIFY(m_faults.kill9(service));
        QVERIFY(m_faults.awaitAnother(service, before));
        QTRY_VERIFY_WITH_TIMEOUT(m_opened >= 2, 30'000);
        QTRY_VERIFY_WITH_TIMEOUT(first.wait_for(std::chrono::seconds{0}) == std::future_status::ready &&
                                     second.wait_for(std::chrono::seconds{0}) == std::future_status::ready,
                                 30'000);
        QTRY_VERIFY_WITH_TIMEOUT(heard() >= 2 * fromEach, 30'000);
        QCOMPARE(settle(m_nova), std::string());
        QCOMPARE(m_heard.size(), 2);
        QStringList all;
        for (int i = 0; i < fromEach; ++i) all << QString::number(i);
        for (const auto& texts : m_heard) QCOMPARE(texts, all);
        // The same of each connection, by what the door itself sends.
        QTRY_VERIFY_WITH_TIMEOUT(m_plain.connections().size() >= 2, 30'000);  // it comes back by its own clock
        QTRY_COMPARE_WITH_TIMEOUT(m_plain.connections().last().size(), 2, 30'000);
        for (const auto& texts : m_plain.connections().last()) QCOMPARE(texts, all);
        for (const auto& told : m_plain.connections())
            for (const auto& texts : told) QCOMPARE(texts, all.mid(0, texts.size()));
        m_plain.close();
    }

    // Invariant 9, outwards: the whole log again, with all keys gone, and the socket hears nothing.
    void readAgainNothingIsPushed() {
        const auto post = m_nova.createPost(m_bob, u"Golden hour"_s);
        for (const auto& who : {m_alice, m_carol})
            m_nova.graphql(u"mutation($p:ID!){likePost(id:$p){id}}"_s, {{u"p"_s, post}}, who.token);
        QTRY_COMPARE_WITH_TIMEOUT(m_notifications, 2, 30'000);
        QCOMPARE(settle(m_nova), std::string());
        const std::map<std::string, std::vector<std::string>> all = groupsOf(m_nova);
        for (const auto& group : {service, u"notification-service"_s})
            QCOMPARE(m_faults.fault({u"stop"_s, group}), QString());
        for (const auto& group : {service, u"notification-service"_s}) {
            std::string said;
            QTRY_VERIFY2_WITH_TIMEOUT(
                (said = resetOffsets(m_nova, group.toStdString(), all.at(group.toStdString()), 0)).empty(),
                said.c_str(), 30'000);
        }
        QVERIFY(redisOf(m_nova)->command(
            {"EVAL", "for _, k in ipairs(redis.call('KEYS', 'processed:*')) do redis.call('DEL', k) end return 1",
             "0"}));
        m_heard.clear();
        m_notifications = 0;
        const int opened = m_opened;
        // The log comes only when the socket is open: what is pushed is heard.
        QVERIFY(m_faults.pause(u"kafka"_s));
        std::vector<std::future<QString>> restarts;  // which wait until the service is ready
        for (const auto& group : {service, u"notification-service"_s})
            restarts.push_back(std::async(std::launch::async, [this, group] {
                return m_faults.fault({u"restart"_s, group});
            }));
        QTRY_VERIFY_WITH_TIMEOUT(m_opened > opened, 30'000);
        QTRY_VERIFY_WITH_TIMEOUT(
            redisOf(m_nova)->command({"ZCARD", "websocket:" + m_bob.id.toStdString()}).value().integer > 0, 30'000);
        QVERIFY(m_faults.resume(u"kafka"_s));
        for (auto& restart : restarts) QCOMPARE(restart.get(), QString());
        QVERIFY2(m_faults.awaitHealed(30'000) >= 0, qPrintable(m_faults.notHealed()));
        QCOMPARE(settle(m_nova), std::string());
        QVERIFY(m_faults.metric(service, u"nova_outcomes_total"_s) >= 2 * fromEach);
        QVERIFY(send(m_alice, u"after"_s));  // and the socket does hear: what comes now
        QTRY_VERIFY_WITH_TIMEOUT(heard() >= 1, 30'000);
        QCOMPARE(heard(), 1);
        QCOMPARE(m_heard.first(), QStringList{u"after"_s});
        QCOMPARE(m_notifications, 0);
    }

    // notification-service dies when the row stands and nobody was told of it: its successor tells, and once.
    void aDeathBeforeThePushOnlyDelaysIt() {
        const auto name = u"notification-service"_s;
        const auto before = m_faults.pid(name);
        const auto post = m_nova.createPost(m_bob, u"Blue hour"_s);
        m_notifications = 0;
        m_faults.arm(name, u"after_commit_before_push"_s, u"1:kill"_s);
        m_nova.graphql(u"mutation($p:ID!){likePost(id:$p){id}}"_s, {{u"p"_s, post}}, m_alice.token);
        QTRY_VERIFY_WITH_TIMEOUT(m_faults.fired(name, u"after_commit_before_push"_s), 30'000);
        QVERIFY(m_faults.awaitAnother(name, before));
        QTRY_COMPARE_WITH_TIMEOUT(m_notifications, 1, 30'000);
        QTRY_VERIFY_WITH_TIMEOUT(Sql(m_nova)("SELECT 1 FROM notification.pending_pushes").empty(), 30'000);
        QVERIFY2(m_faults.awaitHealed(30'000) >= 0, qPrintable(m_faults.notHealed()));
        QCOMPARE(settle(m_nova), std::string());
        m_nova.graphql(u"mutation($p:ID!){likePost(id:$p){id}}"_s, {{u"p"_s, post}}, m_carol.token);
        QTRY_COMPARE_WITH_TIMEOUT(m_notifications, 2, 30'000);
    }

    // What cannot be handled (here: Bob's presence is no sorted set) parks its key; later ones follow, others go on.
    void aParkedConversationHoldsNoOtherUp() {
        const auto redis = redisOf(m_nova);
        const std::string presence = "websocket:" + m_bob.id.toStdString();
        const auto conversation = Sql(m_nova)("SELECT conversation_id::text FROM messaging.messages WHERE from_id = '" +
                                              m_alice.id.toStdString() + "' LIMIT 1")[0][0]
                                      .as<std::string>();
        m_socket.close();
        QVERIFY(redis->command({"DEL", presence}));
        QVERIFY(redis->command({"SET", presence, "no sorted set"}));
        QVERIFY(send(m_alice, u"poison"_s));
        QTRY_COMPARE_WITH_TIMEOUT(errorsInDeadLetters(conversation).size(), 1u, 30'000);
        QVERIFY2(errorsInDeadLetters(conversation).front().find("WRONGTYPE") != std::string::npos,
                 errorsInDeadLetters(conversation).front().c_str());
        QVERIFY(redis->command({"DEL", presence}));
        // A new client is told all that is unread, the message that could not be pushed at its end.
        m_socket.open(m_nova.run().value(u"websocket"_s).toString(), m_bob.token);
        QTRY_VERIFY_WITH_TIMEOUT(hasHeard(u"poison"_s), 30'000);
        m_heard.clear();
        QVERIFY(send(m_alice, u"behind it"_s));
        QVERIFY(send(m_carol, u"elsewhere"_s));
        QTRY_VERIFY_WITH_TIMEOUT(heard() >= 1, 30'000);
        QTRY_COMPARE_WITH_TIMEOUT(errorsInDeadLetters(conversation).size(), 2u, 30'000);
        QCOMPARE(errorsInDeadLetters(conversation).back(), std::string("parked"));
        QCOMPARE(heard(), 1);
        QCOMPARE(m_heard.first(), QStringList{u"elsewhere"_s});
        // Released, the conversation is heard again.
        QCOMPARE(
            redis->command({"HDEL", "parked:" + service.toStdString() + ":" + topic, conversation}).value().integer, 1);
        QVERIFY(send(m_alice, u"free"_s));
        QTRY_COMPARE_WITH_TIMEOUT(heard(), 2, 30'000);
    }

    void cleanupTestCase() {
        m_socket.close();
        QVERIFY(m_nova.stop());
    }
};

QTEST_GUILESS_MAIN(SocketsTest)
#include "tst_sockets.moc"
