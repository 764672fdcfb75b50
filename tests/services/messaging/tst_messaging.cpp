#include <QtTest>
#include <map>
#include <nlohmann/json.hpp>

#include "messaging/deliveries.h"
#include "messaging/messages.h"
#include "messaging/messaging_rpc.h"
#include "messaging/receivers.h"
#include "messaging/store.h"
#include "nova/events/v1/events.pb.h"
#include "nova/schema/messaging.h"
#include "tests/services/messaging/neighbours.h"
#include "tests/services/service_fixture.h"
#include "tests/support/real_stores.h"

using namespace nova;
using events::v1::MessageRead, events::v1::MessageSent;
using kit::Mode;
using messaging::Caller, messaging::Message;
using Stub = rpc::v1::Messaging::Stub;

class TestMessaging : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void sendingNumbersAndTells();
    void conversationIsOneBothWays();
    void numbersHaveNoGapUnderLoad();
    void textAndReceiverAreChecked();
    void unknownReceiverIsAskedForOnce();
    void ownerOfUsersAwayStopsNobody();
    void keyedSendIsNotRepeated();
    void keyedSendsAtOnceAreOne();
    void onlyTheReceiverReads();
    void readingAgainTellsNothing();
    void listIsPagedNewestFirst();
    void strangersSeeNothing();
    void receivedBeginsAtTheOldestUnread();
    void receivedGoesOnAfterAMessage();
    void receivedSaysHowFarItKnows();
    void syncDeliversInsteadOfTelling();
    void syncFailureLeavesNoMessage();
    void syncReadFailureLeavesItUnread();
    void doorKnowsItsCallers();
    void doorTakesTheModeWhereAllowed();

private:
    Message sent(const std::string& from, const std::string& to, const std::string& text = "text") {
        auto message = m_store.send(from, to, text, {}, Mode::events);
        if (!message) qFatal("%s", message.error().what.c_str());
        return message.value().message;
    }
    Caller caller(const std::string& user, Mode mode = Mode::events) { return {user, "token", mode}; }
    static std::vector<std::string> ids(const kit::Result<messaging::MessagePage>& page) {
        std::vector<std::string> all;
        for (const auto& message : page.value().messages) all.push_back(message.id);
        return all;
    }

    test::RealPostgres m_postgres;
    test::ServiceStores m_stores{m_postgres.uri(), "messaging", messaging::schemaSql};
    test::Neighbours m_neighbours;
    messaging::Store m_store{m_stores.pool, m_stores.outbox};
    messaging::Deliveries m_deliveries{*m_neighbours.clients};
    std::unique_ptr<messaging::Receivers> m_receivers;
    std::unique_ptr<messaging::Messages> m_messages;
    const std::string m_alice = kit::newUuid(), m_bob = kit::newUuid(), m_carol = kit::newUuid();
};

void TestMessaging::init() {
    m_stores.sql("TRUNCATE conversations, inboxes, messages, idempotency_keys, outbox");
    m_neighbours.identity.users = {m_alice, m_bob, m_carol};
    m_neighbours.identity.asked = 0;
    m_neighbours.realtime.away = false;
    m_neighbours.realtime.pushes.clear();
    m_receivers = std::make_unique<messaging::Receivers>(*m_neighbours.clients);
    m_messages = std::make_unique<messaging::Messages>(m_store, *m_receivers, m_deliveries);
}

void TestMessaging::sendingNumbersAndTells() {
    const auto first = sent(m_alice, m_bob, "Hello"), second = sent(m_alice, m_bob, "Anybody?");
    QCOMPARE(first.seq, std::int64_t{1});
    QCOMPARE(second.seq, std::int64_t{2});
    const auto events = m_stores.events();
    QCOMPARE(events.size(), std::size_t{2});
    QCOMPARE(events[0].topic, std::string("nova.message.events"));
    QCOMPARE(events[0].key, first.conversationId);
    QCOMPARE(events[0].type, std::string("MessageSent"));
    const auto event = test::parsed<MessageSent>(events[1].payload);
    QCOMPARE(event.message_id(), second.id);
    QCOMPARE(event.conversation_id(), second.conversationId);
    QCOMPARE(event.from_id(), m_alice);
    QCOMPARE(event.to_id(), m_bob);
    QCOMPARE(event.text(), std::string("Anybody?"));
    QCOMPARE(event.seq(), std::int64_t{2});
    QCOMPARE(event.inbox_seq(), std::int64_t{2});
    QVERIFY(event.has_event_time());
}

void TestMessaging::conversationIsOneBothWays() {
    const auto there = sent(m_alice, m_bob), back = sent(m_bob, m_alice), other = sent(m_carol, m_bob);
    QCOMPARE(back.conversationId, there.conversationId);
    QCOMPARE(back.seq, std::int64_t{2});
    QCOMPARE(back.inboxSeq, std::int64_t{1});
    QVERIFY(other.conversationId != there.conversationId);
    QCOMPARE(other.seq, std::int64_t{1});
    QCOMPARE(other.inboxSeq, std::int64_t{2});
    QVERIFY(kit::isUuid(there.conversationId));
}

void TestMessaging::numbersHaveNoGapUnderLoad() {
    const std::vector<std::string> users{m_alice, m_bob, m_carol};
    std::atomic<int> failures{0};
    test::together(12, [&](int i) {
        for (int n = 0; n < 10; ++n) {
            const auto from = static_cast<std::size_t>(i + n) % 3;
            if (!m_store.send(users[from], users[(from + 1 + static_cast<std::size_t>(i) % 2) % 3], "text", {},
                              Mode::events))
                ++failures;
        }
    });
    QCOMPARE(failures.load(), 0);
    QCOMPARE(m_stores.number("SELECT count(*) FROM messages"), std::int64_t{120});
    QCOMPARE(m_stores.number("SELECT count(*) FROM conversations"), std::int64_t{3});
    for (const char* numbers : {"conversation_id, seq", "to_id, inbox_seq"}) {
        const std::string column = std::string(numbers).substr(std::string(numbers).find(", ") + 2);
        const std::string group = std::string(numbers).substr(0, std::string(numbers).find(", "));
        const auto gaps =
            m_stores.sql(("SELECT count(*) FROM (SELECT " + group + " FROM messages GROUP BY 1 HAVING max(" + column +
                          ") <> count(*) OR min(" + column + ") <> 1) g")
                             .c_str());
        QCOMPARE(gaps[0][0].as<int>(), 0);
    }
    std::map<std::string, std::int64_t> last;
    for (const auto& stored : m_stores.events()) {
        const auto event = test::parsed<MessageSent>(stored.payload);
        QCOMPARE(event.seq(), ++last[event.conversation_id()]);
    }
}

void TestMessaging::textAndReceiverAreChecked() {
    const auto send = [&](const std::string& to, const std::string& text, const std::string& key = {}) {
        return m_store.send(m_alice, to, text, key, Mode::events);
    };
    QVERIFY_KIND(send(m_bob, ""), badInput);
    QVERIFY_KIND(send(m_bob, std::string(10'001, 'x')), badInput);
    QVERIFY_KIND(send(m_bob, "\xC0\x80"), badInput);
    QVERIFY_KIND(send(m_bob, std::string("a\0b", 3)), badInput);
    QVERIFY_KIND(send(m_alice, "to myself"), badInput);
    QVERIFY_KIND(send("bob", "text"), badInput);
    QVERIFY_KIND(send(m_bob, "text", std::string(256, 'k')), badInput);
    std::string longest;
    for (int i = 0; i < 10'000; ++i) longest += "\xF0\x9F\x98\x80";  // an emoji: four bytes, one character
    QVERIFY_OK(send(m_bob, longest));
    QCOMPARE(m_stores.events().size(), std::size_t{1});
}

void TestMessaging::unknownReceiverIsAskedForOnce() {
    const std::string nobody = kit::newUuid();
    QVERIFY_KIND(m_messages->send(caller(m_alice), nobody, "text", {}), notFound);
    QCOMPARE(m_stores.number("SELECT count(*) FROM messages"), std::int64_t{0});
    QVERIFY_OK(m_messages->send(caller(m_alice), m_bob, "text", {}));
    QVERIFY_OK(m_messages->send(caller(m_alice), m_bob, "text", {}));
    QCOMPARE(m_neighbours.identity.asked.load(), 2);
    m_neighbours.identity.users.insert(nobody);  // signed up meanwhile
    QVERIFY_OK(m_messages->send(caller(m_alice), nobody, "text", {}));
}

void TestMessaging::ownerOfUsersAwayStopsNobody() {
    m_neighbours.list(false);
    QVERIFY(test::eventually([&] { return !m_neighbours.clients->channel("identity-service"); }));
    QVERIFY_OK(m_messages->send(caller(m_alice), kit::newUuid(), "text", {}));
    QVERIFY_KIND(m_messages->send(caller(m_alice), "nobody", "text", {}), badInput);
    m_neighbours.list(true);
    QVERIFY(test::eventually([&] { return m_neighbours.clients->channel("identity-service").has_value(); }));
    QVERIFY_KIND(m_messages->send(caller(m_alice), kit::newUuid(), "text", {}), notFound);
}

void TestMessaging::keyedSendIsNotRepeated() {
    const auto first = m_store.send(m_alice, m_bob, "text", "key", Mode::events);
    const auto again = m_store.send(m_alice, m_bob, "text", "key", Mode::events);
    QCOMPARE(again.value().message.id, first.value().message.id);
    QVERIFY(first.value().fresh);
    QVERIFY(!again.value().fresh);
    QVERIFY_KIND(m_store.send(m_alice, m_bob, "other", "key", Mode::events), conflict);
    QVERIFY_KIND(m_store.send(m_alice, m_carol, "text", "key", Mode::events), conflict);
    QVERIFY_OK(m_store.send(m_carol, m_bob, "text", "key", Mode::events));  // another user's key
    QCOMPARE(m_stores.events().size(), std::size_t{2});
    QCOMPARE(sent(m_alice, m_bob).seq, std::int64_t{2});  // the repeats took no number
}

void TestMessaging::keyedSendsAtOnceAreOne() {
    std::mutex mutex;
    std::set<std::string> ids;
    test::together(8, [&](int) {
        const auto message = m_store.send(m_alice, m_bob, "text", "key", Mode::events);
        const std::lock_guard lock(mutex);
        ids.insert(message ? message.value().message.id : message.error().what);
    });
    QCOMPARE(ids.size(), std::size_t{1});
    QCOMPARE(m_stores.number("SELECT count(*) FROM messages"), std::int64_t{1});
    QCOMPARE(m_stores.events().size(), std::size_t{1});
}

void TestMessaging::onlyTheReceiverReads() {
    const auto message = sent(m_alice, m_bob);
    QVERIFY_KIND(m_store.markRead(m_alice, message.id, Mode::events), forbidden);
    QVERIFY_KIND(m_store.markRead(m_carol, message.id, Mode::events), forbidden);
    QVERIFY_KIND(m_store.markRead(m_bob, kit::newUuid(), Mode::events), notFound);
    QVERIFY_KIND(m_store.markRead(m_bob, "'; --", Mode::events), notFound);
    const auto read = m_store.markRead(m_bob, message.id, Mode::events);
    QVERIFY(read.value().message.readAt);
    const auto events = m_stores.events();
    QCOMPARE(events.size(), std::size_t{2});
    QCOMPARE(events[1].type, std::string("MessageRead"));
    QCOMPARE(events[1].key, message.conversationId);
    QCOMPARE(events[1].version, std::int64_t{2});
    const auto event = test::parsed<MessageRead>(events[1].payload);
    QCOMPARE(event.message_id(), message.id);
    QCOMPARE(event.reader_id(), m_bob);
    QCOMPARE(event.sender_id(), m_alice);
    QCOMPARE(event.seq(), message.seq);
}

void TestMessaging::readingAgainTellsNothing() {
    const auto message = sent(m_alice, m_bob);
    std::atomic<int> fresh{0}, failed{0};
    test::together(6, [&](int) {
        const auto read = m_store.markRead(m_bob, message.id, Mode::events);
        if (!read) ++failed;
        if (read && read.value().fresh) ++fresh;
    });
    QCOMPARE(failed.load(), 0);
    QCOMPARE(fresh.load(), 1);
    QCOMPARE(m_stores.events().size(), std::size_t{2});
}

void TestMessaging::listIsPagedNewestFirst() {
    std::vector<std::string> newestFirst;
    for (int i = 0; i < 5; ++i)
        newestFirst.insert(newestFirst.begin(), (i % 2 ? sent(m_bob, m_alice) : sent(m_alice, m_bob)).id);
    sent(m_carol, m_bob);
    const auto first = m_store.list(m_bob, m_alice, 2, {});
    QCOMPARE(ids(first), (std::vector<std::string>{newestFirst[0], newestFirst[1]}));
    QVERIFY(first.value().hasMore);
    const auto rest = m_store.list(m_alice, m_bob, 100, newestFirst[1]);
    QCOMPARE(ids(rest), (std::vector<std::string>{newestFirst[2], newestFirst[3], newestFirst[4]}));
    QVERIFY(!rest.value().hasMore);
    QVERIFY(m_store.list(m_alice, m_bob, 100, newestFirst[4]).value().messages.empty());
    QVERIFY_KIND(m_store.list(m_alice, m_bob, 0, {}), badInput);
    QVERIFY_KIND(m_store.list(m_alice, m_bob, 101, {}), badInput);
    QVERIFY_KIND(m_store.list(m_alice, "x", 1, {}), badInput);
}

void TestMessaging::strangersSeeNothing() {
    const auto message = sent(m_alice, m_bob);
    QVERIFY(m_store.list(m_carol, m_alice, 100, {}).value().messages.empty());
    QVERIFY(m_store.list(m_carol, m_bob, 100, {}).value().messages.empty());
    QVERIFY_KIND(m_store.list(m_carol, m_bob, 100, message.id), notFound);
    QVERIFY(m_store.received(m_carol, {}, 100).value().messages.empty());
    QVERIFY_KIND(m_store.received(m_carol, message.id, 100), notFound);
    QVERIFY_KIND(m_store.received(m_alice, message.id, 100), notFound);  // sent, not received
    sent(m_carol, m_bob);
    QVERIFY_KIND(m_store.list(m_carol, m_bob, 100, message.id), notFound);
}

void TestMessaging::receivedBeginsAtTheOldestUnread() {
    const auto one = sent(m_alice, m_bob), two = sent(m_carol, m_bob), three = sent(m_alice, m_bob);
    sent(m_bob, m_alice);
    QVERIFY_OK(m_store.markRead(m_bob, one.id, Mode::events));
    const auto page = m_store.received(m_bob, {}, 100);
    QCOMPARE(ids(page), (std::vector<std::string>{two.id, three.id}));
    QCOMPARE(page.value().inboxSeq, std::int64_t{3});
    QVERIFY_OK(m_store.markRead(m_bob, two.id, Mode::events));
    QVERIFY_OK(m_store.markRead(m_bob, three.id, Mode::events));
    QVERIFY(m_store.received(m_bob, {}, 100).value().messages.empty());
}

void TestMessaging::receivedGoesOnAfterAMessage() {
    std::vector<std::string> all;
    for (int i = 0; i < 6; ++i) all.push_back(sent(i % 2 ? m_carol : m_alice, m_bob).id);
    const auto page = m_store.received(m_bob, all[0], 3);
    QCOMPARE(ids(page), (std::vector<std::string>{all[1], all[2], all[3]}));
    QVERIFY(page.value().hasMore);
    QCOMPARE(ids(m_store.received(m_bob, all[3], 500)), (std::vector<std::string>{all[4], all[5]}));
    QVERIFY_KIND(m_store.received(m_bob, kit::newUuid(), 3), notFound);
    QVERIFY_KIND(m_store.received(m_bob, "x", 3), notFound);
    QVERIFY_KIND(m_store.received(m_bob, {}, 501), badInput);
}

// Whatever is numbered up to what a page says is there, to be found by that page or the ones before it.
void TestMessaging::receivedSaysHowFarItKnows() {
    std::atomic<bool> over{false};
    std::thread sender([&] {
        while (!over) sent(m_alice, m_bob);
    });
    std::set<std::int64_t> seen;
    std::string after;
    const auto first = sent(m_carol, m_bob);
    for (int i = 0; i < 200; ++i) {
        const auto page = m_store.received(m_bob, after, 500);
        for (const auto& message : page.value().messages) {
            seen.insert(message.inboxSeq);
            after = message.id;
        }
        const bool complete = page.value().hasMore || static_cast<std::int64_t>(seen.size()) >= page.value().inboxSeq;
        if (!complete) over = true;
        QVERIFY(complete || (sender.join(), false));
    }
    over = true;
    sender.join();
    QVERIFY(seen.contains(first.inboxSeq));
}

void TestMessaging::syncDeliversInsteadOfTelling() {
    const auto message = m_messages->send(caller(m_alice, Mode::sync), m_bob, "now", {});
    QVERIFY_OK(message);
    QCOMPARE(m_stores.events().size(), std::size_t{0});
    QCOMPARE(m_neighbours.realtime.pushes.size(), std::size_t{1});
    const auto push = m_neighbours.realtime.pushes[0];
    QCOMPARE(push.user_id(), m_bob);
    QCOMPARE(push.connection(), std::string());
    QCOMPARE(push.conversation_id(), message.value().conversationId);
    QCOMPARE(push.seq(), message.value().seq);
    QCOMPARE(push.inbox_seq(), message.value().inboxSeq);
    const auto frame = nlohmann::json::parse(push.frame());
    QCOMPARE(frame["type"], "message");
    QCOMPARE(frame["id"], message.value().id);
    QCOMPARE(frame["from"], m_alice);
    QCOMPARE(frame["text"], "now");

    QVERIFY_OK(m_messages->markRead(caller(m_bob, Mode::sync), message.value().id));
    QCOMPARE(m_stores.events().size(), std::size_t{0});
    QCOMPARE(m_neighbours.realtime.pushes.size(), std::size_t{2});
    QCOMPARE(m_neighbours.realtime.pushes[1].user_id(), m_alice);
    QCOMPARE(nlohmann::json::parse(m_neighbours.realtime.pushes[1].frame())["type"], "read");
}

void TestMessaging::syncFailureLeavesNoMessage() {
    const auto before = sent(m_alice, m_bob);
    m_neighbours.realtime.away = true;
    QVERIFY_KIND(m_messages->send(caller(m_alice, Mode::sync), m_bob, "secret", "key"), transient);
    QCOMPARE(ids(m_store.list(m_bob, m_alice, 100, {})), (std::vector<std::string>{before.id}));
    QCOMPARE(ids(m_store.received(m_bob, {}, 100)), (std::vector<std::string>{before.id}));
    QCOMPARE(m_stores.number("SELECT count(*) FROM messages WHERE text = 'secret'"), std::int64_t{0});
    m_neighbours.realtime.away = false;
    const auto again = m_messages->send(caller(m_alice, Mode::sync), m_bob, "secret", "key");
    QVERIFY_OK(again);
    QCOMPARE(again.value().seq, std::int64_t{3});
    QCOMPARE(m_stores.number("SELECT max(seq) - count(*) FROM messages"), std::int64_t{0});  // no gap
    QCOMPARE(m_stores.number("SELECT max(inbox_seq) - count(*) FROM messages"), std::int64_t{0});
}

void TestMessaging::syncReadFailureLeavesItUnread() {
    const auto message = sent(m_alice, m_bob);
    m_neighbours.realtime.away = true;
    QVERIFY_KIND(m_messages->markRead(caller(m_bob, Mode::sync), message.id), transient);
    QCOMPARE(ids(m_store.received(m_bob, {}, 100)), (std::vector<std::string>{message.id}));
    m_neighbours.realtime.away = false;
    QVERIFY_OK(m_messages->markRead(caller(m_bob, Mode::sync), message.id));
    QVERIFY(m_store.received(m_bob, {}, 100).value().messages.empty());
}

void TestMessaging::doorKnowsItsCallers() {
    test::Door door;
    const auto config = test::configOf("messaging-service");
    messaging::MessagingRpc service(*m_messages, m_store, door.tokens, config);
    door.open(service);
    const kit::Claims alice{m_alice, "alice", "Alice", "standard", {}}, bob{m_bob, "bob", "Bob", "standard", {}};
    rpc::v1::SendMessageRequest send;
    send.set_to_id(m_bob);
    send.set_text("Hello");
    rpc::v1::ChatMessage message;
    QCOMPARE(int(door.call(&Stub::SendMessage, nullptr, send, message).error_code()),
             int(grpc::StatusCode::UNAUTHENTICATED));
    QVERIFY(door.call(&Stub::SendMessage, &alice, send, message).ok());
    QCOMPARE(message.from_id(), m_alice);
    QCOMPARE(message.to_id(), m_bob);
    QVERIFY(!message.has_read_at());
    QVERIFY(message.has_sent_at());

    rpc::v1::MarkReadRequest read;
    read.set_message_id(message.id());
    rpc::v1::ChatMessage changed;
    QCOMPARE(int(door.call(&Stub::MarkRead, &alice, read, changed).error_code()),
             int(grpc::StatusCode::PERMISSION_DENIED));
    rpc::v1::ListReceivedRequest since;
    since.set_first(10);
    rpc::v1::ListMessagesReply list;
    QVERIFY(door.call(&Stub::ListReceived, &bob, since, list).ok());
    QCOMPARE(list.messages_size(), 1);
    QCOMPARE(list.inbox_seq(), std::int64_t{1});
    QVERIFY(door.call(&Stub::MarkRead, &bob, read, changed).ok());
    QVERIFY(changed.has_read_at());
    rpc::v1::ListMessagesRequest with;
    with.set_with_id(m_bob);
    with.set_first(10);
    list.Clear();
    QVERIFY(door.call(&Stub::ListMessages, &alice, with, list).ok());
    QCOMPARE(list.messages(0).id(), message.id());
    QVERIFY(list.messages(0).has_read_at());
}

void TestMessaging::doorTakesTheModeWhereAllowed() {
    for (const bool allowed : {false, true}) {
        m_stores.sql("TRUNCATE outbox");
        test::Door door;
        auto config = test::configOf("messaging-service");
        config.allowRequestMode = allowed;
        messaging::MessagingRpc service(*m_messages, m_store, door.tokens, config);
        door.open(service);
        grpc::ClientContext context;
        context.AddMetadata("authorization",
                            "Bearer " + door.signer.sign({m_alice, "alice", "Alice", "standard", {}}).value().first);
        context.AddMetadata("nova-mode", "sync");
        rpc::v1::SendMessageRequest send;
        send.set_to_id(m_bob);
        send.set_text("Hello");
        rpc::v1::ChatMessage message;
        QVERIFY(Stub(door.channel).SendMessage(&context, send, &message).ok());
        QCOMPARE(m_stores.events().size(), std::size_t(allowed ? 0 : 1));
    }
}

QTEST_GUILESS_MAIN(TestMessaging)
#include "tst_messaging.moc"
