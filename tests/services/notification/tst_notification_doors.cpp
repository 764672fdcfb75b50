// notification-service's gRPC door, and what becomes of the unread counts when Redis loses them.
#include <QtTest>

#include "tests/services/notification/notification_fixture.h"

using namespace nova;
using test::likeRecord;
using Stub = rpc::v1::Notifications::Stub;

class NotificationDoorsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        m_door.open(m_rpc);
        m_pusher.start();
    }
    void init() { m_nova.clear(); }
    void listsNewestFirst();
    void everybodySeesTheirOwn();
    void countComesFromRedisThenFromSql();
    void marksSeen();
    void countsComeBackAfterRedisWasLost();
    void markMissedByRedisIsWrittenLater();
    void notifyIsTheHandler();
    void undoTakesBackWhatItMade();

private:
    std::int64_t unread(const std::string& user) {
        rpc::v1::CountUnreadReply reply;
        const kit::Claims who{user, "x", "x", "standard", {}};
        const auto status = m_door.call(&Stub::CountUnread, &who, rpc::v1::CountUnreadRequest{}, reply);
        return status.ok() ? reply.unread() : -1;
    }
    rpc::v1::ListNotificationsReply list(const std::string& user, int first) {
        rpc::v1::ListNotificationsRequest request;
        request.set_first(first);
        rpc::v1::ListNotificationsReply reply;
        const kit::Claims who{user, "x", "x", "standard", {}};
        m_status = m_door.call(&Stub::ListNotifications, &who, request, reply);
        return reply;
    }
    // notified, or -1 for an error
    int notify(const char* kind, std::int64_t version, bool undo = false, const std::string& caller = {}) {
        rpc::v1::NotifyRequest request;
        request.set_kind(kind);
        request.set_actor_id(m_nova.bob);
        request.set_recipient_id(m_nova.alice);
        request.set_post_id(m_post);
        request.set_version(version);
        request.set_undo(undo);
        rpc::v1::NotifyReply reply;
        const kit::Claims who{caller.empty() ? m_nova.bob : caller, "x", "x", "standard", {}};
        m_status = m_door.call(&Stub::Notify, &who, request, reply);
        return m_status.ok() ? int(reply.notified()) : -1;
    }
    void like(const std::string& post, std::int64_t version) {
        test::deliver(m_handler, likeRecord(m_nova.bob, m_nova.alice, post, version));
    }

    test::NotificationStores m_nova;
    kit::Metrics m_metrics;
    notification::Store m_store{m_nova.stores.pool, std::chrono::minutes{10}};
    notification::UnreadCache m_cache{m_store, m_nova.redis};
    notification::Names m_names{*m_nova.clients};
    notification::Pusher m_pusher{*m_nova.clients, m_names, m_store, m_metrics};
    notification::Notifier m_notifier{m_store, m_cache, m_nova.redis, m_pusher};
    notification::SocialHandler m_handler{m_notifier};
    test::Door m_door;
    notification::NotificationRpc m_rpc{m_store, m_cache, m_notifier, m_names, m_door.tokens, 0};
    grpc::Status m_status;
    const std::string m_post = kit::newUuid();
};

void NotificationDoorsTest::listsNewestFirst() {
    for (int i = 1; i <= 3; ++i) like(kit::newUuid(), i);
    test::deliver(m_handler,
                  test::followRecord<events::v1::UserFollowed>(m_nova.carol, m_nova.alice, 9, 1'800'000'000'000'000));
    const auto all = list(m_nova.alice, 100);
    QCOMPARE(all.notifications_size(), 4);
    QCOMPARE(all.notifications(0).type(), std::string("follow"));
    QCOMPARE(all.notifications(0).post_id(), std::string());
    QCOMPARE(all.notifications(0).text(), std::string("Somebody follows you"));  // identity does not know carol
    for (int i = 1; i < 4; ++i) {
        const auto& item = all.notifications(i);
        QCOMPARE(kit::micros(kit::timeOf(item.created_at())), std::int64_t{1'700'000'000'000'000} + 4 - i);
        QCOMPARE(item.actor_id(), m_nova.bob);
        QCOMPARE(item.text(), std::string("bob liked your post"));
        QVERIFY(!item.seen());
    }
    QCOMPARE(list(m_nova.alice, 1).notifications(0).id(), all.notifications(0).id());
    for (const int first : {0, 101, -1}) {
        list(m_nova.alice, first);
        QCOMPARE(int(m_status.error_code()), int(grpc::StatusCode::INVALID_ARGUMENT));
    }
}

void NotificationDoorsTest::everybodySeesTheirOwn() {
    like(m_post, 1);
    QCOMPARE(list(m_nova.bob, 10).notifications_size(), 0);
    QCOMPARE(unread(m_nova.bob), std::int64_t{0});
    rpc::v1::ListNotificationsReply reply;
    QCOMPARE(
        int(m_door.call(&Stub::ListNotifications, nullptr, rpc::v1::ListNotificationsRequest{}, reply).error_code()),
        int(grpc::StatusCode::UNAUTHENTICATED));
    QCOMPARE(notify("like", 1, false, m_nova.carol), -1);
    QCOMPARE(int(m_status.error_code()), int(grpc::StatusCode::PERMISSION_DENIED));
}

void NotificationDoorsTest::countComesFromRedisThenFromSql() {
    like(m_post, 1);
    like(kit::newUuid(), 2);
    QCOMPARE(unread(m_nova.alice), std::int64_t{2});
    QVERIFY(m_nova.redis.command({"SET", "unread:" + m_nova.alice, "17"}));
    QCOMPARE(unread(m_nova.alice), std::int64_t{17});  // from there indeed
    QVERIFY(m_nova.redis.command({"FLUSHALL"}));
    QCOMPARE(unread(m_nova.alice), std::int64_t{2});
    QCOMPARE(m_nova.cached(m_nova.alice), std::string("2"));
    m_nova.redisServer.stop();
    QCOMPARE(unread(m_nova.alice), std::int64_t{2});
    m_nova.redisServer.start();
}

void NotificationDoorsTest::marksSeen() {
    like(m_post, 1);
    like(kit::newUuid(), 2);
    rpc::v1::MarkSeenReply reply;
    const kit::Claims alice{m_nova.alice, "alice", "alice", "standard", {}};
    for (const int marked : {2, 0}) {
        QVERIFY(m_door.call(&Stub::MarkSeen, &alice, rpc::v1::MarkSeenRequest{}, reply).ok());
        QCOMPARE(reply.marked(), std::int64_t{marked});
        QCOMPARE(m_nova.cached(m_nova.alice), std::string("0"));
    }
    QVERIFY(list(m_nova.alice, 10).notifications(0).seen());
    like(kit::newUuid(), 3);
    QCOMPARE(unread(m_nova.alice), std::int64_t{1});
}

void NotificationDoorsTest::countsComeBackAfterRedisWasLost() {
    notification::UnreadCache tended(m_store, m_nova.redis);
    tended.start();
    like(m_post, 1);
    QVERIFY(test::eventually([&] { return m_nova.redis.command({"EXISTS", "unread:epoch"}).value().integer == 1; }));
    QVERIFY(m_nova.redis.command({"FLUSHALL"}));
    QVERIFY(test::eventually([&] { return m_nova.cached(m_nova.alice) == "1"; }));
}

void NotificationDoorsTest::markMissedByRedisIsWrittenLater() {
    notification::UnreadCache tended(m_store, m_nova.redis);
    like(m_post, 1);
    QVERIFY(tended.refill());
    m_nova.redisServer.stop();
    const auto seen = m_store.markSeen(m_nova.alice);
    QVERIFY(seen);
    tended.set(seen.value().unread);
    m_nova.redisServer.start();
    tended.start();
    QVERIFY(test::eventually([&] { return m_nova.cached(m_nova.alice) == "0"; }));
}

void NotificationDoorsTest::notifyIsTheHandler() {
    m_nova.connect(m_nova.alice);
    QCOMPARE(notify("like", 1), 1);
    QCOMPARE(m_nova.realtime.pushes().size(), std::size_t{1});  // done before the answer
    QCOMPARE(m_nova.cached(m_nova.alice), std::string("1"));
    QCOMPARE(notify("like", 1), 0);
    QCOMPARE(notify("unlike", 2), 0);
    QCOMPARE(notify("like", 3), 0);
    like(m_post, 3);  // the event of the same like
    QCOMPARE(m_nova.rows(), std::int64_t{1});
    QCOMPARE(m_nova.realtime.pushes().size(), std::size_t{1});
    QCOMPARE(notify("follow", 1), 1);
    QCOMPARE(notify("wave", 1), -1);
    QCOMPARE(int(m_status.error_code()), int(grpc::StatusCode::INVALID_ARGUMENT));
    m_nova.realtime.delayMs = 1'000;  // a push that fails does not fail the call
    m_nova.stores.sql("TRUNCATE notifications, pending_pushes, unread_counts");
    QCOMPARE(notify("like", 7), 1);
}

void NotificationDoorsTest::undoTakesBackWhatItMade() {
    QCOMPARE(notify("like", 4), 1);
    QCOMPARE(notify("like", 5, true), 0);  // another version's: stays
    QCOMPARE(m_nova.rows(), std::int64_t{1});
    QCOMPARE(notify("like", 4, true), 0);
    QCOMPARE(m_nova.rows(), std::int64_t{0});
    QCOMPARE(unread(m_nova.alice), std::int64_t{0});
    QCOMPARE(m_nova.cached(m_nova.alice), std::string("0"));
    QCOMPARE(notify("like", 6), 1);
    QCOMPARE(unread(m_nova.alice), std::int64_t{1});
}

QTEST_GUILESS_MAIN(NotificationDoorsTest)
#include "tst_notification_doors.moc"
