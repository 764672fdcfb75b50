// Several replicas of realtime-chat-service, and what they share in Redis.
#include <QtTest>

#include "tests/services/realtime_chat/realtime_world.h"

using namespace nova;
using namespace std::chrono_literals;
using kit::Outcome;
using test::Json, test::next, test::nextOf, test::sentRecord, test::WebSocketClient;
using Texts = std::vector<std::string>;
using Outcomes = std::vector<Outcome>;

class TestRealtimeChatReplicas : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void entryNamesReplicaAndConnection();
    void entriesEndWithTheConnection();
    void entriesEndWithTheReplica();
    void expiredEntriesAreIgnoredAndPruned();
    void socketOfAnotherReplicaIsReached();
    void pushIsPassedOn();
    void replicaGoneIsForgotten();
    void nothingNewerReachesWhoMissedAnOlder();
    void whatCannotBeForgottenIsDoneAgain();
    void lostEntryIsTakenUpAgain();
    void redisAwayIsTransient();
    void connectsWhileRedisIsAway();
    void conversationRisesAtEveryDevice();

private:
    rpc::v1::ChatMessage add(const std::string& text) {
        return m_world.messaging.add(m_alice.userId, m_bob.userId, text);
    }
    std::int64_t expiry(const std::string& member) {
        const auto reply = m_world.redis.command({"ZSCORE", "websocket:" + m_bob.userId, member});
        return reply && !reply.value().isNil() ? std::stoll(reply.value().text) : 0;
    }
    static std::int64_t nowMs() {
        return std::chrono::duration_cast<std::chrono::milliseconds>(kit::wallNow().time_since_epoch()).count();
    }

    test::World m_world;
    std::unique_ptr<test::Replica> m_one, m_two;
    kit::Claims m_alice, m_bob;
};

void TestRealtimeChatReplicas::init() {
    m_one.reset();
    m_two.reset();
    m_alice = test::user("alice");
    m_bob = test::user("bob");
    m_one = m_world.replica();
    m_two = m_world.replica();
}

void TestRealtimeChatReplicas::entryNamesReplicaAndConnection() {
    auto bob = m_world.connectLive(*m_one, m_bob);
    const auto places = m_world.places(m_bob.userId);
    QCOMPARE(places.size(), std::size_t{1});
    QVERIFY(places[0].starts_with(m_one->config.grpcListen + "/"));
    QVERIFY(kit::isUuid(places[0].substr(m_one->config.grpcListen.size() + 1)));
    QVERIFY(expiry(places[0]) > nowMs() + 20'000);
    QVERIFY(expiry(places[0]) <= nowMs() + 30'000);
    const auto ttl = m_world.redis.command({"PTTL", "websocket:" + m_bob.userId}).value().integer;
    QVERIFY(ttl > 0 && ttl <= 30'000);
}

void TestRealtimeChatReplicas::entriesEndWithTheConnection() {
    auto phone = m_world.connectLive(*m_one, m_bob), laptop = m_world.connectLive(*m_two, m_bob);
    QCOMPARE(m_world.places(m_bob.userId).size(), std::size_t{2});
    phone.drop();
    QVERIFY(test::eventually([&] { return m_world.places(m_bob.userId).size() == 1; }));
    QVERIFY(m_world.places(m_bob.userId)[0].starts_with(m_two->config.grpcListen));
}

void TestRealtimeChatReplicas::entriesEndWithTheReplica() {
    auto bob = m_world.connectLive(*m_one, m_bob);
    std::thread stopping([this] { m_one->realtime.stop(); });
    QCOMPARE(bob.closeCode(), 1001);
    stopping.join();
    QVERIFY(m_world.places(m_bob.userId).empty());
}

void TestRealtimeChatReplicas::expiredEntriesAreIgnoredAndPruned() {
    const std::string old = "127.0.0.1:" + std::to_string(test::freePort()) + "/" + kit::newUuid();
    QVERIFY(m_world.redis.command({"ZADD", "websocket:" + m_bob.userId, std::to_string(nowMs() - 1), old}));
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(m_one->deliver(sentRecord(add("offline"))), Outcomes{Outcome::done});
    QVERIFY(expiry(old) > 0);  // it was not even asked
    WebSocketClient bob;
    QCOMPARE(bob.connect(m_one->realtime.port()), 101);
    QVERIFY(bob.send(Json{{"type", "hello"}, {"token", m_world.token(m_bob)}}.dump()));
    QCOMPARE(next(bob)["text"], "offline");
    QCOMPARE(expiry(old), std::int64_t{0});
    QCOMPARE(m_world.places(m_bob.userId).size(), std::size_t{1});
}

void TestRealtimeChatReplicas::socketOfAnotherReplicaIsReached() {
    auto here = m_world.connectLive(*m_one, m_bob), there = m_world.connectLive(*m_two, m_bob);
    for (const std::string text : {"one", "two", "three"}) {
        QCOMPARE(m_one->deliver(sentRecord(add(text))), Outcomes{Outcome::done});
        QCOMPARE(next(here)["text"], text);
        QCOMPARE(next(there)["text"], text);
    }
}

void TestRealtimeChatReplicas::pushIsPassedOn() {
    auto bob = m_world.connectLive(*m_two, m_bob);
    rpc::v1::PushRequest request;
    request.set_user_id(m_bob.userId);
    request.set_frame(R"({"type":"notification","id":"n1"})");
    rpc::v1::PushReply reply;
    grpc::ClientContext context;
    const auto channel = grpc::CreateChannel(m_one->config.grpcListen, grpc::InsecureChannelCredentials());
    QVERIFY(rpc::v1::Realtime::Stub(channel).Push(&context, request, &reply).ok());
    QCOMPARE(reply.delivered(), 1);
    QCOMPARE(next(bob)["id"], "n1");
}

void TestRealtimeChatReplicas::replicaGoneIsForgotten() {
    auto bob = m_world.connectLive(*m_one, m_bob);
    const std::string gone = "127.0.0.1:" + std::to_string(test::freePort()) + "/" + kit::newUuid();
    QVERIFY(m_world.redis.command({"ZADD", "websocket:" + m_bob.userId, std::to_string(nowMs() + 30'000), gone}));
    QCOMPARE(m_one->deliver(sentRecord(add("one"))), Outcomes{Outcome::done});
    QCOMPARE(next(bob)["text"], "one");
    QCOMPARE(expiry(gone), std::int64_t{0});
    QCOMPARE(m_world.places(m_bob.userId).size(), std::size_t{1});
}

// A replica slower than a push waits: what it missed comes by catching up, once it finds its entry missing.
class Sluggish final : public rpc::v1::Realtime::Service {
public:
    std::atomic<int> calls{0};
    grpc::Status Push(grpc::ServerContext*, const rpc::v1::PushRequest*, rpc::v1::PushReply* reply) override {
        ++calls;
        std::this_thread::sleep_for(600ms);
        reply->set_delivered(1);
        return grpc::Status::OK;
    }
    // Another address of it.
    std::string listen() {
        auto listener =
            kit::RpcListener::open("127.0.0.1:0", {std::shared_ptr<grpc::Service>(std::shared_ptr<void>(), this)});
        m_listeners.push_back(std::move(listener.value()));
        return "127.0.0.1:" + std::to_string(m_listeners.back()->port());
    }

private:
    std::vector<std::unique_ptr<kit::RpcListener>> m_listeners;
};

void TestRealtimeChatReplicas::nothingNewerReachesWhoMissedAnOlder() {
    Sluggish bobs, others;
    const auto enter = [&](const kit::Claims& user, const std::string& address) {
        return m_world.redis
            .command(
                {"ZADD", "websocket:" + user.userId, std::to_string(nowMs() + 30'000), address + "/" + kit::newUuid()})
            .has_value();
    };
    QVERIFY(enter(m_bob, bobs.listen()));
    std::vector<kit::Record> batch{sentRecord(add("missed"))};
    for (const char* name :
         {"carol", "dave", "erin"}) {  // so that the batch outlasts the time for which it is left out
        const auto user = test::user(name);
        QVERIFY(enter(user, others.listen()));
        batch.push_back(sentRecord(m_world.messaging.add(m_alice.userId, user.userId, "slow as well")));
    }
    batch.push_back(sentRecord(add("newer")));
    test::deliver(m_one->realtime.handler(), batch);
    QCOMPARE(others.calls.load(), 3);
    QCOMPARE(bobs.calls.load(), 1);
    QVERIFY(m_world.places(m_bob.userId).empty());
}

void TestRealtimeChatReplicas::whatCannotBeForgottenIsDoneAgain() {
    Sluggish sluggish;
    const std::string entry = sluggish.listen() + "/" + kit::newUuid();
    QVERIFY(m_world.redis.command({"ZADD", "websocket:" + m_bob.userId, std::to_string(nowMs() + 30'000), entry}));
    auto record = sentRecord(add("missed"));
    std::vector<kit::Record*> batch{&record};
    std::vector<kit::Handled> handled;
    std::thread handling([&] { handled = m_one->realtime.handler().handle(batch); });
    QVERIFY(test::eventually([&] { return sluggish.calls == 1; }));
    m_world.server.stop();
    handling.join();
    m_world.server.start();
    QCOMPARE(handled[0].outcome, Outcome::failed);
    QVERIFY(handled[0].error.retryable());
}

// Another replica took this one for gone, or Redis lost its data: what was missed comes when the entry is back.
void TestRealtimeChatReplicas::lostEntryIsTakenUpAgain() {
    auto bob = m_world.connectLive(*m_two, m_bob);
    m_one->deliver(sentRecord(add("before")));
    QCOMPARE(next(bob)["text"], "before");
    QVERIFY(m_world.redis.command({"DEL", "websocket:" + m_bob.userId}));
    QCOMPARE(m_one->deliver(sentRecord(add("missed"))), Outcomes{Outcome::done});
    QCOMPARE(next(bob)["text"], "missed");
    QVERIFY(test::eventually([&] { return m_world.places(m_bob.userId).size() == 1; }));
    QVERIFY(test::eventually([&] {
        m_one->deliver(sentRecord(add("after")));
        return bob.read(100ms).has_value();
    }));
}

void TestRealtimeChatReplicas::redisAwayIsTransient() {
    auto bob = m_world.connectLive(*m_one, m_bob);
    const auto record = sentRecord(add("late"));
    m_world.server.stop();
    std::vector<kit::Record> records{record};
    std::vector<kit::Record*> batch{&records[0]};
    const auto handled = m_one->realtime.handler().handle(batch);
    m_world.server.start();
    QCOMPARE(handled[0].outcome, Outcome::failed);
    QVERIFY(handled[0].error.retryable());
    QVERIFY(test::eventually([&] { return m_one->deliver(record) == Outcomes{Outcome::done}; }));
    QCOMPARE(next(bob)["text"], "late");
}

void TestRealtimeChatReplicas::connectsWhileRedisIsAway() {
    add("unread");
    m_world.server.stop();
    WebSocketClient bob;
    const int status = bob.connect(m_one->realtime.port());
    const bool said = bob.send(Json{{"type", "hello"}, {"token", m_world.token(m_bob)}}.dump());
    m_world.server.start();
    QCOMPARE(status, 101);
    QVERIFY(said);
    QCOMPARE(next(bob)["text"], "unread");
    QCOMPARE(m_world.places(m_bob.userId).size(), std::size_t{1});
}

// Two replicas consume two conversations and repeat all of it, while devices come and go: each device sees each
// conversation strictly rising, and the one that stays sees all of it.
void TestRealtimeChatReplicas::conversationRisesAtEveryDevice() {
    const auto carol = test::user("carol");
    auto stays = m_world.connectLive(*m_one, m_bob);
    constexpr int count = 200;
    const auto consume = [&](test::Replica& replica, const kit::Claims& from) {
        std::vector<kit::Record> all;
        for (int i = 0; i < count; ++i) {
            all.push_back(sentRecord(m_world.messaging.add(from.userId, m_bob.userId, std::to_string(i))));
            replica.deliver(all.back());
            if (i % 50 == 49) test::deliver(replica.realtime.handler(), all);
        }
    };
    std::thread first([&] { consume(*m_one, m_alice); }), second([&] { consume(*m_two, carol); });
    std::atomic<int> faults{0};
    std::thread comesAndGoes([&] {
        for (int i = 0; i < 5; ++i) {
            auto device = m_world.connect(i % 2 ? *m_one : *m_two, m_bob);
            std::map<std::string, int> last;
            for (int n = 0; n < 40; ++n) {
                const Json frame = next(device);
                if (frame.is_null()) break;
                const int number = std::stoi(frame["text"].get<std::string>()) + 1;
                if (number <= last[frame["from"]]) ++faults;
                last[frame["from"]] = number;
            }
        }
    });
    std::map<std::string, int> last;
    for (int n = 0; n < 2 * count; ++n) {
        const Json frame = next(stays);
        if (frame.is_null()) break;
        if (std::stoi(frame["text"].get<std::string>()) != last[frame["from"]]++) ++faults;
    }
    first.join();
    second.join();
    comesAndGoes.join();
    QCOMPARE(faults.load(), 0);
    QCOMPARE(last[m_alice.userId], count);
    QCOMPARE(last[carol.userId], count);
}

QTEST_GUILESS_MAIN(TestRealtimeChatReplicas)
#include "tst_realtime_chat_replicas.moc"
