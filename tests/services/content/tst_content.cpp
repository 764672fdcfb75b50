#include <QtTest>
#include <mutex>
#include <set>

#include "content/chain.h"
#include "content/content_rpc.h"
#include "content/media_attacher.h"
#include "content/store.h"
#include "contract/topics.h"
#include "kit/rpc/client.h"
#include "kit/rpc/idempotency_keys.h"
#include "kit/runtime/times.h"
#include "kit/trace/span.h"
#include "nova/events/v1/events.pb.h"
#include "nova/rpc/v1/idempotency.grpc.pb.h"
#include "nova/schema/content.h"
#include "tests/services/service_fixture.h"
#include "tests/support/real_stores.h"

using namespace nova;
using Stub = rpc::v1::Content::Stub;

class TestContent : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_stores.sql("TRUNCATE posts, idempotency_keys, outbox"); }
    void cleanup() { kit::trace::install(nullptr); }
    void lifeOfAPost();
    void creatingTakesTwoStatements();
    void contentIsChecked_data();
    void contentIsChecked();
    void onlyTheAuthorChangesAPost();
    void expectedVersionIsHeld();
    void editsAtOnceGetVersionsWithoutHoles();
    void deletedPostsAreGoneForGood();
    void keyReturnsTheFirstPost();
    void keyForSomethingElseIsAConflict();
    void failuresAreNotKept();
    void retriesAtOnceMakeOnePost();
    void keysExpireAfterADay();
    void saysWhatAKeyStandsFor();
    void listPagesWithoutHolesOrRepeats();
    void badCursorsAreRefused();
    void doorNeedsAUserToChangeOnly();

private:
    content::Post make(const std::string& text) { return m_store.create(m_alice, text, "").value(); }

    test::RealPostgres m_postgres;
    test::ServiceStores m_stores{m_postgres.uri(), "content", content::schemaSql};
    content::Store m_store{m_stores.pool, m_stores.outbox};
    const kit::Claims m_alice = test::user("alice", "premium");
    const kit::Claims m_bob = test::user("bob");
};

void TestContent::lifeOfAPost() {
    const auto post = m_store.create(m_alice, "one", "");
    QVERIFY_OK(post);
    QCOMPARE(post.value().version, std::int64_t{1});
    const auto edited =
        m_store.update(m_alice, post.value().id, "two \"quoted\" \\ 'x' \xF0\x9F\x90\x98", std::nullopt);
    QVERIFY_OK(edited);
    QCOMPARE(edited.value().version, std::int64_t{2});
    QVERIFY(edited.value().createdAt == post.value().createdAt);
    QVERIFY_OK(m_store.remove(m_alice, post.value().id));

    const auto events = m_stores.events();
    QCOMPARE(events.size(), std::size_t{3});
    const std::vector<std::string> types{"PostCreated", "PostUpdated", "PostDeleted"};
    for (std::size_t i = 0; i < 3; ++i) {
        QCOMPARE(events[i].topic, std::string(contract::topic::content));
        QCOMPARE(events[i].key, post.value().id);
        QCOMPARE(events[i].type, types[i]);
        QCOMPARE(events[i].version, std::int64_t(i) + 1);
    }
    const auto updated = test::parsed<events::v1::PostUpdated>(events[1].payload);
    QCOMPARE(updated.content(), edited.value().content);
    QCOMPARE(updated.author_id(), m_alice.userId);
    QCOMPARE(updated.user_tier(), std::string("premium"));
    QVERIFY(kit::timeOf(updated.created_at()) == post.value().createdAt);
    QVERIFY(kit::timeOf(updated.event_time()) == edited.value().updatedAt);
    const auto deleted = test::parsed<events::v1::PostDeleted>(events[2].payload);
    QCOMPARE(deleted.version(), std::int64_t{3});
    QCOMPARE(deleted.author_id(), m_alice.userId);
}

void TestContent::creatingTakesTwoStatements() {
    std::vector<kit::trace::SpanData> spans;
    kit::trace::install([&](kit::trace::SpanData&& span) { spans.push_back(std::move(span)); });
    const kit::trace::Scope scope(kit::trace::Context::fresh(true));
    make("one");
    QCOMPARE(spans.size(), std::size_t{1});
    QCOMPARE(spans[0].name, std::string("posts + outbox"));
    for (const auto& [key, value] : spans[0].numbers)
        if (key == contract::attr::statements) QCOMPARE(value, std::int64_t{2});
}

void TestContent::contentIsChecked_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("fine");
    QTest::newRow("empty") << QByteArray() << false;
    QTest::newRow("one") << QByteArray("x") << true;
    QTest::newRow("10,000 ASCII") << QByteArray(10'000, 'x') << true;
    QTest::newRow("10,001 ASCII") << QByteArray(10'001, 'x') << false;
    QTest::newRow("10,000 of four bytes") << QByteArray("\xF0\x9F\x90\x98").repeated(10'000) << true;
    QTest::newRow("10,001 of four bytes") << QByteArray("\xF0\x9F\x90\x98").repeated(10'001) << false;
    QTest::newRow("U+0000") << QByteArray("a\0b", 3) << false;
    QTest::newRow("a lone continuation byte") << QByteArray("a\x80") << false;
    QTest::newRow("overlong") << QByteArray("\xC1\x81") << false;
    QTest::newRow("a surrogate") << QByteArray("\xED\xA0\x80") << false;
    QTest::newRow("beyond Unicode") << QByteArray("\xF4\x90\x80\x80") << false;
    QTest::newRow("cut off") << QByteArray("a\xE2\x82") << false;
}

void TestContent::contentIsChecked() {
    QFETCH(QByteArray, text);
    QFETCH(bool, fine);
    const auto made = m_store.create(m_alice, text.toStdString(), "");
    QCOMPARE(made.has_value(), fine);
    if (fine) QCOMPARE(m_store.get({made.value().id}, false).value().at(0).content, text.toStdString());
    if (!fine) QVERIFY_KIND(made, badInput);
    QCOMPARE(m_stores.events().size(), std::size_t(fine ? 1 : 0));
}

void TestContent::onlyTheAuthorChangesAPost() {
    const auto post = make("mine");
    QVERIFY_KIND(m_store.update(m_bob, post.id, "his", std::nullopt), forbidden);
    QVERIFY_KIND(m_store.remove(m_bob, post.id), forbidden);
    QVERIFY_KIND(m_store.update(m_bob, kit::newUuid(), "x", std::nullopt), notFound);
    QVERIFY_KIND(m_store.update(m_bob, "no uuid", "x", std::nullopt), notFound);
    QVERIFY_KIND(m_store.remove(m_bob, "'; --"), notFound);
    QCOMPARE(m_store.get({post.id}, false).value().at(0).content, std::string("mine"));
    QCOMPARE(m_stores.events().size(), std::size_t{1});
}

void TestContent::expectedVersionIsHeld() {
    const auto post = make("one");
    QVERIFY_OK(m_store.update(m_alice, post.id, "two", 1));
    const auto late = m_store.update(m_alice, post.id, "three", 1);
    QVERIFY_KIND(late, conflict);
    QVERIFY(late.error().what.find("version 2") != std::string::npos);
    QCOMPARE(m_store.get({post.id}, false).value().at(0).content, std::string("two"));
}

void TestContent::editsAtOnceGetVersionsWithoutHoles() {
    const auto post = make("one");
    test::together(8, [&](int i) {
        for (int n = 0; n < 5; ++n) (void)m_store.update(m_alice, post.id, std::to_string(i * 10 + n), std::nullopt);
    });
    std::int64_t expected = 1;
    for (const auto& event : m_stores.events()) QCOMPARE(event.version, expected++);
    QCOMPARE(expected, std::int64_t{42});
}

void TestContent::deletedPostsAreGoneForGood() {
    const auto post = make("one");
    QVERIFY_OK(m_store.remove(m_alice, post.id));
    QVERIFY_KIND(m_store.remove(m_alice, post.id), notFound);
    QVERIFY_KIND(m_store.update(m_alice, post.id, "again", std::nullopt), notFound);
    QVERIFY(m_store.get({post.id}, false).value().empty());
    QVERIFY(m_store.list({m_alice.userId}, 10, "").value().posts.empty());
    const auto tombstone = m_store.get({post.id}, true).value();
    QCOMPARE(tombstone.size(), std::size_t{1});
    QVERIFY(tombstone[0].deleted && tombstone[0].content.empty());
    QCOMPARE(tombstone[0].version, std::int64_t{2});
}

void TestContent::keyReturnsTheFirstPost() {
    const auto first = m_store.create(m_alice, "one", "key");
    QVERIFY_OK(first);
    const auto again = m_store.create(m_alice, "one", "key");
    QVERIFY_OK(again);
    QCOMPARE(again.value().id, first.value().id);
    QVERIFY_OK(m_store.update(m_alice, first.value().id, "edited", std::nullopt));
    const auto later = m_store.create(m_alice, "one", "key");
    QCOMPARE(later.value().content, std::string("edited"));
    QCOMPARE(m_stores.number("SELECT count(*) FROM posts"), std::int64_t{1});
    QCOMPARE(m_stores.events().size(), std::size_t{2});
    const auto hers = m_store.create(m_bob, "one", "key");
    QVERIFY_OK(hers);
    QVERIFY(hers.value().id != first.value().id);
    QVERIFY_OK(m_store.remove(m_alice, first.value().id));
    QVERIFY_KIND(m_store.create(m_alice, "one", "key"), notFound);
}

void TestContent::keyForSomethingElseIsAConflict() {
    QVERIFY_OK(m_store.create(m_alice, "one", "key"));
    QVERIFY_KIND(m_store.create(m_alice, "two", "key"), conflict);
    QVERIFY_KIND(m_store.create(m_alice, "one", std::string(256, 'k')), badInput);
    QCOMPARE(m_stores.number("SELECT count(*) FROM posts"), std::int64_t{1});
}

void TestContent::failuresAreNotKept() {
    QVERIFY_KIND(m_store.create(m_alice, "", "key"), badInput);
    m_stores.sql("ALTER TABLE posts ADD CONSTRAINT broken CHECK (content <> 'one')");
    QVERIFY_KIND(m_store.create(m_alice, "one", "key"), permanent);
    m_stores.sql("ALTER TABLE posts DROP CONSTRAINT broken");
    QVERIFY_OK(m_store.create(m_alice, "one", "key"));
}

void TestContent::retriesAtOnceMakeOnePost() {
    std::mutex mutex;
    std::set<std::string> ids;
    std::atomic<int> answered{0};
    test::together(12, [&](int) {
        const auto post = m_store.create(m_alice, "one", "key");
        if (!post) return;
        ++answered;
        const std::lock_guard lock(mutex);
        ids.insert(post.value().id);
    });
    QCOMPARE(answered.load(), 12);
    QCOMPARE(ids.size(), std::size_t{1});
    QCOMPARE(m_stores.number("SELECT count(*) FROM posts"), std::int64_t{1});
    QCOMPARE(m_stores.events().size(), std::size_t{1});
}

void TestContent::keysExpireAfterADay() {
    const auto first = m_store.create(m_alice, "one", "key");
    m_stores.sql("UPDATE idempotency_keys SET created_at = created_at - interval '24 hours'");
    const auto second = m_store.create(m_alice, "another", "key");
    QVERIFY_OK(second);
    QVERIFY(second.value().id != first.value().id);
    QCOMPARE(m_store.create(m_alice, "another", "key").value().id, second.value().id);
}

void TestContent::saysWhatAKeyStandsFor() {
    test::Door door;
    door.open(kit::idempotencyKeys(m_stores.pool, door.tokens, 0));
    const auto operation = [&](const kit::Claims* who, const std::string& key) {
        rpc::v1::FindKeyRequest request;
        request.set_key(key);
        rpc::v1::FindKeyReply reply;
        const auto status = door.call(&rpc::v1::IdempotencyKeys::Stub::Find, who, request, reply);
        return status.ok() ? reply.operation() : "error " + std::to_string(status.error_code());
    };
    QVERIFY_OK(m_store.create(m_alice, "one", "key"));
    QCOMPARE(operation(&m_alice, "key"), std::string("createPost"));
    QCOMPARE(operation(&m_alice, "another"), std::string());
    QCOMPARE(operation(&m_bob, "key"), std::string());  // each user has keys of their own
    QCOMPARE(operation(nullptr, "key"), "error " + std::to_string(grpc::StatusCode::UNAUTHENTICATED));
    QCOMPARE(operation(&m_alice, ""), "error " + std::to_string(grpc::StatusCode::INVALID_ARGUMENT));
    m_stores.sql("UPDATE idempotency_keys SET created_at = created_at - interval '24 hours'");
    QCOMPARE(operation(&m_alice, "key"), std::string());
}

void TestContent::listPagesWithoutHolesOrRepeats() {
    std::set<std::string> made;
    for (int i = 0; i < 25; ++i) made.insert(m_store.create(i % 2 ? m_alice : m_bob, std::to_string(i), "").value().id);
    m_stores.sql("UPDATE posts SET created_at = date_trunc('second', created_at)");  // nearly all at one moment
    std::set<std::string> seen;
    std::string after;
    for (int pages = 1;; ++pages) {
        const auto page = m_store.list({m_alice.userId, m_bob.userId}, 10, after);
        QVERIFY_OK(page);
        for (const auto& post : page.value().posts) QVERIFY2(seen.insert(post.id).second, "shown twice");
        after = page.value().endCursor;
        if (page.value().hasMore) continue;
        QCOMPARE(pages, 3);
        break;
    }
    QVERIFY(seen == made);
    QCOMPARE(m_store.list({m_bob.userId}, 100, "").value().posts.size(), std::size_t{13});
    QVERIFY(!m_store.list({m_bob.userId}, 13, "").value().hasMore);
}

void TestContent::badCursorsAreRefused() {
    const auto id = kit::newUuid();
    const std::vector<std::string> cursors{"x",
                                           "12",
                                           "12.x",
                                           "x." + id,
                                           "99999999999999999999." + id,
                                           "9223372036854775807." + id,
                                           "-9223372036854775808." + id,
                                           "1 OR 1=1." + id};
    for (const auto& cursor : cursors) QVERIFY_KIND(m_store.list({m_alice.userId}, 10, cursor), badInput);
    QVERIFY_KIND(m_store.list({m_alice.userId}, 0, ""), badInput);
    QVERIFY_KIND(m_store.list({m_alice.userId}, 101, ""), badInput);
}

void TestContent::doorNeedsAUserToChangeOnly() {
    test::Door door;
    content::MediaAttacher attacher(m_stores.pool, m_stores.outbox);
    kit::RpcClients clients{""};
    content::Chain chain(m_store, clients);
    const kit::ServiceConfig config;
    content::ContentRpc service(m_store, attacher, chain, door.tokens, config);
    door.open(service);
    rpc::v1::CreatePostRequest create;
    create.set_content("one");
    rpc::v1::Post post;
    QCOMPARE(int(door.call(&Stub::CreatePost, nullptr, create, post).error_code()),
             int(grpc::StatusCode::UNAUTHENTICATED));
    QVERIFY(door.call(&Stub::CreatePost, &m_alice, create, post).ok());
    QCOMPARE(post.author_id(), m_alice.userId);

    rpc::v1::GetPostsRequest ask;
    ask.add_ids(post.id());
    rpc::v1::GetPostsReply posts;
    QVERIFY(door.call(&Stub::GetPosts, nullptr, ask, posts).ok());
    QCOMPARE(posts.posts(0).content(), std::string("one"));

    rpc::v1::UpdatePostRequest update;
    update.set_id(post.id());
    update.set_content("two");
    update.set_expected_version(0);
    QCOMPARE(int(door.call(&Stub::UpdatePost, &m_alice, update, post).error_code()), int(grpc::StatusCode::ABORTED));
    update.clear_expected_version();
    QCOMPARE(int(door.call(&Stub::UpdatePost, &m_bob, update, post).error_code()),
             int(grpc::StatusCode::PERMISSION_DENIED));
    QVERIFY(door.call(&Stub::UpdatePost, &m_alice, update, post).ok());
    QCOMPARE(post.version(), std::int64_t{2});

    rpc::v1::DeletePostRequest remove;
    remove.set_id(post.id());
    rpc::v1::DeletePostReply gone;
    QVERIFY(door.call(&Stub::DeletePost, &m_alice, remove, gone).ok());
    QCOMPARE(int(door.call(&Stub::DeletePost, &m_alice, remove, gone).error_code()), int(grpc::StatusCode::NOT_FOUND));
    rpc::v1::ListPostsRequest list;
    list.add_author_ids(m_alice.userId);
    list.set_first(10);
    rpc::v1::ListPostsReply page;
    QVERIFY(door.call(&Stub::ListPosts, nullptr, list, page).ok());
    QCOMPARE(page.posts_size(), 0);
}

QTEST_GUILESS_MAIN(TestContent)
#include "tst_content.moc"
