// mode=sync: social-service, with those it calls as fakes.
#include "kit/redis/client.h"
#include "kit/rpc/client.h"
#include "nova/rpc/v1/feed.grpc.pb.h"
#include "nova/rpc/v1/notification.grpc.pb.h"
#include "nova/schema/social.h"
#include "social/chain.h"
#include "social/follows.h"
#include "social/like_cache.h"
#include "social/likes.h"
#include "social/post_authors.h"
#include "social/social_rpc.h"
#include "tests/services/endpoints_file.h"
#include "tests/services/service_fixture.h"
#include "tests/support/real_stores.h"

using namespace nova;
using Stub = rpc::v1::Social::Stub;
using Said = std::vector<std::string>;

namespace {

class FakeFeed final : public rpc::v1::Feed::Service {
public:
    explicit FakeFeed(Said& said) : m_said(said) {}
    bool away = false;
    grpc::Status ApplyFollow(grpc::ServerContext*, const rpc::v1::ApplyFollowRequest* request,
                             rpc::v1::ApplyReply*) override {
        m_said.push_back((request->following() ? "feed follow " : "feed unfollow ") +
                         std::to_string(request->version()));
        return away ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "away") : grpc::Status::OK;
    }

private:
    Said& m_said;
};

class FakeNotifications final : public rpc::v1::Notifications::Service {
public:
    explicit FakeNotifications(Said& said) : m_said(said) {}
    bool away = false;
    grpc::Status Notify(grpc::ServerContext*, const rpc::v1::NotifyRequest* request, rpc::v1::NotifyReply*) override {
        m_said.push_back((request->undo() ? "undo " : "notify ") + request->kind() + " " +
                         std::to_string(request->version()));
        return away ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "away") : grpc::Status::OK;
    }

private:
    Said& m_said;
};

}  // namespace

class TestSocialSync : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void allAreCalledBeforeTheAnswer();
    void theFirstFailureEndsTheChain();
    void thoseCalledAreToldOfTheUndoing();
    void aFailedUnfollowFollowsAgain();
    void aLikeIsTakenBackWithItsKey();

private:
    grpc::Status follow(bool following = true) {
        rpc::v1::FollowRequest request;
        request.set_user_id(m_alice);
        rpc::v1::FollowReply reply;
        return m_door.call(following ? &Stub::Follow : &Stub::Unfollow, &m_bob, request, reply);
    }
    grpc::Status like(bool liking = true, const std::string& key = {}) {
        rpc::v1::LikeRequest request;
        request.set_post_id(m_post);
        request.set_idempotency_key(key);
        rpc::v1::LikeReply reply;
        return m_door.call(liking ? &Stub::LikePost : &Stub::UnlikePost, &m_bob, request, reply);
    }

    test::RealPostgres m_postgres;
    test::RealRedis m_server;
    test::ServiceStores m_stores{m_postgres.uri(), "social", social::schemaSql};
    kit::RedisClient m_redis{"127.0.0.1", m_server.port()};
    Said m_said;
    FakeFeed m_feed{m_said};
    FakeNotifications m_notifications{m_said};
    test::Door m_feedDoor, m_notificationsDoor, m_door;
    test::EndpointsFile m_endpoints;
    kit::RpcClients m_clients{m_endpoints.path};
    social::Follows m_follows{m_stores.pool, m_stores.outbox};
    social::LikeStore m_store{m_stores.pool, m_stores.outbox};
    social::PostAuthors m_authors{m_stores.pool, m_clients};
    social::LikeCache m_cache{m_store, m_redis};
    social::Likes m_likes{m_store, m_authors, m_cache};
    social::Chain m_chain{m_follows, m_likes, m_clients};
    kit::ServiceConfig m_config = [] {
        kit::ServiceConfig config;
        config.mode = kit::Mode::sync;
        return config;
    }();
    social::SocialRpc m_rpc{m_follows, m_likes, m_store, m_chain, m_door.tokens, m_config};
    const std::string m_alice = kit::newUuid();
    const kit::Claims m_bob = test::user("bob");
    std::string m_post;
};

void TestSocialSync::init() {
    m_stores.sql("TRUNCATE follows, likes, follower_counts, like_counts, post_authors, idempotency_keys, outbox");
    m_post = kit::newUuid();
    m_stores.sql("INSERT INTO post_authors VALUES ($1, $2, 1, false)", m_post, m_alice);
    m_feed.away = m_notifications.away = false;
    if (!m_door.listener) {
        m_door.open(m_rpc);
        m_feedDoor.open(m_feed);
        m_notificationsDoor.open(m_notifications);
        m_endpoints.write({{"feed-service", m_feedDoor.listener->port()},
                           {"notification-service", m_notificationsDoor.listener->port()}});
        QVERIFY(test::eventually(
            [&] { return m_clients.reachable("feed-service") && m_clients.reachable("notification-service"); }));
    }
    m_said.clear();
}

void TestSocialSync::allAreCalledBeforeTheAnswer() {
    QVERIFY(follow().ok());
    QVERIFY(like().ok());
    QVERIFY(like(false).ok());
    QVERIFY(follow(false).ok());
    QVERIFY(follow(false).ok());  // nothing to do, nobody to tell
    QCOMPARE(m_said, (Said{"notify follow 1", "feed follow 1", "notify like 1", "feed unfollow 2"}));
    QCOMPARE(m_stores.events().size(), std::size_t{0});
}

void TestSocialSync::theFirstFailureEndsTheChain() {
    m_notifications.away = true;
    QCOMPARE(int(follow().error_code()), int(grpc::StatusCode::UNAVAILABLE));
    QCOMPARE(m_stores.number("SELECT count(*) FROM follows"), std::int64_t{0});
    QCOMPARE(m_stores.number("SELECT version FROM follower_counts"), std::int64_t{2});
    for (const auto& said : m_said) QVERIFY(!said.starts_with("feed"));
}

void TestSocialSync::thoseCalledAreToldOfTheUndoing() {
    m_feed.away = true;
    QCOMPARE(int(follow().error_code()), int(grpc::StatusCode::UNAVAILABLE));
    QCOMPARE(m_stores.number("SELECT count(*) FROM follows"), std::int64_t{0});
    QCOMPARE(m_said.front(), std::string("notify follow 1"));
    QVERIFY(std::ranges::find(m_said, "undo follow 1") != m_said.end());
    QCOMPARE(m_said.back(), std::string("feed unfollow 2"));
}

void TestSocialSync::aFailedUnfollowFollowsAgain() {
    QVERIFY(follow().ok());
    m_feed.away = true;
    QVERIFY(!follow(false).ok());
    QCOMPARE(m_stores.number("SELECT count(*) FROM follows"), std::int64_t{1});
    QCOMPARE(m_stores.number("SELECT version FROM follower_counts"), std::int64_t{3});
    QCOMPARE(m_said.back(), std::string("feed follow 3"));
}

void TestSocialSync::aLikeIsTakenBackWithItsKey() {
    m_notifications.away = true;
    QVERIFY(!like(true, "key").ok());
    QCOMPARE(m_stores.number("SELECT count(*) FROM likes"), std::int64_t{0});
    QCOMPARE(m_redis.command({"GET", "likes:" + m_post}).value().text, std::string("0"));
    m_notifications.away = false;
    QVERIFY(like(true, "key").ok());
    QCOMPARE(m_stores.number("SELECT count(*) FROM likes"), std::int64_t{1});
}

QTEST_GUILESS_MAIN(TestSocialSync)
#include "tst_social_sync.moc"
