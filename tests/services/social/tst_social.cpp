#include <QTemporaryDir>
#include <QtTest>
#include <fstream>
#include <random>
#include <set>

#include "kit/redis/client.h"
#include "kit/rpc/client.h"
#include "nova/rpc/v1/content.grpc.pb.h"
#include "nova/schema/social.h"
#include "social/chain.h"
#include "social/content_handler.h"
#include "social/follows.h"
#include "social/like_cache.h"
#include "social/likes.h"
#include "social/post_authors.h"
#include "social/social_rpc.h"
#include "tests/services/records.h"
#include "tests/services/service_fixture.h"
#include "tests/support/real_stores.h"

using namespace nova;
using events::v1::PostCreated, events::v1::PostUpdated, events::v1::PostDeleted;
using kit::Outcome;
using Stub = rpc::v1::Social::Stub;

namespace {

std::string endpoints(int port) {
    return "{\"content-service\": [\"127.0.0.1:" + std::to_string(port) + "\"]}";
}

// content-service with one post.
class FakeContent final : public rpc::v1::Content::Service {
public:
    std::string post = kit::newUuid(), author = kit::newUuid();
    bool deleted = false;
    std::atomic<int> asked{0};
    grpc::Status GetPosts(grpc::ServerContext*, const rpc::v1::GetPostsRequest* request,
                          rpc::v1::GetPostsReply* reply) override {
        ++asked;
        if (request->ids(0) != post || (deleted && !request->with_deleted())) return grpc::Status::OK;
        auto* found = reply->add_posts();
        found->set_id(post);
        found->set_author_id(author);
        found->set_version(deleted ? 2 : 1);
        found->set_deleted(deleted);
        return grpc::Status::OK;
    }
};

}  // namespace

class TestSocial : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void followingCountsAndTells();
    void repeatsTellNothing();
    void nobodyFollowsHimself();
    void followsAtOnceAreCountedOnce();
    void followersArePaged();
    void likingCountsAndTells();
    void unknownPostIsAskedForOnce();
    void deletedPostIsNotLiked();
    void ownerAwayIsTransient();
    void likesAtOnceAreCountedOnce();
    void keyedLikeIsNotRepeated();
    void authorsConvergeInAnyOrder();
    void foreignBytesFailAlone();
    void eventsWithoutAnAuthorAreCompleted();
    void olderCountDoesNotWin();
    void countsComeBackAfterRedisWasLost();
    void countMissedIsWrittenLater();
    void doorAnswersStats();

private:
    void known(const std::string& post, const std::string& author, bool deleted = false) {
        QVERIFY(m_authors.note({{post, author, 1, deleted}}, {}));
    }
    std::string redis(const std::string& key) { return m_redis.command({"GET", key}).value().text; }
    void listContent(int port) {
        std::ofstream(m_endpoints + ".new") << endpoints(port);
        std::filesystem::rename(m_endpoints + ".new", m_endpoints);
    }

    test::RealPostgres m_postgres;
    test::RealRedis m_server;
    test::ServiceStores m_stores{m_postgres.uri(), "social", social::schemaSql};
    kit::RedisClient m_redis{"127.0.0.1", m_server.port()};
    QTemporaryDir m_folder;
    const std::string m_endpoints = m_folder.filePath(QStringLiteral("endpoints.json")).toStdString();
    FakeContent m_content;
    test::Door m_contentDoor;
    std::unique_ptr<kit::RpcClients> m_clients = [this] {
        m_contentDoor.open(m_content);
        listContent(m_contentDoor.listener->port());
        return std::make_unique<kit::RpcClients>(m_endpoints);
    }();
    social::Follows m_follows{m_stores.pool, m_stores.outbox};
    social::LikeStore m_store{m_stores.pool, m_stores.outbox};
    social::PostAuthors m_authors{m_stores.pool, *m_clients};
    social::LikeCache m_cache{m_store, m_redis};
    social::Likes m_likes{m_store, m_authors, m_cache};
    social::ContentHandler m_handler{m_authors};
    const std::string m_alice = kit::newUuid(), m_bob = kit::newUuid();
};

void TestSocial::init() {
    m_stores.sql("TRUNCATE follows, likes, follower_counts, like_counts, post_authors, idempotency_keys, outbox");
    QVERIFY(m_redis.command({"FLUSHALL"}));
    m_content.asked = 0;
    m_content.deleted = false;
}

void TestSocial::followingCountsAndTells() {
    QCOMPARE(m_follows.follow(m_bob, m_alice).value(), std::int64_t{1});
    QCOMPARE(m_follows.follow(kit::newUuid(), m_alice).value(), std::int64_t{2});
    QCOMPARE(m_follows.unfollow(m_bob, m_alice).value(), std::int64_t{1});
    const auto events = m_stores.events();
    QCOMPARE(events.size(), std::size_t{3});
    for (std::size_t i = 0; i < 3; ++i) {
        QCOMPARE(events[i].key, m_alice);
        QCOMPARE(events[i].version, std::int64_t(i) + 1);
    }
    QCOMPARE(events[2].type, std::string("UserUnfollowed"));
    const auto last = test::parsed<events::v1::UserUnfollowed>(events[2].payload);
    QCOMPARE(last.follower_id(), m_bob);
    QCOMPARE(last.follower_count(), std::int64_t{1});
    const auto counts = m_follows.counts({m_alice, m_bob, "no uuid"}).value();
    QCOMPARE(counts.at(m_alice), std::int64_t{1});
    QVERIFY(!counts.contains(m_bob));
}

void TestSocial::repeatsTellNothing() {
    QCOMPARE(m_follows.unfollow(m_bob, m_alice).value(), std::int64_t{0});
    for (int i = 0; i < 3; ++i) QCOMPARE(m_follows.follow(m_bob, m_alice).value(), std::int64_t{1});
    const std::string post = kit::newUuid();
    known(post, m_alice);
    QCOMPARE(m_likes.unlike(m_bob, post).value(), std::int64_t{0});
    for (int i = 0; i < 3; ++i) QCOMPARE(m_likes.like(m_bob, post, "").value(), std::int64_t{1});
    QCOMPARE(m_stores.events().size(), std::size_t{2});
}

void TestSocial::nobodyFollowsHimself() {
    QVERIFY_KIND(m_follows.follow(m_alice, m_alice), badInput);
    QVERIFY_KIND(m_follows.follow(m_alice, "no uuid"), badInput);
}

void TestSocial::followsAtOnceAreCountedOnce() {
    std::vector<std::string> users;
    for (int i = 0; i < 12; ++i) users.push_back(kit::newUuid());
    test::together(12, [&](int i) {
        for (int n = 0; n < 5; ++n) {
            (void)m_follows.follow(users[std::size_t(i)], m_alice);
            (void)m_follows.follow(users[std::size_t(i)], m_alice);
            if (i % 2 || n < 4) (void)m_follows.unfollow(users[std::size_t(i)], m_alice);
        }
    });
    QCOMPARE(m_follows.counts({m_alice}).value().at(m_alice), std::int64_t{6});
    QCOMPARE(m_stores.number("SELECT count(*) FROM follows"), std::int64_t{6});
    std::int64_t version = 0;
    for (const auto& event : m_stores.events()) QCOMPARE(event.version, ++version);
    QCOMPARE(version, std::int64_t{6 * 10 + 6 * 9});
}

void TestSocial::followersArePaged() {
    std::set<std::string> users, seen;
    for (int i = 0; i < 7; ++i) users.insert(kit::newUuid());
    for (const auto& user : users) QVERIFY(m_follows.follow(user, m_alice));
    std::string after;
    for (bool more = true; more;) {
        const auto page = m_follows.followers(m_alice, 3, after);
        QVERIFY_OK(page);
        for (const auto& user : page.value().followers) QVERIFY(seen.insert(user).second);
        after = page.value().endCursor;
        more = page.value().hasMore;
    }
    QVERIFY(seen == users);
    QVERIFY_KIND(m_follows.followers(m_alice, 0, ""), badInput);
    QVERIFY_KIND(m_follows.followers(m_alice, 10, "'"), badInput);
}

void TestSocial::likingCountsAndTells() {
    const std::string post = kit::newUuid();
    known(post, m_alice);
    QCOMPARE(m_likes.like(m_bob, post, "").value(), std::int64_t{1});
    QCOMPARE(m_likes.like(m_alice, post, "").value(), std::int64_t{2});
    QCOMPARE(m_likes.unlike(m_bob, post).value(), std::int64_t{1});
    QCOMPARE(redis("likes:" + post), std::string("1"));
    const auto events = m_stores.events();
    QCOMPARE(events.size(), std::size_t{3});
    const auto liked = test::parsed<events::v1::PostLiked>(events[1].payload);
    QCOMPARE(events[1].key, post);
    QCOMPARE(liked.author_id(), m_alice);
    QCOMPARE(liked.like_count(), std::int64_t{2});
    QCOMPARE(liked.version(), std::int64_t{2});
    QCOMPARE(events[2].type, std::string("PostUnliked"));
    QCOMPARE(test::parsed<events::v1::PostUnliked>(events[2].payload).like_count(), std::int64_t{1});
}

void TestSocial::unknownPostIsAskedForOnce() {
    QCOMPARE(m_likes.like(m_bob, m_content.post, "key").value(), std::int64_t{1});
    QCOMPARE(m_likes.like(m_alice, m_content.post, "").value(), std::int64_t{2});
    QCOMPARE(m_content.asked.load(), 1);
    QCOMPARE(test::parsed<events::v1::PostLiked>(m_stores.events().at(0).payload).author_id(), m_content.author);
    QVERIFY_KIND(m_likes.like(m_bob, kit::newUuid(), ""), notFound);
    QVERIFY_KIND(m_likes.like(m_bob, "no uuid", ""), notFound);
}

void TestSocial::deletedPostIsNotLiked() {
    m_content.deleted = true;
    QVERIFY_KIND(m_likes.like(m_bob, m_content.post, ""), notFound);
    const std::string post = kit::newUuid();
    known(post, m_alice, true);
    QVERIFY_KIND(m_likes.like(m_bob, post, "key"), notFound);
    QVERIFY_KIND(m_likes.unlike(m_bob, post), notFound);
    QCOMPARE(m_stores.number("SELECT (SELECT count(*) FROM likes) + (SELECT count(*) FROM idempotency_keys)"),
             std::int64_t{0});
}

void TestSocial::ownerAwayIsTransient() {
    kit::RpcClients nobody(m_folder.filePath(QStringLiteral("none.json")).toStdString());
    social::PostAuthors authors(m_stores.pool, nobody);
    social::Likes likes(m_store, authors, m_cache);
    QVERIFY_KIND(likes.like(m_bob, kit::newUuid(), ""), transient);
    const std::string post = kit::newUuid();
    known(post, m_alice);
    QVERIFY_OK(likes.like(m_bob, post, ""));
}

void TestSocial::likesAtOnceAreCountedOnce() {
    const std::string post = kit::newUuid();
    known(post, m_alice);
    std::vector<std::string> users;
    for (int i = 0; i < 12; ++i) users.push_back(kit::newUuid());
    test::together(12, [&](int i) {
        // Two of the threads are one user at two devices.
        const auto& user = users[std::size_t(i / 2 * 2)];
        for (int n = 0; n < 8; ++n) {
            (void)m_likes.like(user, post, "");
            (void)m_likes.unlike(user, post);
        }
        (void)m_likes.like(user, post, "");
    });
    const auto rows = m_stores.number("SELECT count(*) FROM likes");
    QCOMPARE(m_store.stats("", {post}).value().at(0).likes, rows);
    QCOMPARE(redis("likes:" + post), std::to_string(rows));
    QCOMPARE(std::to_string(m_stores.number("SELECT version FROM like_counts")), redis("likes:" + post + ":version"));
    std::int64_t version = 0;
    for (const auto& event : m_stores.events()) QCOMPARE(event.version, ++version);
}

void TestSocial::keyedLikeIsNotRepeated() {
    const std::string post = kit::newUuid(), other = kit::newUuid();
    known(post, m_alice);
    known(other, m_alice);
    QCOMPARE(m_likes.like(m_bob, post, "key").value(), std::int64_t{1});
    QCOMPARE(m_likes.unlike(m_bob, post).value(), std::int64_t{0});
    QCOMPARE(m_likes.like(m_bob, post, "key").value(), std::int64_t{0});  // a late retry does not like again
    QVERIFY_KIND(m_likes.like(m_bob, other, "key"), conflict);
    QCOMPARE(m_stores.events().size(), std::size_t{2});
}

void TestSocial::authorsConvergeInAnyOrder() {
    std::mt19937 random(7);
    for (int run = 0; run < 20; ++run) {
        const std::string post = kit::newUuid();
        std::vector<kit::Record> records{test::postRecord<PostCreated>(post, m_alice, 1, 1'000),
                                         test::postRecord<PostUpdated>(post, m_alice, 2, 1'000),
                                         test::postRecord<PostDeleted>(post, m_alice, 3, 1'000)};
        const auto repeats = records;
        records.insert(records.end(), repeats.begin(), repeats.end());
        std::shuffle(records.begin(), records.end(), random);
        if (run % 2)
            test::deliver(m_handler, records);
        else
            for (const auto& record : records) test::deliver(m_handler, record);
        const auto row = m_stores.sql("SELECT author_id, version, deleted FROM post_authors WHERE post_id = $1", post);
        QCOMPARE(row[0][0].as<std::string>(), m_alice);
        QCOMPARE(row[0][1].as<int>(), 3);
        QVERIFY(row[0][2].as<bool>());
        for (const auto outcome : test::deliver(m_handler, records))
            QCOMPARE(std::string(kit::name(outcome)), std::string("stale"));
    }
}

// The design's own events: content-service knows the author. Away, they wait; what it does not know is nothing.
void TestSocial::eventsWithoutAnAuthorAreCompleted() {
    const auto bare = [](const std::string& post, std::int64_t version) {
        PostCreated event;
        event.set_post_id(post);
        event.set_version(version);
        kit::setTime(event.mutable_event_time(), kit::wallNow());
        return test::recordOf(contract::topic::content, post, event);
    };
    auto known = bare(m_content.post, 1), unknown = bare(kit::newUuid(), 1);
    listContent(1);
    QTRY_VERIFY_WITH_TIMEOUT(!m_authors.ask({m_content.post}), 5'000);
    const auto waiting = m_handler.handle({&known, &unknown});
    QVERIFY(waiting[0].outcome == Outcome::failed && waiting[0].error.retryable());
    listContent(m_contentDoor.listener->port());
    QTRY_VERIFY_WITH_TIMEOUT(m_authors.ask({m_content.post}), 5'000);
    std::vector<kit::Record> records{known};
    QVERIFY((test::deliver(m_handler, records) == std::vector{Outcome::done}));
    QVERIFY((test::deliver(m_handler, unknown) == std::vector{Outcome::skipped}));
    QCOMPARE(m_stores.sql("SELECT author_id::text FROM post_authors")[0][0].as<std::string>(), m_content.author);
    QVERIFY((test::deliver(m_handler, known) == std::vector{Outcome::stale}));
}

void TestSocial::foreignBytesFailAlone() {
    const std::string good = kit::newUuid();
    auto bad = test::postRecord<PostCreated>(kit::newUuid(), m_alice, 1, 1'000);
    bad.value = "\xFF\xFFnot protobuf";
    std::vector<kit::Record> records{bad, test::postRecord<PostCreated>("'; --", m_alice, 1, 1'000),
                                     test::postRecord<PostCreated>(good, m_alice, 1, 1'000)};
    const auto outcomes = test::deliver(m_handler, records);
    QVERIFY((outcomes == std::vector{Outcome::failed, Outcome::failed, Outcome::done}));
    QCOMPARE(m_stores.number("SELECT count(*) FROM post_authors"), std::int64_t{1});
    auto foreign = test::likeRecord<events::v1::PostLiked>(good, 1, 1);
    QVERIFY(!m_handler.knows(foreign));
}

void TestSocial::olderCountDoesNotWin() {
    const std::string post = kit::newUuid();
    m_cache.set({post, 5, 7});
    m_cache.set({post, 4, 6});
    QCOMPARE(redis("likes:" + post), std::string("5"));
    m_cache.set({post, 4, 8});
    QCOMPARE(redis("likes:" + post), std::string("4"));
}

void TestSocial::countsComeBackAfterRedisWasLost() {
    const std::string post = kit::newUuid();
    known(post, m_alice);
    QVERIFY(m_likes.like(m_bob, post, ""));
    QVERIFY(m_redis.command({"FLUSHALL"}));
    social::LikeCache cache(m_store, m_redis);
    cache.start();
    QVERIFY(test::eventually([&] { return redis("likes:" + post) == "1"; }));
    QVERIFY(test::eventually([&] { return !redis("likes:epoch").empty(); }));
    QVERIFY(m_redis.command({"FLUSHALL"}));
    QVERIFY(test::eventually([&] { return redis("likes:" + post) == "1"; }));
    cache.stop();
}

void TestSocial::countMissedIsWrittenLater() {
    const std::string post = kit::newUuid();
    known(post, m_alice);
    social::LikeCache cache(m_store, m_redis);
    social::Likes likes(m_store, m_authors, cache);
    cache.start();
    QVERIFY(test::eventually([&] { return !redis("likes:epoch").empty(); }));
    m_server.stop();
    QCOMPARE(likes.like(m_bob, post, "").value(), std::int64_t{1});  // Redis away: the like counts all the same
    m_server.start();
    QVERIFY(test::eventually([&] {
        const auto count = m_redis.command({"GET", "likes:" + post});
        return count && count.value().text == "1";
    }));
    cache.stop();
}

void TestSocial::doorAnswersStats() {
    test::Door door;
    kit::RpcClients nobody{""};
    social::Chain chain(m_follows, m_likes, nobody);
    const kit::ServiceConfig config;
    social::SocialRpc service(m_follows, m_likes, m_store, chain, door.tokens, config);
    door.open(service);
    const auto bob = test::user("bob");
    const std::string post = kit::newUuid();
    known(post, m_alice);
    rpc::v1::LikeRequest like;
    like.set_post_id(post);
    rpc::v1::LikeReply liked;
    QCOMPARE(int(door.call(&Stub::LikePost, nullptr, like, liked).error_code()),
             int(grpc::StatusCode::UNAUTHENTICATED));
    QVERIFY(door.call(&Stub::LikePost, &bob, like, liked).ok());
    QCOMPARE(liked.like_count(), std::int64_t{1});
    rpc::v1::FollowRequest follow;
    follow.set_user_id(m_alice);
    rpc::v1::FollowReply followed;
    QVERIFY(door.call(&Stub::Follow, &bob, follow, followed).ok());
    follow.set_user_id(bob.userId);
    QCOMPARE(int(door.call(&Stub::Follow, &bob, follow, followed).error_code()),
             int(grpc::StatusCode::INVALID_ARGUMENT));

    rpc::v1::GetPostStatsRequest ask;
    ask.add_post_ids(post);
    ask.add_post_ids(kit::newUuid());
    rpc::v1::GetPostStatsReply stats;
    QVERIFY(door.call(&Stub::GetPostStats, &bob, ask, stats).ok());
    QCOMPARE(stats.stats_size(), 2);
    for (const auto& s : stats.stats()) {
        QCOMPARE(s.like_count(), std::int64_t(s.post_id() == post));
        QCOMPARE(s.liked_by_me(), s.post_id() == post);
    }
    const auto alice = test::user("alice");
    QVERIFY(door.call(&Stub::GetPostStats, &alice, ask, stats).ok());
    for (const auto& s : stats.stats()) QVERIFY(!s.liked_by_me());
    rpc::v1::GetUserStatsRequest users;
    users.add_user_ids(m_alice);
    rpc::v1::GetUserStatsReply userStats;
    QVERIFY(door.call(&Stub::GetUserStats, nullptr, users, userStats).ok());
    QCOMPARE(userStats.stats(0).follower_count(), std::int64_t{1});
}

QTEST_GUILESS_MAIN(TestSocial)
#include "tst_social.moc"
