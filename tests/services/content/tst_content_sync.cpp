// mode=sync: content-service and the real feed-service's part behind it.
#include "content/chain.h"
#include "content/content_rpc.h"
#include "content/media_attacher.h"
#include "feed/feed_rpc.h"
#include "kit/rpc/client.h"
#include "nova/schema/content.h"
#include "tests/services/endpoints_file.h"
#include "tests/services/feed/feed_fixture.h"

using namespace nova;
using Stub = rpc::v1::Content::Stub;
using events::v1::PostUpdated, events::v1::UserFollowed;

class TestContentSync : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void theAnswerComesAfterTheFeeds();
    void aFailureIsTakenBack();
    void aDeleteTakenBackComesBack();
    void aKeyOfWhatWasTakenBackIsFree();
    void eventsAfterTheGapCatchUp();

private:
    rpc::v1::Post create(const std::string& text, const std::string& key = {}) {
        rpc::v1::CreatePostRequest request;
        request.set_content(text);
        request.set_idempotency_key(key);
        rpc::v1::Post post;
        m_status = m_door.call(&Stub::CreatePost, &m_alice, request, post);
        return post;
    }
    void openFeed() {
        m_feedDoor.open(m_feedRpc);
        m_endpoints.write({{"feed-service", m_feedDoor.listener->port()}});
        const auto ready = [this] { return m_clients.reachable("feed-service"); };
        QVERIFY(test::eventually(ready));
    }
    void closeFeed() { m_feedDoor.listener.reset(); }

    test::FeedStores m_feed;
    feed::FeedConsumer m_consumer{m_feed.projections, m_feed.cache, test::noOwner(), [] {}};
    test::ServiceStores m_stores{m_feed.postgres.uri(), "content", content::schemaSql};
    test::Door m_door;
    feed::FeedRpc m_feedRpc{m_feed.reader, m_feed.projections, m_consumer, m_door.tokens, 0};
    test::Door m_feedDoor;
    test::EndpointsFile m_endpoints;
    kit::RpcClients m_clients{m_endpoints.path};
    content::Store m_store{m_stores.pool, m_stores.outbox};
    content::MediaAttacher m_attacher{m_stores.pool, m_stores.outbox};
    content::Chain m_chain{m_store, m_clients};
    kit::ServiceConfig m_config = [] {
        kit::ServiceConfig config;
        config.mode = kit::Mode::sync;
        return config;
    }();
    content::ContentRpc m_rpc{m_store, m_attacher, m_chain, m_door.tokens, m_config};
    const kit::Claims m_alice = test::user("alice");
    const std::string m_bob = kit::newUuid();
    grpc::Status m_status;
};

void TestContentSync::init() {
    m_stores.sql("TRUNCATE posts, idempotency_keys, outbox");
    m_feed.clear();
    m_door.open(m_rpc);
    openFeed();
    test::deliver(m_consumer, test::followRecord<UserFollowed>(m_bob, m_alice.userId, 1, 1'000));
}

void TestContentSync::theAnswerComesAfterTheFeeds() {
    auto post = create("hello");
    QVERIFY2(m_status.ok(), m_status.error_message().c_str());
    QCOMPARE(m_feed.feedOf(m_bob), std::vector{post.id()});
    rpc::v1::UpdatePostRequest update;
    update.set_id(post.id());
    update.set_content("hello again");
    QVERIFY(m_door.call(&Stub::UpdatePost, &m_alice, update, post).ok());
    QVERIFY(m_feed.value("snapshot:" + post.id()).find("content=hello again") != std::string::npos);
    rpc::v1::AttachMediaRequest attach;
    attach.set_post_id(post.id());
    attach.set_media_id(kit::newUuid());
    QVERIFY(m_door.call(&Stub::AttachMedia, &m_alice, attach, post).ok());
    QVERIFY(m_feed.value("snapshot:" + post.id()).find("media_ids=" + attach.media_id()) != std::string::npos);
    rpc::v1::DeletePostRequest remove;
    remove.set_id(post.id());
    rpc::v1::DeletePostReply gone;
    QVERIFY(m_door.call(&Stub::DeletePost, &m_alice, remove, gone).ok());
    QVERIFY(m_feed.feedOf(m_bob).empty());
    QCOMPARE(m_stores.events().size(), std::size_t{0});
}

void TestContentSync::aFailureIsTakenBack() {
    auto post = create("hello");
    closeFeed();
    create("never seen");
    QCOMPARE(int(m_status.error_code()), int(grpc::StatusCode::UNAVAILABLE));
    QCOMPARE(m_stores.number("SELECT count(*) FROM posts WHERE deleted_at IS NULL"), std::int64_t{1});
    QCOMPARE(m_stores.number("SELECT version FROM posts WHERE deleted_at IS NOT NULL"), std::int64_t{2});
    rpc::v1::UpdatePostRequest update;
    update.set_id(post.id());
    update.set_content("never seen");
    QCOMPARE(int(m_door.call(&Stub::UpdatePost, &m_alice, update, post).error_code()),
             int(grpc::StatusCode::UNAVAILABLE));
    const auto now = m_store.get({post.id()}, false).value().at(0);
    QCOMPARE(now.content, std::string("hello"));
    QCOMPARE(now.version, std::int64_t{3});
}

// The tombstone reached the feed, its answer did not reach content-service.
void TestContentSync::aDeleteTakenBackComesBack() {
    const auto post = create("hello");
    content::Undo undo;
    QVERIFY_OK(m_store.remove(m_alice, post.id(), &undo));
    QVERIFY_OK(m_chain.finish(undo, m_door.signer.sign(m_alice).value().first));
    QVERIFY(m_feed.feedOf(m_bob).empty());
    const auto before = m_store.takeBack(undo);
    QVERIFY(before.value().has_value());
    content::Undo told;
    told.after = *before.value();
    QVERIFY_OK(m_chain.finish(told, m_door.signer.sign(m_alice).value().first));
    QCOMPARE(m_feed.feedOf(m_bob), std::vector{post.id()});
}

void TestContentSync::aKeyOfWhatWasTakenBackIsFree() {
    closeFeed();
    create("hello", "key");
    QVERIFY(!m_status.ok());
    openFeed();
    const auto post = create("hello", "key");
    QVERIFY2(m_status.ok(), m_status.error_message().c_str());
    QCOMPARE(m_feed.feedOf(m_bob), std::vector{post.id()});
    QCOMPARE(create("hello", "key").id(), post.id());
}

// Versions 2 and 3 never reached the feed: the event of version 4 finds the gap and carries the state over.
void TestContentSync::eventsAfterTheGapCatchUp() {
    const auto post = create("hello");
    bool asked = false;
    feed::FeedConsumer consumer(
        m_feed.projections, m_feed.cache,
        [&](const std::vector<std::string>& ids) -> kit::Result<std::vector<feed::PostState>> {
            asked = ids == std::vector{post.id()};
            return std::vector<feed::PostState>{};
        },
        [] {});
    test::deliver(consumer, test::postRecord<PostUpdated>(post.id(), m_alice.userId, 4, 2'000'000, "newest"));
    QVERIFY(asked);
    QVERIFY(m_feed.value("snapshot:" + post.id()).find("content=newest") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestContentSync)
#include "tst_content_sync.moc"
