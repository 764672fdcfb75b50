#include <QtTest>
#include <regex>

#include "tests/services/realtime_chat/realtime_world.h"

using namespace nova;
using namespace std::chrono_literals;
using kit::Outcome;
using test::Json, test::next, test::nextOf, test::readRecord, test::sentRecord, test::WebSocketClient;
using Texts = std::vector<std::string>;
using Outcomes = std::vector<Outcome>;

class TestRealtimeChat : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup() { kit::trace::install(nullptr); }
    void messageReachesItsReceiver();
    void everyDeviceIsReached();
    void offlineIsNoFailure();
    void bearerHeaderSignsIn();
    void whoIsNotSignedInIsClosed();
    void expiredTokenEndsTheConnection();
    void laterTokenKeepsTheConnection();
    void unreadMessagesComeFirst();
    void afterBringsAllThatCameSince();
    void unknownAfterBringsTheUnread();
    void manyMissedMessagesComeInPages();
    void nothingIsLostOrTwiceWhileCatchingUp();
    void ownerOfMessagesAwayDelaysWhatWasMissed();
    void repeatsAreNotPushed();
    void olderOnesAreNotPushed();
    void whatWasBeforeAConnectionIsNotPushedToIt();
    void readReceiptReachesTheSender();
    void clientMarksAsRead();
    void framesThatMeanNothingAreAnswered();
    void foreignBytesFailAlone();
    void pushReachesTheSockets();
    void effectIsTraced();

private:
    // Nothing is under way to the client: a frame pushed now is the next one.
    bool quiet(WebSocketClient& client, const kit::Claims& user) {
        rpc::v1::PushRequest request;
        request.set_user_id(user.userId);
        request.set_frame(R"({"type":"marker"})");
        rpc::v1::PushReply reply;
        grpc::ClientContext context;
        const auto channel = grpc::CreateChannel(m_replica->config.grpcListen, grpc::InsecureChannelCredentials());
        if (!rpc::v1::Realtime::Stub(channel).Push(&context, request, &reply).ok()) return false;
        return next(client).value("type", "") == "marker";
    }
    rpc::v1::ChatMessage add(const std::string& text, const kit::Claims* from = nullptr) {
        return m_world.messaging.add((from ? *from : m_alice).userId, m_bob.userId, text);
    }

    test::World m_world;
    std::unique_ptr<test::Replica> m_replica;
    kit::Claims m_alice, m_bob;
};

void TestRealtimeChat::init() {
    m_replica.reset();
    m_world.messaging.answered = nullptr;
    m_world.messaging.away = false;
    m_world.messaging.reads = 0;
    m_alice = test::user("alice");
    m_bob = test::user("bob");
    m_replica = m_world.replica();
}

void TestRealtimeChat::messageReachesItsReceiver() {
    auto bob = m_world.connectLive(*m_replica, m_bob), alice = m_world.connectLive(*m_replica, m_alice);
    const auto message = add("Grüße \xF0\x9F\x98\x80 \"quoted\"\n");
    QCOMPARE(m_replica->deliver(sentRecord(message)), Outcomes{Outcome::done});
    const Json frame = next(bob);
    QCOMPARE(frame["type"], "message");
    QCOMPARE(frame["id"], message.id());
    QCOMPARE(frame["conversation_id"], message.conversation_id());
    QCOMPARE(frame["from"], m_alice.userId);
    QCOMPARE(frame["text"], message.text());
    QCOMPARE(frame["sent_at"], kit::rfc3339(kit::timeOf(message.sent_at())));
    QCOMPARE(frame["inbox_seq"], message.inbox_seq());
    QVERIFY(
        std::regex_match(frame["traceparent"].get<std::string>(), std::regex("00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]")));
    QCOMPARE(frame.size(), std::size_t{8});
    QVERIFY(quiet(alice, m_alice));
    QVERIFY(quiet(bob, m_bob));
}

void TestRealtimeChat::everyDeviceIsReached() {
    auto phone = m_world.connectLive(*m_replica, m_bob), laptop = m_world.connectLive(*m_replica, m_bob);
    QCOMPARE(m_world.places(m_bob.userId).size(), std::size_t{2});
    m_replica->deliver(sentRecord(add("both")));
    QCOMPARE(next(phone)["text"], "both");
    QCOMPARE(next(laptop)["text"], "both");
}

void TestRealtimeChat::offlineIsNoFailure() {
    QCOMPARE(m_replica->deliver(sentRecord(add("to nobody"))), Outcomes{Outcome::done});
}

void TestRealtimeChat::bearerHeaderSignsIn() {
    add("unread");
    WebSocketClient client;
    QCOMPARE(client.connect(m_replica->realtime.port(), {{"Authorization", "Bearer " + m_world.token(m_bob)}}), 101);
    QCOMPARE(next(client)["text"], "unread");
}

void TestRealtimeChat::whoIsNotSignedInIsClosed() {
    const int port = m_replica->realtime.port();
    for (const std::string first : {R"({"type":"hello","token":"forged"})", R"({"type":"hello"})",
                                    R"({"type":"read","message_id":"x"})", "{", "[]", R"({"type":7,"token":{}})"}) {
        WebSocketClient client;
        QCOMPARE(client.connect(port), 101);
        QVERIFY(client.send(first));
        QCOMPARE(next(client).value("code", ""), std::string("UNAUTHENTICATED"));
        QCOMPARE(client.closeCode(), 1008);
    }
    WebSocketClient client;
    QCOMPARE(client.connect(port, {{"Authorization", "Bearer forged"}}), 101);
    QCOMPARE(next(client).value("code", ""), std::string("UNAUTHENTICATED"));
    QCOMPARE(client.closeCode(), 1008);
}

void TestRealtimeChat::expiredTokenEndsTheConnection() {
    WebSocketClient client;
    QCOMPARE(client.connect(m_replica->realtime.port()), 101);
    QVERIFY(client.send(Json{{"type", "hello"}, {"token", m_world.token(m_bob, 2s)}}.dump()));
    QVERIFY(test::eventually([&] { return !m_world.places(m_bob.userId).empty(); }));
    QCOMPARE(client.closeCode(), 1008);
    QVERIFY(test::eventually([&] { return m_world.places(m_bob.userId).empty(); }));
}

void TestRealtimeChat::laterTokenKeepsTheConnection() {
    WebSocketClient client;
    QCOMPARE(client.connect(m_replica->realtime.port()), 101);
    const auto brief = m_world.token(m_bob, 2s);
    const auto until = kit::wallNow() + 2'100ms;
    QVERIFY(client.send(Json{{"type", "hello"}, {"token", brief}}.dump()));
    QVERIFY(client.send(Json{{"type", "hello"}, {"token", m_world.token(m_bob)}}.dump()));
    QVERIFY(client.send(Json{{"type", "hello"}, {"token", m_world.token(m_alice)}}.dump()));  // nobody becomes another
    QCOMPARE(next(client).value("code", ""), std::string("UNAUTHENTICATED"));
    QVERIFY(test::eventually([&] { return kit::wallNow() > until; }));
    QVERIFY(quiet(client, m_bob));
}

void TestRealtimeChat::unreadMessagesComeFirst() {
    const auto read = add("read");
    add("one");
    const auto carol = test::user("carol");
    add("two", &carol);
    add("three");
    {
        auto reader = m_world.connect(*m_replica, m_bob);
        QVERIFY(reader.send(Json{{"type", "read"}, {"message_id", read.id()}}.dump()));
        QVERIFY(test::eventually([&] { return m_world.messaging.reads == 1; }));
    }
    auto bob = m_world.connect(*m_replica, m_bob);
    QCOMPARE(nextOf(bob, "text", 3), (Texts{"one", "two", "three"}));
    m_replica->deliver(sentRecord(add("four")));
    QCOMPARE(nextOf(bob, "text", 1), Texts{"four"});
    QVERIFY(quiet(bob, m_bob));
}

void TestRealtimeChat::afterBringsAllThatCameSince() {
    const auto seen = add("seen"), readElsewhere = add("read elsewhere");
    add("unread");
    auto phone = m_world.connect(*m_replica, m_bob);
    QVERIFY(phone.send(Json{{"type", "read"}, {"message_id", readElsewhere.id()}}.dump()));
    QVERIFY(test::eventually([&] { return m_world.messaging.reads == 1; }));
    auto laptop = m_world.connect(*m_replica, m_bob, seen.id());
    QCOMPARE(nextOf(laptop, "text", 2), (Texts{"read elsewhere", "unread"}));
    QVERIFY(quiet(laptop, m_bob));
}

void TestRealtimeChat::unknownAfterBringsTheUnread() {
    add("unread");
    auto bob = m_world.connect(*m_replica, m_bob, kit::newUuid());
    QCOMPARE(next(bob).value("code", ""), std::string("NOT_FOUND"));
    QCOMPARE(next(bob)["text"], "unread");
    QVERIFY(quiet(bob, m_bob));
}

void TestRealtimeChat::manyMissedMessagesComeInPages() {
    Texts texts;
    for (int i = 0; i < 1'500; ++i) texts.push_back(add(std::to_string(i)).text());
    auto bob = m_world.connect(*m_replica, m_bob);
    QCOMPARE(nextOf(bob, "text", texts.size()), texts);
    QVERIFY(quiet(bob, m_bob));
}

// While a page is on its way: a message that it holds and one that it does not hold are pushed.
void TestRealtimeChat::nothingIsLostOrTwiceWhileCatchingUp() {
    const auto unread = add("unread");
    m_world.messaging.answered = [&](int) {
        m_world.messaging.answered = nullptr;
        QCOMPARE(m_replica->deliver(sentRecord(unread)), Outcomes{Outcome::done});
        auto live = sentRecord(add("live"));
        live.trace = kit::trace::Context::fresh(true);
        m_replica->deliver(live);
    };
    auto bob = m_world.connect(*m_replica, m_bob);
    QCOMPARE(next(bob)["text"], "unread");
    const Json live = next(bob);
    QCOMPARE(live["text"], "live");
    QVERIFY(live["traceparent"].get<std::string>().ends_with("-01"));  // the pushed frame itself
    QVERIFY(quiet(bob, m_bob));
}

void TestRealtimeChat::ownerOfMessagesAwayDelaysWhatWasMissed() {
    add("missed");
    m_world.messaging.away = true;
    auto bob = m_world.connect(*m_replica, m_bob);
    QVERIFY(quiet(bob, m_bob));  // what is not a message comes all the same
    m_replica->deliver(sentRecord(add("live")));
    m_world.messaging.away = false;
    QCOMPARE(nextOf(bob, "text", 2), (Texts{"missed", "live"}));
    QVERIFY(quiet(bob, m_bob));
}

void TestRealtimeChat::repeatsAreNotPushed() {
    auto bob = m_world.connectLive(*m_replica, m_bob);
    const auto one = add("one"), two = add("two");
    QVERIFY(test::eventually([&] {  // live when the first is no longer held back
        return m_replica->deliver(sentRecord(one)) == Outcomes{Outcome::stale};
    }));
    m_replica->deliver(sentRecord(two));
    QCOMPARE(nextOf(bob, "text", 2), (Texts{"one", "two"}));
    for (const auto& message : {one, two}) QCOMPARE(m_replica->deliver(sentRecord(message)), Outcomes{Outcome::stale});
    QVERIFY(quiet(bob, m_bob));
}

void TestRealtimeChat::olderOnesAreNotPushed() {
    auto bob = m_world.connectLive(*m_replica, m_bob);
    const auto first = add("first");
    QVERIFY(test::eventually([&] { return m_replica->deliver(sentRecord(first)) == Outcomes{Outcome::stale}; }));
    QCOMPARE(nextOf(bob, "text", 1), Texts{"first"});
    const auto one = add("one"), two = add("two");
    m_replica->deliver(sentRecord(two));
    QCOMPARE(nextOf(bob, "text", 1), Texts{"two"});
    m_replica->deliver(sentRecord(one));
    m_replica->deliver(sentRecord(two));
    QVERIFY(quiet(bob, m_bob));
}

void TestRealtimeChat::whatWasBeforeAConnectionIsNotPushedToIt() {
    std::vector<rpc::v1::ChatMessage> all;
    for (int i = 0; i < 3; ++i) all.push_back(add(std::to_string(i)));
    {
        auto reader = m_world.connect(*m_replica, m_bob);
        QCOMPARE(nextOf(reader, "text", 3), (Texts{"0", "1", "2"}));
        for (const auto& message : all) reader.send(Json{{"type", "read"}, {"message_id", message.id()}}.dump());
        QVERIFY(test::eventually([&] { return m_world.messaging.reads == 3; }));
    }
    auto bob = m_world.connectLive(*m_replica, m_bob);
    auto alice = m_world.connectLive(*m_replica, m_alice);
    for (const auto& message : all) {
        m_replica->deliver(sentRecord(message));
        m_replica->deliver(readRecord(message, kit::wallNow() - 1min));
    }
    QVERIFY(quiet(bob, m_bob));
    QVERIFY(quiet(alice, m_alice));
}

void TestRealtimeChat::readReceiptReachesTheSender() {
    auto alice = m_world.connectLive(*m_replica, m_alice);
    const auto message = add("read me");
    const auto at = kit::wallNow();
    QCOMPARE(m_replica->deliver(readRecord(message, at)), Outcomes{Outcome::done});
    const Json frame = next(alice);
    QCOMPARE(frame["type"], "read");
    QCOMPARE(frame["message_id"], message.id());
    QCOMPARE(frame["at"], kit::rfc3339(at));
    QCOMPARE(m_replica->deliver(readRecord(message, at)), Outcomes{Outcome::stale});
    QVERIFY(quiet(alice, m_alice));
}

void TestRealtimeChat::clientMarksAsRead() {
    const auto mine = add("to Bob"), others = m_world.messaging.add(m_bob.userId, m_alice.userId, "to Alice");
    auto bob = m_world.connect(*m_replica, m_bob);
    QCOMPARE(next(bob)["text"], "to Bob");
    QVERIFY(bob.send(Json{{"type", "read"}, {"message_id", mine.id()}}.dump()));
    QVERIFY(test::eventually([&] { return m_world.messaging.reads == 1; }));
    QVERIFY(bob.send(Json{{"type", "read"}, {"message_id", others.id()}}.dump()));
    const Json refused = next(bob);
    QCOMPARE(refused.value("type", ""), std::string("error"));
    QCOMPARE(refused.value("code", ""), std::string("FORBIDDEN"));
    QCOMPARE(refused.value("message_id", ""), others.id());
    QVERIFY(quiet(bob, m_bob));
}

void TestRealtimeChat::framesThatMeanNothingAreAnswered() {
    auto bob = m_world.connectLive(*m_replica, m_bob);
    for (const std::string frame : {"", "{", "null", R"({"type":"shout"})", R"({"kind":"read"})", "[[[[[[[[[["}) {
        QVERIFY(bob.send(frame));
        QCOMPARE(next(bob).value("code", ""), std::string("BAD_INPUT"));
    }
    QVERIFY(bob.send(R"({"type":"read"})"));
    QCOMPARE(next(bob).value("code", ""), std::string("NOT_FOUND"));
    QVERIFY(quiet(bob, m_bob));
}

void TestRealtimeChat::foreignBytesFailAlone() {
    auto bob = m_world.connectLive(*m_replica, m_bob);
    auto bad = sentRecord(add("bad"));
    bad.value = "\xFF\xFFnot protobuf";
    auto empty = sentRecord({});
    std::vector<kit::Record> records{bad, empty, sentRecord(add("good"))};
    const auto outcomes = test::deliver(m_replica->realtime.handler(), records);
    QCOMPARE(outcomes, (Outcomes{Outcome::failed, Outcome::failed, Outcome::done}));
    Json frame = next(bob);
    if (frame.value("text", "") == "bad")
        frame = next(bob);  // its owner has it whole, and what is unread is asked of it
    QCOMPARE(frame["text"], "good");
    auto foreign = records[2];
    foreign.dataSchema = "nova.events.v2.MessageSent";
    QVERIFY(!m_replica->realtime.handler().knows(foreign));
}

void TestRealtimeChat::pushReachesTheSockets() {
    const auto channel = grpc::CreateChannel(m_replica->config.grpcListen, grpc::InsecureChannelCredentials());
    const auto push = [&](const std::string& user, const std::string& frame, rpc::v1::PushReply& reply) {
        rpc::v1::PushRequest request;
        request.set_user_id(user);
        request.set_frame(frame);
        grpc::ClientContext context;
        return rpc::v1::Realtime::Stub(channel).Push(&context, request, &reply).error_code();
    };
    rpc::v1::PushReply reply;
    const std::string frame = R"({"type":"notification","id":"n1","kind":"like","text":"x"})";
    QCOMPARE(int(push(m_bob.userId, frame, reply)), int(grpc::StatusCode::OK));
    QCOMPARE(reply.delivered(), 0);
    auto bob = m_world.connectLive(*m_replica, m_bob);
    QCOMPARE(int(push(m_bob.userId, frame, reply)), int(grpc::StatusCode::OK));
    QCOMPARE(reply.delivered(), 1);
    QCOMPARE(next(bob), Json::parse(frame));
    QCOMPARE(int(push(m_bob.userId, frame, reply)), int(grpc::StatusCode::OK));  // the same notification
    QCOMPARE(reply.delivered(), 0);
    QVERIFY(quiet(bob, m_bob));
    QCOMPARE(int(push(m_bob.userId, "no json", reply)), int(grpc::StatusCode::INVALID_ARGUMENT));
    QCOMPARE(int(push("bob", frame, reply)), int(grpc::StatusCode::INVALID_ARGUMENT));
}

void TestRealtimeChat::effectIsTraced() {
    auto bob = m_world.connectLive(*m_replica, m_bob);
    QVERIFY(quiet(bob, m_bob));
    std::mutex mutex;
    std::vector<kit::trace::SpanData> spans;
    kit::trace::install([&](kit::trace::SpanData&& span) {
        const std::lock_guard lock(mutex);
        spans.push_back(std::move(span));
    });
    auto record = sentRecord(add("traced"));
    record.trace = kit::trace::Context::fresh(true).child();
    m_replica->deliver(record);
    const Json frame = next(bob);
    kit::trace::install(nullptr);
    const std::lock_guard lock(mutex);
    const auto push = std::ranges::find(spans, "push", &kit::trace::SpanData::name);
    QVERIFY(push != spans.end());
    QCOMPARE(push->context.traceIdHex(), record.trace.traceIdHex());
    QCOMPARE(push->parentId, record.trace.spanId);
    QCOMPARE(frame["traceparent"], push->context.traceparent());
    using Text = std::pair<std::string, std::string>;
    using Number = std::pair<std::string, std::int64_t>;
    QVERIFY(std::ranges::count(push->text, Text{"nova.kind", "push"}));
    QVERIFY(std::ranges::count(push->text, Text{"nova.effect", "push"}));
    QVERIFY(std::ranges::count(push->numbers, Number{"nova.recipients", 1}));
    QVERIFY(std::ranges::count(spans, "websocket places", &kit::trace::SpanData::name));
}

QTEST_GUILESS_MAIN(TestRealtimeChat)
#include "tst_realtime_chat.moc"
