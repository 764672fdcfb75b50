#include <openssl/evp.h>
#include <unistd.h>

#include <QTcpServer>
#include <QTemporaryFile>
#include <QtTest>
#include <thread>

#include "kit/http/server.h"
#include "kit/objects/object_store.h"
#include "kit/trace/span.h"
#include "tests/support/real_s3.h"

using namespace nova;
using kit::ErrorKind;
using kit::ObjectStore;

namespace {

std::string md5(const std::string& bytes) {
    std::string digest(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), &size, EVP_md5(), nullptr);
    digest.resize(size);
    return digest;
}

// Bytes in a file, as the client wants them.
struct Content {
    QTemporaryFile file;
    kit::ObjectBody body;
    explicit Content(const std::string& bytes, const std::string& type = "image/png") {
        if (!file.open() || file.write(bytes.data(), static_cast<qint64>(bytes.size())) < 0 || !file.flush())
            qFatal("no file");
        body = {.file = file.handle(),
                .size = static_cast<std::int64_t>(bytes.size()),
                .contentType = type,
                .md5 = md5(bytes)};
    }
};

template <typename T>
std::string problem(const kit::Result<T>& result) {
    return result ? std::string() : result.error().what;
}
template <typename T>
bool failedAs(const kit::Result<T>& result, ErrorKind kind) {
    return !result && result.error().kind == kind;
}

std::string pattern(std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>((i * 7 + i / 251) & 0xff);
    return bytes;
}

}  // namespace

#define QVERIFY_OK(...) QCOMPARE(problem(__VA_ARGS__), std::string())

class Objects : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cleanup() { kit::trace::install(nullptr); }

    void lifeOfAnObject() {
        ObjectStore store(m_s3.options());
        QVERIFY_OK(store.ensureBucket());
        QVERIFY_OK(store.ensureBucket());
        QVERIFY(failedAs(store.head("a/b"), ErrorKind::notFound));
        QVERIFY(failedAs(store.get("a/b", 0, 10), ErrorKind::notFound));
        const Content content("hello");
        QVERIFY_OK(store.put("a/b", content.body));
        const auto info = store.head("a/b");
        QVERIFY_OK(info);
        QCOMPARE(info.value().size, 5);
        QCOMPARE(info.value().contentType, std::string("image/png"));
        QCOMPARE(store.get("a/b", 0, 100).value(), std::string("hello"));
        QCOMPARE(store.get("a/b", 1, 3).value(), std::string("ell"));
        QVERIFY(!store.get("a/b", 5, 1));
        const Content other("another", "image/gif");
        QVERIFY_OK(store.put("a/b", other.body));
        QCOMPARE(store.get("a/b", 0, 100).value(), std::string("another"));
        QVERIFY_OK(store.remove("a/b"));
        QVERIFY_OK(store.remove("a/b"));
        QVERIFY(failedAs(store.head("a/b"), ErrorKind::notFound));
    }

    void largeObjects() {
        ObjectStore store(m_s3.options());
        const auto bytes = pattern(20 * 1024 * 1024 + 3);
        const Content content(bytes);
        QVERIFY_OK(store.put("large", content.body));
        QCOMPARE(store.head("large").value().size, content.body.size);
        std::string read;
        while (read.size() < bytes.size()) {
            auto piece = store.get("large", static_cast<std::int64_t>(read.size()), 1024 * 1024);
            QVERIFY_OK(piece);
            read += piece.value();
        }
        QVERIFY(read == bytes);
        QCOMPARE(lseek(content.body.file, 0, SEEK_CUR),
                 static_cast<off_t>(bytes.size()));  // its position is its owner's
    }

    // What arrives broken is refused and leaves what was there.
    void bytesOfAnotherDigestAreRefused() {
        ObjectStore store(m_s3.options());
        const Content content("right");
        QVERIFY_OK(store.put("digest", content.body));
        Content wrong("wrong");
        wrong.body.md5 = md5("other");
        const auto refused = store.put("digest", wrong.body);
        QVERIFY(failedAs(refused, ErrorKind::permanent));
        QVERIFY2(refused.error().what.find("400") != std::string::npos, refused.error().what.c_str());
        QCOMPARE(store.get("digest", 0, 100).value(), std::string("right"));
    }

    void aFileThatEndsEarlyIsAnError() {
        ObjectStore store(m_s3.options());
        Content content("short");
        content.body.size = 100;
        QVERIFY(!store.put("early", content.body));
        QVERIFY(failedAs(store.head("early"), ErrorKind::notFound));
    }

    void keysAreChecked_data() {
        QTest::addColumn<QByteArray>("key");
        for (const char* key :
             {"", "/a", "a/", "a//b", "../b", "a/../b", "a/./b", "a b", "a?b", "a%2fb", "a\nb", "\xc3\xa4"})
            QTest::newRow(key) << QByteArray(key);
        QTest::newRow("long") << QByteArray(513, 'a');
    }
    void keysAreChecked() {
        QFETCH(QByteArray, key);
        ObjectStore store(m_s3.options());
        const Content content("x");
        QVERIFY(failedAs(store.put(key.toStdString(), content.body), ErrorKind::badInput));
        QVERIFY(failedAs(store.head(key.toStdString()), ErrorKind::badInput));
        QVERIFY(failedAs(store.get(key.toStdString(), 0, 1), ErrorKind::badInput));
        QVERIFY(failedAs(store.remove(key.toStdString()), ErrorKind::badInput));
    }

    void rangesAreChecked() {
        ObjectStore store(m_s3.options());
        QVERIFY(failedAs(store.get("a", -1, 1), ErrorKind::badInput));
        QVERIFY(failedAs(store.get("a", 0, 0), ErrorKind::badInput));
    }

    void wrongKeysAreRefusedForGood() {
        auto options = m_s3.options();
        options.secretKey = "not it";
        ObjectStore store(options);
        const auto refused = store.ensureBucket();
        QVERIFY(failedAs(refused, ErrorKind::permanent));
        const Content content("x");
        const auto put = store.put("a", content.body);
        QVERIFY(failedAs(put, ErrorKind::permanent));
        QVERIFY(put.error().what.find("not it") == std::string::npos);
        QVERIFY(put.error().what.find("SignatureDoesNotMatch") != std::string::npos);
    }

    void aServerThatIsAwayIsTransient() {
        auto options = m_s3.options();
        QTcpServer closed;
        QVERIFY(closed.listen(QHostAddress::LocalHost));
        options.endpoint = "http://127.0.0.1:" + std::to_string(closed.serverPort());
        closed.close();
        ObjectStore store(options);
        QVERIFY(failedAs(store.head("a"), ErrorKind::transient));
        QVERIFY(store.head("a").error().inside);
        m_s3.stop();
        ObjectStore real(m_s3.options());
        const Content content("back");
        QVERIFY(failedAs(real.put("a", content.body), ErrorKind::transient));
        m_s3.start();
        QVERIFY_OK(real.put("a", content.body));
    }

    // Answers that the real one gives only in trouble.
    void statusesTellWhatToDo() {
        kit::HttpServer http({.listen = "127.0.0.1:0"});
        std::atomic<int> status{200};
        http.route("/nova-media/", [&](const kit::HttpRequest&) {
            return kit::HttpResponse{status,
                                     "<Error><Code>SlowDown</Code><Message>Reduce your rate</Message></Error>",
                                     "application/xml",
                                     {}};
        });
        QVERIFY(http.start());
        auto options = m_s3.options();
        options.endpoint = "http://127.0.0.1:" + std::to_string(http.port()) + "/";
        ObjectStore store(options);
        for (const int transient : {429, 500, 503}) {
            status = transient;
            const auto failed = store.get("a", 0, 1);
            QVERIFY(failedAs(failed, ErrorKind::transient));
            QVERIFY2(failed.error().what.find("SlowDown: Reduce your rate") != std::string::npos,
                     failed.error().what.c_str());
        }
        status = 400;
        QVERIFY(failedAs(store.get("a", 0, 1), ErrorKind::permanent));
        status = 200;  // a server without ranges
        QCOMPARE(store.get("a", 1, 5).value(), std::string("Error"));
    }

    void callsAreSpans() {
        std::vector<kit::trace::SpanData> spans;
        kit::trace::install([&](kit::trace::SpanData&& span) { spans.push_back(std::move(span)); });
        ObjectStore store(m_s3.options());
        QVERIFY(store.head("nothing").has_error());
        QCOMPARE(spans.size(), std::size_t{0});  // of no trace
        const Content content("x");
        {
            const kit::trace::Span root("root", kit::trace::SpanKind::server, "http", kit::trace::Context::fresh(true));
            QVERIFY_OK(store.put("span", content.body));
            QVERIFY(store.head("nothing").has_error());
        }
        QCOMPARE(spans.size(), std::size_t{3});
        QCOMPARE(spans[0].name, std::string("PutObject"));
        QCOMPARE(spans[1].name, std::string("HeadObject"));
        QVERIFY(!spans[1].failed);  // that there is none is an answer
        const std::pair<std::string, std::string> kind{"nova.kind", "s3"};
        QVERIFY(std::ranges::find(spans[0].text, kind) != spans[0].text.end());
    }

    void manyAtOnce() {
        ObjectStore store(m_s3.options());
        std::atomic<int> good{0};
        std::vector<std::thread> threads;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&, i] {
                const auto bytes = pattern(static_cast<std::size_t>(10'000 + i));
                const Content content(bytes);
                const auto key = "many/" + std::to_string(i);
                for (int j = 0; j < 5; ++j)
                    if (store.put(key, content.body) && store.get(key, 0, 1'000'000).value() == bytes) ++good;
            });
        }
        for (auto& thread : threads) thread.join();
        QCOMPARE(good.load(), 40);
    }

private:
    test::RealS3 m_s3;
};

QTEST_GUILESS_MAIN(Objects)
#include "tst_objects.moc"
