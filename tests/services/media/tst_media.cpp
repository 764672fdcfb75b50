// How an upload comes in.
#include "tests/services/media/media_world.h"

using namespace nova;
using namespace nova::test;

class TestMedia : public MediaWorld {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { open(); }
    void init() { clear(); }
    void anUploadIsAnObjectARowAndAnEvent();
    void anUploadOfNoPostIsKeyedByItself();
    void sameBytesShareOneObject();
    void thePostMayBeNamedAtTheEnd();
    void largeFilesComeInChunks();
    void refuses_data();
    void refuses();
    void refusesBeforeAllHasCome();
    void needsAUser();
    void aCutStreamLeavesNothing();
    void nothingLiesInTheTemporaryFolder();
    void onlySoManyAtOnce();
    void namesAreCleaned();
};

void TestMedia::anUploadIsAnObjectARowAndAnEvent() {
    const auto bytes = test::png(3, 4);
    const auto reply = uploadWhole(bytes, m_post);
    QVERIFY2(m_status.ok(), m_status.error_message().c_str());
    QVERIFY(kit::isUuid(reply.media_id()));
    QVERIFY(kit::isUuid(reply.upload_id()));
    QCOMPARE(reply.size_bytes(), static_cast<std::int64_t>(bytes.size()));
    QCOMPARE(objects().size(), 1);
    QFile object(objects().first());
    QVERIFY(object.open(QIODevice::ReadOnly));
    QCOMPARE(object.readAll(), QByteArray::fromStdString(bytes));
    const auto digest = QCryptographicHash::hash(QByteArray::fromStdString(bytes), QCryptographicHash::Sha256).toHex();
    QVERIFY(objects().first().endsWith(QStringLiteral("/sha256/") + QString::fromLatin1(digest.left(2)) +
                                       QLatin1Char('/') + QString::fromLatin1(digest)));
    QCOMPARE(stateOf(reply.media_id()), std::string("ready 1"));
    const auto events = m_stores.events();
    QCOMPARE(events.size(), std::size_t{1});
    QCOMPARE(events[0].topic, std::string("nova.media.events"));
    QCOMPARE(events[0].key, m_post);
    QCOMPARE(events[0].type, std::string("media.upload.completed"));
    QCOMPARE(events[0].version, 1);
    const auto event = test::parsed<events::v1::MediaUploadCompleted>(events[0].payload);
    QCOMPARE(event.upload_id(), reply.upload_id());
    QCOMPARE(event.media_id(), reply.media_id());
    QCOMPARE(event.user_id(), m_alice.userId);
    QCOMPARE(event.post_id(), m_post);
    QCOMPARE(event.file_name(), std::string("a.png"));
    QCOMPARE(event.size_bytes(), reply.size_bytes());
    QCOMPARE(event.content_type(), std::string("image/png"));
    QCOMPARE(event.url(), reply.url());
    QVERIFY(event.event_time().seconds() > 1'700'000'000);
}

void TestMedia::anUploadOfNoPostIsKeyedByItself() {
    const auto reply = uploadWhole(test::gif(3, 4));
    QVERIFY(m_status.ok());
    QCOMPARE(m_stores.events().at(0).key, reply.upload_id());
    QCOMPARE(m_stores.number("SELECT count(*) FROM media WHERE post_id IS NULL"), 1);
}

void TestMedia::sameBytesShareOneObject() {
    const auto first = uploadWhole(test::png(3, 4)), second = uploadWhole(test::png(3, 4), m_post);
    QVERIFY(first.media_id() != second.media_id());
    QCOMPARE(objects().size(), 1);
    QCOMPARE(m_stores.number("SELECT count(*) FROM media WHERE state = 'ready'"), 2);
    std::atomic<int> good{0};
    test::together(8, [&](int) {
        auto spool = media::Spool::open(1'000);
        static_cast<void>(spool.value().append(test::png(9, 9)));
        if (m_uploads->finish(spool.value(), {.fileName = "b", .postId = {}, .owner = m_alice, .token = {}})) ++good;
    });
    QCOMPARE(good.load(), 8);
    QCOMPARE(objects().size(), 2);
}

void TestMedia::thePostMayBeNamedAtTheEnd() {
    upload({start("a.png"), chunk(test::png(3, 4)), end(m_post)});
    QVERIFY(m_status.ok());
    QCOMPARE(m_stores.events().at(0).key, m_post);
}

void TestMedia::largeFilesComeInChunks() {
    const auto bytes = test::png(3, 4, std::string(2'900'000, 'x'));
    Messages messages{start("large.png")};
    // The first ones are smaller than what tells the kind.
    for (std::size_t at = 0, size = 7; at < bytes.size(); at += size, size = std::min(size * 3, std::size_t{262'144}))
        messages.push_back(chunk(bytes.substr(at, size)));
    messages.push_back(end());
    const auto reply = upload(messages);
    QVERIFY2(m_status.ok(), m_status.error_message().c_str());
    QCOMPARE(reply.size_bytes(), static_cast<std::int64_t>(bytes.size()));
    QFile object(objects().value(0));
    QVERIFY(object.open(QIODevice::ReadOnly));
    QVERIFY(object.readAll() == QByteArray::fromStdString(bytes));
}

void TestMedia::refuses_data() {
    QTest::addColumn<int>("wrong");
    QTest::addColumn<QByteArray>("says");
    int i = 0;
    for (const char* says :
         {"the file is empty", "a PDF document", "more than 50 million", "larger than 3000000", "begins with `start`",
          "begins with `start`", "at most 256 KiB", "not the id of a post", "not the id of a post", "not valid UTF-8",
          "longer than 255", "nothing follows", "is `start`, `chunk` or `end`"})
        QTest::newRow(qPrintable(QString::number(i))) << i << QByteArray(says), ++i;
}

void TestMedia::refuses() {
    QFETCH(int, wrong);
    QFETCH(QByteArray, says);
    const auto picture = chunk(test::png(3, 4));
    Messages large{start("a"), chunk(test::png(3, 4))};
    for (int i = 0; i < 13; ++i) large.push_back(chunk(std::string(250'000, 'x')));
    large.push_back(end());
    const std::vector<Messages> all{
        {start("a"), end()},
        {start("a"), chunk("%PDF-1.7"), end()},
        {start("a"), chunk(test::png(60'000, 60'000)), end()},
        large,
        {picture, end()},
        {start("a"), start("a"), picture, end()},
        {start("a"), chunk(std::string(262'145, 'x')), end()},
        {start("a", "1' OR 1=1"), picture, end()},
        {start("a"), picture, end("nonsense")},
        {start("a\xff"), picture, end()},
        {start(std::string(256, 'a')), picture, end()},
        {start("a"), picture, end(), picture},
        {start("a"), UploadMediaRequest(), end()},
    };
    // Bytes that are no UTF-8 do not even pass Protobuf's own check on the client, so that one goes in by hand.
    if (says.contains("UTF-8")) {
        QVERIFY_KIND(media::cleanName("a\xff"), badInput);
        return;
    }
    upload(all.at(static_cast<std::size_t>(wrong)));
    QCOMPARE(m_status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    QVERIFY2(QByteArray::fromStdString(m_status.error_message()).contains(says), m_status.error_message().c_str());
    QCOMPARE(m_stores.number("SELECT count(*) FROM media"), 0);
    QVERIFY(objects().isEmpty());
    QVERIFY(m_stores.events().empty());
}

void TestMedia::refusesBeforeAllHasCome() {
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + m_door.signer.sign(m_alice).value().first);
    rpc::v1::Media::Stub stub(m_door.channel);
    UploadMediaReply reply;
    const auto writer = stub.UploadMedia(&context, &reply);
    QVERIFY(writer->Write(start("a.exe")));
    QVERIFY(writer->Write(chunk("MZ" + std::string(100, 'x'))));
    // The rest is not asked for: writing fails soon, long before a bound of its own.
    QVERIFY(test::eventually([&] { return !writer->Write(chunk("more")); }));
    QCOMPARE(writer->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

void TestMedia::needsAUser() {
    upload({start("a.png"), chunk(test::png(3, 4)), end()}, false);
    QCOMPARE(m_status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
    QVERIFY(objects().isEmpty());
}

void TestMedia::aCutStreamLeavesNothing() {
    upload({start("a.png"), chunk(test::png(3, 4))});
    QCOMPARE(m_status.error_code(), grpc::StatusCode::UNAVAILABLE);
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + m_door.signer.sign(m_alice).value().first);
    rpc::v1::Media::Stub stub(m_door.channel);
    UploadMediaReply reply;
    const auto writer = stub.UploadMedia(&context, &reply);
    writer->Write(start("a.png"));
    writer->Write(chunk(test::png(3, 4)));
    context.TryCancel();
    QVERIFY(!writer->Finish().ok());
    QCOMPARE(m_stores.number("SELECT count(*) FROM media"), 0);
    QVERIFY(objects().isEmpty());
}

// What a killed process had received has no name to be found by.
void TestMedia::nothingLiesInTheTemporaryFolder() {
    QTemporaryDir folder;
    qputenv("TMPDIR", folder.path().toUtf8());
    auto spool = media::Spool::open(100'000);
    QVERIFY_OK(spool);
    QVERIFY_OK(spool.value().append(std::string(50'000, 'x')));
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files | QDir::Hidden).size(), 0);
    QVERIFY_KIND(spool.value().append(std::string(50'001, 'x')), badInput);
    qputenv("TMPDIR", "/no such folder");
    QVERIFY_KIND(media::Spool::open(1), transient);
    qunsetenv("TMPDIR");
}

void TestMedia::onlySoManyAtOnce() {
    constexpr int most = 16;
    struct Open {
        grpc::ClientContext context;
        UploadMediaReply reply;
        std::unique_ptr<grpc::ClientWriter<UploadMediaRequest>> writer;
    };
    rpc::v1::Media::Stub stub(m_door.channel);
    const auto begin = [&] {
        auto one = std::make_unique<Open>();
        one->context.AddMetadata("authorization", "Bearer " + m_door.signer.sign(m_alice).value().first);
        one->writer = stub.UploadMedia(&one->context, &one->reply);
        one->writer->Write(start("a.png"));
        return one;
    };
    std::vector<std::unique_ptr<Open>> open;
    for (int i = 0; i < most; ++i) open.push_back(begin());
    QVERIFY(test::eventually([&] {
        // One that came when the upload below had its place was refused itself.
        for (auto& one : open) {
            if (one->writer->Write(chunk(test::png(3, 4)))) continue;
            static_cast<void>(one->writer->Finish());
            one = begin();
        }
        uploadWhole(test::png(3, 4));
        return m_status.error_code() == grpc::StatusCode::UNAVAILABLE;
    }));
    QVERIFY(m_status.error_message().find("too many uploads") != std::string::npos);
    for (auto& one : open) one->context.TryCancel();
    for (auto& one : open) static_cast<void>(one->writer->Finish());
    QVERIFY(test::eventually([&] {
        uploadWhole(test::png(3, 4));
        return m_status.ok();
    }));
}

void TestMedia::namesAreCleaned() {
    QCOMPARE(media::cleanName("C:\\dir\\a b.png").value(), std::string("a b.png"));
    QCOMPARE(media::cleanName("../../etc/passwd").value(), std::string("passwd"));
    QCOMPARE(media::cleanName("a\r\nb\t\x7f.png").value(), std::string("ab.png"));
    QVERIFY_OK(media::cleanName("\xe7\x8c\xab.png"));
    upload({start("dir/"), chunk(test::jpeg(3, 4)), end()});
    QCOMPARE(m_stores.sql("SELECT file_name FROM media")[0][0].as<std::string>(), std::string("upload.jpg"));
}

QTEST_GUILESS_MAIN(TestMedia)
#include "tst_media.moc"
