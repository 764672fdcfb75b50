// What becomes of uploads: states, sweeps, the synchronous chain, and what others read.
#include "tests/services/media/media_world.h"

using namespace nova;
using namespace nova::test;

class TestMediaStates : public MediaWorld {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { open(); }
    void init() { clear(); }
    void withoutTheStoreNothingIsSeen();
    void aStateNeverGoesBack();
    void whatIsLeftIsSweptAway();
    void whatIsRefusedHoldsUpNoOther();
    void aSharedObjectIsNotSwept();
    void whatDiedWithTheProcessIsAbandoned();
    void syncWaitsForTheAttachment();
    void syncUndoesWhatWasNotAttached();
    void getMediaKnowsReadyOnesOnly();
    void theUrlAnswersTheBytes();
    void theDoorKnowsReadyOnesOnly();
};

void TestMediaStates::withoutTheStoreNothingIsSeen() {
    m_s3.stop();
    uploadWhole(test::png(5, 5), m_post);
    QCOMPARE(m_status.error_code(), grpc::StatusCode::UNAVAILABLE);
    QCOMPARE(m_stores.number("SELECT count(*) FROM media WHERE state = 'failed'"), 1);
    QVERIFY(m_stores.events().empty());
    m_s3.start();
    uploadWhole(test::png(5, 5), m_post);
    QVERIFY(m_status.ok());
    QCOMPARE(m_stores.events().size(), std::size_t{1});
}

void TestMediaStates::aStateNeverGoesBack() {
    const auto late = pendingRow(test::png(3, 4));
    QVERIFY_OK(m_store.fail(late.id));
    QCOMPARE(stateOf(late.id), std::string("failed 1"));
    QVERIFY_KIND(m_store.complete(late, "url", media::Store::Announce::yes), transient);
    QVERIFY_OK(m_store.fail(late.id));
    QCOMPARE(stateOf(late.id), std::string("failed 1"));
    QVERIFY(m_stores.events().empty());
    const auto ready = pendingRow(test::png(5, 6));
    QVERIFY_OK(m_store.complete(ready, "url", media::Store::Announce::yes));
    QVERIFY_KIND(m_store.complete(ready, "url", media::Store::Announce::yes), transient);
    QCOMPARE(m_stores.events().size(), std::size_t{1});
    m_stores.sql("UPDATE media SET created_at = created_at - interval '1 hour'");
    QVERIFY_OK(sweep());
    QVERIFY_OK(m_store.abandonOwn());
    QCOMPARE(stateOf(ready.id), std::string("ready 1"));
}

void TestMediaStates::whatIsLeftIsSweptAway() {
    const auto young = pendingRow(test::png(3, 4)), old = pendingRow(test::png(5, 6)),
               failed = pendingRow(test::png(7, 8));
    QVERIFY_OK(m_store.fail(failed.id));
    m_stores.sql("UPDATE media SET created_at = created_at - interval '11 minutes' WHERE id = $1", old.id);
    QCOMPARE(sweep().value(), 2);
    QCOMPARE(stateOf(young.id), std::string("pending 0"));
    QCOMPARE(stateOf(old.id), std::string("failed 1"));
    QCOMPARE(objects().size(), 1);
    QVERIFY(objects().first().contains(QString::fromStdString(young.sha256)));
    QCOMPARE(sweep().value(), 0);
    // It was on its way all the same: its object is gone, so it must not become ready.
    QVERIFY_KIND(m_store.complete(old, "url", media::Store::Announce::yes), transient);
    // While the store is away the row stays due.
    QVERIFY_OK(m_store.fail(young.id));
    QVERIFY(!m_store.sweep([](const std::string&) { return kit::Result<void>(kit::transient("away")); }));
    QCOMPARE(sweep().value(), 1);
    QVERIFY(objects().isEmpty());
}

void TestMediaStates::whatIsRefusedHoldsUpNoOther() {
    const auto refused = pendingRow(test::png(3, 4)), other = pendingRow(test::png(5, 6));
    QVERIFY_OK(m_store.fail(refused.id));
    QVERIFY_OK(m_store.fail(other.id));
    const auto swept = m_store.sweep([&](const std::string& key) -> kit::Result<void> {
        if (key.ends_with(refused.sha256)) return kit::permanent("access denied");
        return m_objects.remove(key);
    });
    QVERIFY_KIND(swept, permanent);
    QCOMPARE(objects().size(), 1);
    QCOMPARE(sweep().value(), 1);
    QVERIFY(objects().isEmpty());
}

void TestMediaStates::aSharedObjectIsNotSwept() {
    const auto reply = uploadWhole(test::png(3, 4));
    const auto twin = pendingRow(test::png(3, 4)), pending = pendingRow(test::png(5, 6)),
               other = pendingRow(test::png(5, 6));
    QVERIFY_OK(m_store.fail(twin.id));
    QVERIFY_OK(m_store.fail(other.id));
    QCOMPARE(sweep().value(), 2);
    QCOMPARE(objects().size(), 2);
    // An upload that begins while an object is being removed waits, and then stores its own.
    QVERIFY_OK(m_store.fail(pending.id));
    std::binary_semaphore removing{0}, go{0};
    std::thread sweeper([&] {
        static_cast<void>(m_store.sweep([&](const std::string& key) {
            removing.release();
            go.acquire();
            return m_objects.remove(key);
        }));
    });
    removing.acquire();
    std::atomic<bool> began{false};
    std::thread uploader([&] {
        pendingRow(test::png(5, 6));
        began = true;
    });
    const bool waits = test::eventually([&] {
        return began ||
               m_stores.number("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") > 0;
    });
    const bool tooEarly = began;
    go.release();
    sweeper.join();
    uploader.join();
    QVERIFY(waits && !tooEarly);
    QCOMPARE(objects().size(), 2);
    QCOMPARE(stateOf(reply.media_id()), std::string("ready 1"));
}

void TestMediaStates::whatDiedWithTheProcessIsAbandoned() {
    const auto mine = pendingRow(test::png(3, 4));
    media::Store other(m_stores.pool, m_stores.outbox, "media-service/1");
    media::Media theirs = mine;
    theirs.id = kit::newUuid();
    theirs.uploadId = kit::newUuid();
    QVERIFY_OK(other.begin(theirs));
    QCOMPARE(m_store.abandonOwn().value(), 1);
    QCOMPARE(stateOf(mine.id), std::string("failed 1"));
    QCOMPARE(stateOf(theirs.id), std::string("pending 0"));
}

void TestMediaStates::syncWaitsForTheAttachment() {
    const auto reply = uploadWhole(test::png(3, 4), m_post, "sync");
    QVERIFY2(m_status.ok(), m_status.error_message().c_str());
    QCOMPARE(m_content.calls, std::vector<std::string>{"attach sync"});
    QCOMPARE(stateOf(reply.media_id()), std::string("ready 1"));
    QVERIFY(m_stores.events().empty());
    uploadWhole(test::png(3, 4), {}, "sync");
    QVERIFY(m_status.ok());
    QCOMPARE(m_content.calls.size(), std::size_t{1});  // of no post: nothing to attach to
    uploadWhole(test::png(3, 4), m_post, "events");
    QCOMPARE(m_content.calls.size(), std::size_t{1});
    QCOMPARE(m_stores.events().size(), std::size_t{1});
}

void TestMediaStates::syncUndoesWhatWasNotAttached() {
    m_content.answer = {grpc::StatusCode::UNAVAILABLE, "away"};
    uploadWhole(test::png(3, 4), m_post, "sync");
    QCOMPARE(m_status.error_code(), grpc::StatusCode::UNAVAILABLE);
    QCOMPARE(m_content.calls, (std::vector<std::string>{"attach sync", "detach sync"}));
    QCOMPARE(m_stores.number("SELECT count(*) FROM media WHERE state = 'failed' AND version = 2"), 1);
    m_content.answer = {grpc::StatusCode::PERMISSION_DENIED, "another's"};
    uploadWhole(test::png(3, 4), m_post, "sync");
    QCOMPARE(m_status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
    QCOMPARE(m_content.calls.size(), std::size_t{3});
    QCOMPARE(m_stores.number("SELECT count(*) FROM media WHERE state = 'failed'"), 2);
    QVERIFY(m_stores.events().empty());
}

void TestMediaStates::getMediaKnowsReadyOnesOnly() {
    const auto ready = uploadWhole(test::png(3, 4));
    const auto pending = pendingRow(test::png(5, 6));
    rpc::v1::GetMediaRequest request;
    for (const auto& id : {ready.media_id(), pending.id, kit::newUuid(), std::string("nonsense")}) request.add_ids(id);
    rpc::v1::GetMediaReply reply;
    QVERIFY(m_door.call(&rpc::v1::Media::Stub::GetMedia, nullptr, request, reply).ok());
    QCOMPARE(reply.media_size(), 1);
    const auto& item = reply.media(0);
    QCOMPARE(item.id(), ready.media_id());
    QCOMPARE(item.url(), ready.url());
    QCOMPARE(item.file_name(), std::string("a.png"));
    QCOMPARE(item.size_bytes(), ready.size_bytes());
    QCOMPARE(item.content_type(), std::string("image/png"));
    QCOMPARE(item.owner_id(), m_alice.userId);
    QVERIFY(item.created_at().seconds() > 1'700'000'000);
    for (int i = 0; i < 1'000; ++i) request.add_ids(kit::newUuid());
    QCOMPARE(m_door.call(&rpc::v1::Media::Stub::GetMedia, nullptr, request, reply).error_code(),
             grpc::StatusCode::INVALID_ARGUMENT);
}

void TestMediaStates::theUrlAnswersTheBytes() {
    const auto bytes = test::png(3, 4, std::string(2'500'000, 'z'));
    Messages messages{start("\xe7\x8c\xab \".png")};
    for (std::size_t at = 0; at < bytes.size(); at += 200'000) messages.push_back(chunk(bytes.substr(at, 200'000)));
    messages.push_back(end());
    const auto reply = upload(messages);
    QVERIFY(m_status.ok());
    kit::HttpClient client(reply.url());
    const auto header = [](const kit::HttpResponse& response, const std::string& name) {
        for (const auto& [key, value] : response.headers)
            if (key == name) return value;
        return std::string();
    };
    const auto whole = client.send("GET", {});
    QVERIFY_OK(whole);
    QCOMPARE(whole.value().status, 200);
    QVERIFY(whole.value().body == bytes);
    QCOMPARE(whole.value().contentType, std::string("image/png"));
    QCOMPARE(header(whole.value(), "x-content-type-options"), std::string("nosniff"));
    QCOMPARE(header(whole.value(), "content-disposition"), std::string("inline; filename*=UTF-8''%E7%8C%AB%20%22.png"));
    const auto part = client.send("GET", {}, {}, {{"Range", "bytes=1000000-2200000"}});
    QCOMPARE(part.value().status, 206);
    QVERIFY(part.value().body == bytes.substr(1'000'000, 1'200'001));
    QCOMPARE(header(part.value(), "content-range"), "bytes 1000000-2200000/" + std::to_string(bytes.size()));
    QCOMPARE(client.send("GET", {}, {}, {{"Range", "bytes=9000000-"}}).value().status, 416);
    QCOMPARE(client.send("GET", {}, {}, {{"If-None-Match", header(whole.value(), "etag")}}).value().status, 304);
    const auto head = client.send("HEAD", {});
    QCOMPARE(head.value().status, 200);
    QCOMPARE(header(head.value(), "content-length"), std::to_string(bytes.size()));
    QCOMPARE(client.send("DELETE", {}).value().status, 405);
    QVERIFY(client.send("GET", {}).value().body == bytes);  // the connection is in step
}

void TestMediaStates::theDoorKnowsReadyOnesOnly() {
    const auto pending = pendingRow(test::png(5, 6));
    kit::HttpClient client("http://127.0.0.1:" + std::to_string(m_http.port()));
    for (const std::string& id :
         {pending.id, kit::newUuid(), std::string("nonsense"), std::string("../media"), std::string()})
        QCOMPARE(client.send("GET", "/media/" + id).value().status, 404);
    QVERIFY_OK(m_store.complete(pending, "url", media::Store::Announce::no));
    QCOMPARE(client.send("GET", "/media/" + pending.id + "?x=1").value().status, 200);
    QVERIFY_OK(m_store.fail(pending.id));
    QCOMPARE(client.send("GET", "/media/" + pending.id).value().status, 404);
}

QTEST_GUILESS_MAIN(TestMediaStates)
#include "tst_media_states.moc"
