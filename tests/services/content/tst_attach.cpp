// Media attached to posts: by the events of media-service, and by the synchronous chain.
#include <QtTest>
#include <mutex>

#include "content/media_attacher.h"
#include "content/media_handler.h"
#include "content/store.h"
#include "contract/topics.h"
#include "kit/trace/span.h"
#include "nova/events/v1/events.pb.h"
#include "nova/schema/content.h"
#include "tests/services/records.h"
#include "tests/services/service_fixture.h"
#include "tests/support/real_stores.h"

using namespace nova;
using kit::Outcome;

class TestAttach : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_stores.sql("TRUNCATE posts, idempotency_keys, outbox"); }
    void cleanup() { kit::trace::install(nullptr); }
    void attachingIsAnEdit();
    void secondMediaComeBehind();
    void whatComesAgainIsADuplicate();
    void onlyTheAuthorAttaches();
    void unknownAndDeletedPostsAreSkipped();
    void mediaOfNoPostAreSkipped();
    void brokenEventsAreUndecodable();
    void onlySoManyToAPost();
    void aFailingDatabaseIsTriedAgain();
    void attachmentsAtOnceAreAllKept();
    void editsAndAttachmentsKeepEachOther();
    void detachingUndoes();
    void syncPublishesNothing();
    void theEffectIsOnTheSpan();

private:
    content::Post post() { return m_store.create(m_alice, "text", {}).value(); }
    kit::Record recordFor(const std::string& post, const std::string& media, const std::string& owner) {
        events::v1::MediaUploadCompleted event;
        event.set_upload_id(kit::newUuid());
        event.set_media_id(media);
        event.set_user_id(owner);
        event.set_post_id(post);
        event.set_file_name("a.png");
        kit::Record record;
        record.topic = contract::topic::media;
        record.key = post;
        record.value = event.SerializeAsString();
        record.eventId = kit::newUuid();
        record.type = "media.upload.completed";
        record.dataSchema = event.GetDescriptor()->full_name();
        record.version = 1;
        return record;
    }
    Outcome deliver(const std::string& post, const std::string& media, const std::string& owner) {
        return test::deliver(m_handler, recordFor(post, media, owner)).at(0);
    }
    content::Post stored(const std::string& id) { return m_store.get({id}, true).value().at(0); }

    test::RealPostgres m_postgres;
    test::ServiceStores m_stores{m_postgres.uri(), "content", content::schemaSql};
    content::Store m_store{m_stores.pool, m_stores.outbox};
    content::MediaAttacher m_attacher{m_stores.pool, m_stores.outbox};
    content::MediaHandler m_handler{m_attacher};
    const kit::Claims m_alice = test::user("alice"), m_mallory = test::user("mallory");
};

void TestAttach::attachingIsAnEdit() {
    const auto before = post();
    const auto media = kit::newUuid();
    QVERIFY(m_handler.knows(recordFor(before.id, media, m_alice.userId)));
    QVERIFY(deliver(before.id, media, m_alice.userId) == Outcome::done);
    const auto after = stored(before.id);
    QCOMPARE(after.mediaIds, std::vector{media});
    QCOMPARE(after.version, before.version + 1);
    QCOMPARE(after.content, before.content);
    QVERIFY(after.updatedAt > before.updatedAt);
    const auto events = m_stores.events();
    QCOMPARE(events.size(), std::size_t{2});
    QCOMPARE(events[1].type, std::string("PostUpdated"));
    QCOMPARE(events[1].key, before.id);
    QCOMPARE(events[1].version, 2);
    const auto event = test::parsed<events::v1::PostUpdated>(events[1].payload);
    QCOMPARE(event.media_ids_size(), 1);
    QCOMPARE(event.media_ids(0), media);
    QCOMPARE(event.content(), before.content);
}

void TestAttach::secondMediaComeBehind() {
    const auto id = post().id;
    const auto first = kit::newUuid(), second = kit::newUuid();
    std::vector<kit::Record> batch{recordFor(id, second, m_alice.userId), recordFor(id, first, m_alice.userId)};
    QVERIFY((test::deliver(m_handler, batch) == std::vector{Outcome::done, Outcome::done}));
    QCOMPARE(stored(id).mediaIds, (std::vector{second, first}));  // as they came
    QCOMPARE(stored(id).version, 3);
}

void TestAttach::whatComesAgainIsADuplicate() {
    const auto id = post().id;
    const auto media = kit::newUuid();
    std::vector<kit::Record> batch{recordFor(id, media, m_alice.userId), recordFor(id, media, m_alice.userId)};
    QVERIFY((test::deliver(m_handler, batch) == std::vector{Outcome::done, Outcome::duplicate}));
    QVERIFY(deliver(id, media, m_alice.userId) == Outcome::duplicate);
    QCOMPARE(stored(id).mediaIds, std::vector{media});
    QCOMPARE(stored(id).version, 2);
    QCOMPARE(m_stores.events().size(), std::size_t{2});
}

void TestAttach::onlyTheAuthorAttaches() {
    const auto id = post().id;
    QVERIFY(deliver(id, kit::newUuid(), m_mallory.userId) == Outcome::skipped);
    QCOMPARE(stored(id).version, 1);
    QVERIFY(stored(id).mediaIds.empty());
    QVERIFY_KIND(m_attacher.apply({id, kit::newUuid(), m_mallory.userId}, {}, content::MediaAttacher::Announce::yes),
                 forbidden);
    QCOMPARE(m_stores.events().size(), std::size_t{1});
}

void TestAttach::unknownAndDeletedPostsAreSkipped() {
    QVERIFY(deliver(kit::newUuid(), kit::newUuid(), m_alice.userId) == Outcome::skipped);
    QVERIFY(deliver("nonsense", kit::newUuid(), m_alice.userId) == Outcome::skipped);
    const auto id = post().id;
    QVERIFY_OK(m_store.remove(m_alice, id));
    QVERIFY(deliver(id, kit::newUuid(), m_alice.userId) == Outcome::skipped);
    QCOMPARE(m_stores.events().size(), std::size_t{2});
    QCOMPARE(stored(id).version, 2);
}

void TestAttach::mediaOfNoPostAreSkipped() {
    QVERIFY(deliver({}, kit::newUuid(), m_alice.userId) == Outcome::skipped);
}

void TestAttach::brokenEventsAreUndecodable() {
    auto garbage = recordFor(kit::newUuid(), kit::newUuid(), m_alice.userId);
    garbage.value = "\xff\xff";
    const auto nameless = recordFor(kit::newUuid(), "", m_alice.userId);
    const auto id = post().id;
    const auto good = recordFor(id, kit::newUuid(), m_alice.userId);
    std::vector<kit::Record> records{garbage, nameless, good};
    const auto handled = m_handler.handle({&records[0], &records[1], &records[2]});
    for (const int i : {0, 1}) {
        QVERIFY(handled[static_cast<std::size_t>(i)].outcome == Outcome::failed);
        QVERIFY(handled[static_cast<std::size_t>(i)].error.kind == kit::ErrorKind::badInput);  // never tried again
    }
    QVERIFY(handled[2].outcome == Outcome::done);
}

void TestAttach::onlySoManyToAPost() {
    const auto id = post().id;
    for (int i = 0; i < 100; ++i) QVERIFY(deliver(id, kit::newUuid(), m_alice.userId) == Outcome::done);
    QVERIFY(deliver(id, kit::newUuid(), m_alice.userId) == Outcome::skipped);
    QCOMPARE(stored(id).mediaIds.size(), std::size_t{100});
    QVERIFY(deliver(id, stored(id).mediaIds[7], m_alice.userId) == Outcome::duplicate);
}

void TestAttach::aFailingDatabaseIsTriedAgain() {
    const auto id = post().id;
    auto record = recordFor(id, kit::newUuid(), m_alice.userId);
    m_postgres.stop();
    const auto failed = m_handler.handle({&record}).at(0);
    m_postgres.start();
    QVERIFY(failed.outcome == Outcome::failed);
    QVERIFY(failed.error.retryable());
    QVERIFY(test::deliver(m_handler, record).at(0) == Outcome::done);
}

void TestAttach::attachmentsAtOnceAreAllKept() {
    const auto id = post().id;
    const auto twice = kit::newUuid();
    std::atomic<int> done{0}, duplicates{0};
    test::together(16, [&](int i) {
        const auto outcome = deliver(id, i < 8 ? kit::newUuid() : twice, m_alice.userId);
        if (outcome == Outcome::done) ++done;
        if (outcome == Outcome::duplicate) ++duplicates;
    });
    QCOMPARE(done.load(), 9);
    QCOMPARE(duplicates.load(), 7);
    QCOMPARE(stored(id).mediaIds.size(), std::size_t{9});
    QCOMPARE(stored(id).version, 10);
    QCOMPARE(m_stores.number("SELECT count(DISTINCT agg_version) FROM outbox"), 10);
}

void TestAttach::editsAndAttachmentsKeepEachOther() {
    const auto id = post().id;
    test::together(8, [&](int i) {
        if (i % 2 == 0)
            static_cast<void>(m_store.update(m_alice, id, "edit", {}));
        else
            deliver(id, kit::newUuid(), m_alice.userId);
    });
    QCOMPARE(stored(id).mediaIds.size(), std::size_t{4});
    QCOMPARE(stored(id).content, std::string("edit"));
    QCOMPARE(stored(id).version, 9);
}

void TestAttach::detachingUndoes() {
    const auto id = post().id;
    const auto media = kit::newUuid(), other = kit::newUuid();
    deliver(id, media, m_alice.userId);
    deliver(id, other, m_alice.userId);
    const content::Attachment undo{id, media, m_alice.userId, true};
    const auto undone = m_attacher.apply(undo, {}, content::MediaAttacher::Announce::no);
    QVERIFY_OK(undone);
    QVERIFY(undone.value().changed);
    QCOMPARE(undone.value().post.mediaIds, std::vector{other});
    QCOMPARE(undone.value().post.version, 4);
    const auto again = m_attacher.apply(undo, {}, content::MediaAttacher::Announce::no);
    QVERIFY(!again.value().changed);
    QCOMPARE(again.value().post.version, 4);
    QVERIFY_KIND(m_attacher.apply({id, other, m_mallory.userId, true}, {}, content::MediaAttacher::Announce::no),
                 forbidden);
}

void TestAttach::syncPublishesNothing() {
    const auto id = post().id;
    const auto attached =
        m_attacher.apply({id, kit::newUuid(), m_alice.userId}, {}, content::MediaAttacher::Announce::no);
    QVERIFY(attached.value().changed);
    QCOMPARE(stored(id).version, 2);
    QCOMPARE(m_stores.events().size(), std::size_t{1});
}

// The action's chain: consume span → this statement, which carries the effect → the event that it emits.
void TestAttach::theEffectIsOnTheSpan() {
    const auto id = post().id;
    std::mutex mutex;
    std::vector<kit::trace::SpanData> spans;
    kit::trace::install([&](kit::trace::SpanData&& span) {
        const std::lock_guard lock(mutex);
        spans.push_back(std::move(span));
    });
    auto record = recordFor(id, kit::newUuid(), m_alice.userId);
    record.trace = kit::trace::Context::fresh(true).child();
    QVERIFY(m_handler.handle({&record}).at(0).outcome == Outcome::done);
    QCOMPARE(spans.size(), std::size_t{1});
    const auto& span = spans[0];
    QVERIFY(span.context.traceId == record.trace.traceId);
    QVERIFY(span.parentId == record.trace.spanId);
    const auto has = [](const auto& all, const auto& name, const auto& value) {
        return std::ranges::find(all, std::pair{std::string(name), value}) != all.end();
    };
    QVERIFY(has(span.text, contract::attr::kind, std::string("sql")));
    QVERIFY(has(span.text, contract::attr::effect, std::string("attach")));
    QVERIFY(has(span.numbers, contract::attr::recipients, std::int64_t{1}));
    const auto header = m_stores.sql("SELECT headers->>'traceparent' FROM outbox ORDER BY id DESC LIMIT 1");
    QCOMPARE(header[0][0].as<std::string>(), span.context.traceparent());
    // Again: nothing was done, so there is no effect.
    spans.clear();
    QVERIFY(m_handler.handle({&record}).at(0).outcome == Outcome::duplicate);
    QCOMPARE(spans.size(), std::size_t{1});
    QVERIFY(!has(spans[0].text, contract::attr::effect, std::string("attach")));
}

QTEST_GUILESS_MAIN(TestAttach)
#include "tst_attach.moc"
