#include <QtTest>

#include "media/base_url.h"
#include "media/media_door.h"
#include "media/media_type.h"
#include "tests/services/media/pictures.h"

using namespace nova;
using namespace nova::media;

class TestMediaType : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void urlsAreForUsersElsewhere() {
        QCOMPARE(baseUrl("127.0.0.1:0", 8080, "nova-7"), std::string("http://127.0.0.1:8080"));
        QCOMPARE(baseUrl("media.example:80", 80, "nova-7"), std::string("http://media.example:80"));
        QCOMPARE(baseUrl("[::1]:80", 81, "nova-7"), std::string("http://[::1]:81"));
        for (const char* all : {"0.0.0.0:80", "[::]:80", "*:80"})
            QCOMPARE(baseUrl(all, 80, "nova-7"), std::string("http://nova-7:80"));
    }
    void known_data() {
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<quint32>("width");
        QTest::addColumn<quint32>("height");
        const auto row = [](const char* name, const std::string& file, const char* type, quint32 width,
                            quint32 height) {
            QTest::newRow(name) << QByteArray::fromStdString(file) << QByteArray(type) << width << height;
        };
        row("png", test::png(640, 480), "image/png", 640, 480);
        row("png 50 MP", test::png(10'000, 5'000), "image/png", 10'000, 5'000);
        row("gif", test::gif(320, 200), "image/gif", 320, 200);
        row("gif 87", "GIF87a" + test::gif(2, 3).substr(6), "image/gif", 2, 3);
        row("jpeg", test::jpeg(800, 600), "image/jpeg", 800, 600);
        row("jpeg progressive", test::jpeg(80, 60, 14, '\xc2'), "image/jpeg", 80, 60);
        row("jpeg behind 3 MB", test::jpeg(800, 600, 3'000'000), "image/jpeg", 800, 600);
        row("jpeg filled", "\xff\xd8\xff" + test::jpeg(8, 6).substr(2), "image/jpeg", 8, 6);
        row("webp extended", test::webpExtended(4'000, 3'000), "image/webp", 4'000, 3'000);
        row("webp lossless", test::webpLossless(300, 16'000), "image/webp", 300, 16'000);
        row("webp lossy", test::webpLossy(640, 360), "image/webp", 640, 360);
        row("mp4", test::mp4(), "video/mp4", 0, 0);
        row("mp4 of a phone", test::mp4("mp42"), "video/mp4", 0, 0);
        row("webm", test::webm(), "video/webm", 0, 0);
    }
    void known() {
        QFETCH(QByteArray, file);
        QFETCH(QByteArray, type);
        const auto told = typeOf(file.toStdString());
        QVERIFY2(told.has_value(), told ? "" : told.error().what.c_str());
        QCOMPARE(QByteArray::fromStdString(told.value().contentType), type);
        QTEST(told.value().width, "width");
        QTEST(told.value().height, "height");
        // The first bytes alone tell the kind.
        const auto kind = kindOf(file.left(static_cast<qsizetype>(bytesToTell)).toStdString());
        QCOMPARE(QByteArray::fromStdString(kind.value()), type);
    }

    void refused_data() {
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<QByteArray>("says");
        const auto row = [](const char* name, const std::string& file, const char* says) {
            QTest::newRow(name) << QByteArray::fromStdString(file) << QByteArray(says);
        };
        row("empty", "", "empty");
        row("text", "hello", "neither a picture nor a film");
        row("html", "<html><script>", "HTML");
        row("svg", "<svg onload=alert(1)>", "SVG");
        row("pdf", "%PDF-1.7", "PDF");
        row("zip", std::string("PK\x03\x04") + "rest", "ZIP");
        row("elf",
            "\x7f"
            "ELF and more",
            "program");
        row("exe", "MZ and more", "program");
        row("script", "#!/bin/sh", "script");
        row("heic", test::mp4("heic"), "brand \"heic\"");
        row("quicktime", test::mp4("qt  "), "brand \"qt  \"");
        row("brand of noise", test::mp4("\x01\x02\x03\x04"), "an ISO media file");
        row("matroska", test::webm("matroska"), "Matroska");
        row("wav", "RIFF1234WAVEfmt ", "RIFF");
        row("half a png signature", "\x89PN", "neither");
        row("png of 50 MP and some", test::png(10'000, 5'001), "more than 50 million");
        row("png bomb", test::png(0xffffffff, 0xffffffff), "more than 50 million");
        row("gif 4 GP", test::gif(65'535, 65'535), "more than 50 million");
        row("jpeg 4 GP", test::jpeg(65'535, 65'535), "more than 50 million");
        row("webp 200 MP", test::webpLossless(16'384, 16'384), "more than 50 million");
        row("png without width", test::png(0, 10), "image/png");
        row("png cut", test::png(10, 10).substr(0, 20), "image/png");
        row("png without IHDR", "\x89PNG\r\n\x1a\n" + std::string(30, 'x'), "image/png");
        row("gif cut", "GIF89a", "image/gif");
        row("jpeg cut", test::jpeg(10, 10).substr(0, 20), "image/jpeg");
        row("jpeg without frame", "\xff\xd8\xff\xda" + std::string(30, '\0'), "image/jpeg");
        row("jpeg of noise", "\xff\xd8\xff\xe0" + std::string(30, '\0'), "image/jpeg");
        row("webp cut", test::webpLossy(10, 10).substr(0, 28), "image/webp");
        row("webp of noise", test::riff("ABCD" + std::string(30, 'x')), "image/webp");
    }
    void refused() {
        QFETCH(QByteArray, file);
        QFETCH(QByteArray, says);
        const auto told = typeOf(file.toStdString());
        QVERIFY(!told);
        QVERIFY(told.error().kind == kit::ErrorKind::badInput);
        QVERIFY2(QByteArray::fromStdString(told.error().what).contains(says), told.error().what.c_str());
    }

    // No prefix of a file, and no file with one byte changed, is read beyond its end.
    void damagedFilesAreReadSafely() {
        for (const auto& file : {test::png(9, 9), test::gif(9, 9), test::jpeg(9, 9), test::webpExtended(9, 9),
                                 test::webpLossless(9, 9), test::webpLossy(9, 9), test::mp4(), test::webm()}) {
            for (std::size_t cut = 0; cut <= file.size(); ++cut) {
                const std::string part(file, 0, cut);  // of its own, so that a sanitizer sees its end
                static_cast<void>(typeOf(part));
            }
            for (std::size_t i = 0; i < file.size(); ++i) {
                for (const char byte : {'\0', '\xff', '\x7f'}) {
                    std::string changed = file;
                    changed[i] = byte;
                    static_cast<void>(typeOf(changed));
                }
            }
        }
    }

    void ranges_data() {
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<qint64>("from");
        QTest::addColumn<qint64>("length");  // -1: passed over
        QTest::newRow("none") << QByteArray() << qint64{0} << qint64{-1};
        QTest::newRow("first") << QByteArray("bytes=0-0") << qint64{0} << qint64{1};
        QTest::newRow("middle") << QByteArray("bytes=10-19") << qint64{10} << qint64{10};
        QTest::newRow("open") << QByteArray("bytes=90-") << qint64{90} << qint64{10};
        QTest::newRow("beyond") << QByteArray("bytes=90-1000") << qint64{90} << qint64{10};
        QTest::newRow("last") << QByteArray("bytes=-3") << qint64{97} << qint64{3};
        QTest::newRow("last of all") << QByteArray("bytes=-300") << qint64{0} << qint64{100};
        QTest::newRow("after the end") << QByteArray("bytes=100-") << qint64{0} << qint64{0};
        QTest::newRow("last none") << QByteArray("bytes=-0") << qint64{100} << qint64{0};
        QTest::newRow("backwards") << QByteArray("bytes=9-3") << qint64{0} << qint64{-1};
        QTest::newRow("several") << QByteArray("bytes=0-1,3-4") << qint64{0} << qint64{-1};
        QTest::newRow("other unit") << QByteArray("pages=1-2") << qint64{0} << qint64{-1};
        QTest::newRow("words") << QByteArray("bytes=a-b") << qint64{0} << qint64{-1};
        QTest::newRow("huge") << QByteArray("bytes=99999999999999999999-") << qint64{0} << qint64{-1};
    }
    void ranges() {
        QFETCH(QByteArray, header);
        QFETCH(qint64, from);
        QFETCH(qint64, length);
        const auto range = rangeOf(header.toStdString(), 100);
        QCOMPARE(range.has_value(), length >= 0);
        if (!range) return;
        QCOMPARE(static_cast<qint64>(range->from), from);
        QCOMPARE(static_cast<qint64>(range->length), length);
    }
};

QTEST_GUILESS_MAIN(TestMediaType)
#include "tst_media_type.moc"
