// What a reader is served of a feed: pages, what was lost or is gone, and to whom.
#include <QtTest>

#include "feed/feed_rpc.h"
#include "tests/services/feed/feed_case.h"

using namespace nova;
using Stub = rpc::v1::Feed::Stub;
using Ids = std::vector<std::string>;

class TestFeedServed : public test::FeedCase {
    Q_OBJECT

private Q_SLOTS:
    void init() { begin(); }
    void readerFillsALostFeedFirst();
    void pagesHaveNoHolesOrRepeats();
    void deadEntriesAreNotShown();
    void badPagesAreRefused();
    void doorServesTheOwnerOnly();
    void onlyTheAuthorOrFollowerAppliesAChange();
    void snapshotsLeaveOutWhatIsDeleted();
};

void TestFeedServed::readerFillsALostFeedFirst() {
    const auto post = kit::newUuid();
    give({follow(m_bob), created(post)});
    QVERIFY(!m.reader.read(m_bob, 10, "").value().rebuilding);
    QVERIFY(m.redis.command({"FLUSHALL"}));
    const auto page = m.reader.read(m_bob, 10, "");
    QVERIFY_OK(page);
    QVERIFY(page.value().rebuilding);
    QCOMPARE(page.value().posts.size(), std::size_t{1});
    QCOMPARE(page.value().posts[0].id, post);
    QVERIFY(m.rebuild());
    QVERIFY(!m.reader.read(m_bob, 10, "").value().rebuilding);
}

void TestFeedServed::pagesHaveNoHolesOrRepeats() {
    give({follow(m_bob)});
    Ids posts;
    for (int i = 0; i < 60; ++i) {
        posts.push_back(kit::newUuid());
        give({created(posts.back(), "text", m_now + i / 20 * 1'000)});  // twenty in each millisecond
    }
    Ids seen;
    std::string after;
    for (bool more = true; more;) {
        const auto page = m.reader.read(m_bob, 7, after);
        QVERIFY_OK(page);
        for (const auto& post : page.value().posts) seen.push_back(post.id);
        after = page.value().endCursor;
        more = page.value().hasMore;
        QVERIFY(page.value().posts.size() == 7 || !more);
    }
    QCOMPARE(seen, m.feedOf(m_bob));
    QCOMPARE(seen.size(), posts.size());
}

void TestFeedServed::deadEntriesAreNotShown() {
    give({follow(m_bob)});
    Ids posts;
    for (int i = 0; i < 40; ++i) {
        posts.push_back(kit::newUuid());
        give({created(posts.back(), "text", m_now += 1'000)});
    }
    for (int i = 0; i < 39; ++i) {
        give({deleted(posts[std::size_t(i)], 2)});
        // As if the pipeline that takes it out had not run yet.
        m.redis.command({"ZADD", "feed:" + m_bob, "1700000000000", posts[std::size_t(i)]}).value();
    }
    m.redis.command({"ZADD", "feed:" + m_bob, "1800000000000", kit::newUuid()}).value();
    m.redis.command({"DEL", "snapshot:" + posts.back()}).value();
    const auto page = m.reader.read(m_bob, 1, "");
    QVERIFY_OK(page);
    QCOMPARE(page.value().posts.size(), std::size_t{1});
    QCOMPARE(page.value().posts[0].id, posts.back());
    QCOMPARE(page.value().posts[0].content, std::string("text"));
    QVERIFY(!page.value().hasMore);
}

void TestFeedServed::badPagesAreRefused() {
    const Ids cursors{"x", "1.", "." + m_bob, "1." + m_bob + "x", "-1." + m_bob, "99999999999999999999." + m_bob};
    for (const auto& cursor : cursors) QVERIFY_KIND(m.reader.read(m_bob, 10, cursor), badInput);
    QVERIFY_KIND(m.reader.read(m_bob, 0, ""), badInput);
    QVERIFY_KIND(m.reader.read(m_bob, 101, ""), badInput);
}

void TestFeedServed::doorServesTheOwnerOnly() {
    test::Door door;
    feed::FeedConsumer consumer(m.projections, m.cache, test::noOwner(), [] {});
    feed::FeedRpc service(m.reader, m.projections, consumer, door.tokens, 0);
    door.open(service);
    auto bob = test::user("bob");
    bob.userId = m_bob;
    const auto carol = test::user("carol");
    const auto post = kit::newUuid();
    give({follow(m_bob), created(post, "hello"), test::likeRecord<events::v1::PostLiked>(post, 2, 2)});
    rpc::v1::GetFeedRequest request;
    request.set_user_id(m_bob);
    request.set_first(5);
    rpc::v1::GetFeedReply reply;
    QCOMPARE(int(door.call(&Stub::GetFeed, &carol, request, reply).error_code()),
             int(grpc::StatusCode::PERMISSION_DENIED));
    QCOMPARE(int(door.call(&Stub::GetFeed, nullptr, request, reply).error_code()),
             int(grpc::StatusCode::UNAUTHENTICATED));
    QVERIFY(door.call(&Stub::GetFeed, &bob, request, reply).ok());
    QCOMPARE(reply.entries_size(), 1);
    QCOMPARE(reply.entries(0).post_id(), post);
    QCOMPARE(reply.entries(0).content(), std::string("hello"));
    QCOMPARE(reply.entries(0).author_id(), m_alice);
    QCOMPARE(reply.entries(0).like_count(), std::int64_t{2});
    QVERIFY(reply.entries(0).has_snapshot());
    QVERIFY(!reply.rebuilding());
}

void TestFeedServed::onlyTheAuthorOrFollowerAppliesAChange() {
    test::Door door;
    feed::FeedConsumer consumer(m.projections, m.cache, test::noOwner(), [] {});
    feed::FeedRpc service(m.reader, m.projections, consumer, door.tokens, 0);
    door.open(service);
    auto alice = test::user("alice"), bob = test::user("bob");
    alice.userId = m_alice, bob.userId = m_bob;
    const auto post = kit::newUuid();
    give({follow(m_bob), created(post, "hello")});
    rpc::v1::ApplyReply reply;
    const auto apply = [&](const kit::Claims* who, const std::string& author) {
        rpc::v1::ApplyPostRequest request;
        request.mutable_post()->set_id(post);
        request.mutable_post()->set_author_id(author);
        request.mutable_post()->set_version(1'000'000);
        request.mutable_post()->set_deleted(true);
        kit::setTime(request.mutable_post()->mutable_created_at(), kit::wallNow());
        kit::setTime(request.mutable_post()->mutable_updated_at(), kit::wallNow());
        return int(door.call(&Stub::ApplyPost, who, request, reply).error_code());
    };
    QCOMPARE(apply(nullptr, m_alice), int(grpc::StatusCode::UNAUTHENTICATED));
    QCOMPARE(apply(&bob, m_alice), int(grpc::StatusCode::PERMISSION_DENIED));
    QCOMPARE(apply(&bob, m_bob), int(grpc::StatusCode::PERMISSION_DENIED));  // a known post keeps its author
    QCOMPARE(m.reader.read(m_bob, 10, "").value().posts.size(), std::size_t{1});
    QCOMPARE(apply(&alice, m_alice), int(grpc::StatusCode::OK));
    QVERIFY(m.reader.read(m_bob, 10, "").value().posts.empty());

    rpc::v1::ApplyFollowRequest request;
    request.set_follower_id(m_bob);
    request.set_followee_id(m_alice);
    request.set_version(1'000'000);
    kit::setTime(request.mutable_at(), kit::wallNow());
    QCOMPARE(int(door.call(&Stub::ApplyFollow, &alice, request, reply).error_code()),
             int(grpc::StatusCode::PERMISSION_DENIED));
    QCOMPARE(int(door.call(&Stub::ApplyFollow, &bob, request, reply).error_code()), int(grpc::StatusCode::OK));
}

void TestFeedServed::snapshotsLeaveOutWhatIsDeleted() {
    test::Door door;
    feed::FeedConsumer consumer(m.projections, m.cache, test::noOwner(), [] {});
    feed::FeedRpc service(m.reader, m.projections, consumer, door.tokens, 0);
    door.open(service);
    const auto kept = kit::newUuid(), gone = kit::newUuid();
    give({follow(m_bob), created(kept, "kept"), created(gone, "gone")});
    rpc::v1::GetSnapshotsRequest request;
    for (const auto& id : {kept, gone, kit::newUuid()}) request.add_post_ids(id);
    rpc::v1::GetSnapshotsReply reply;
    QVERIFY(door.call(&Stub::GetSnapshots, nullptr, request, reply).ok());
    QCOMPARE(reply.entries_size(), 2);
    give({deleted(gone, 2)});
    QVERIFY(door.call(&Stub::GetSnapshots, nullptr, request, reply).ok());
    QCOMPARE(reply.entries_size(), 1);
    QCOMPARE(reply.entries(0).content(), std::string("kept"));
}

QTEST_GUILESS_MAIN(TestFeedServed)
#include "tst_feed_served.moc"
