#include <QtTest>

#include "gateway/http/multipart.h"
#include "gateway/http/upload_form.h"

using namespace nova::gateway;
using nova::kit::Result;
namespace outcome = nova::kit::outcome;

namespace {

// Writes down what it is given: "[name|file name]bytes;".
struct Recorder : FormSink {
    std::string all;
    Result<void> begin(const FormPart& part) override {
        all += "[" + part.name + (part.fileName ? "|" + *part.fileName : "") + "]";
        return outcome::success();
    }
    Result<void> data(std::string_view bytes) override {
        if (bytes.empty()) return nova::kit::badInput("data without bytes");
        all += bytes;
        return outcome::success();
    }
    Result<void> end() override {
        all += ";";
        return outcome::success();
    }
};

// The record of a form fed in pieces of `step` bytes, or "error: …".
std::string read(std::string_view form, std::size_t step, const std::string& boundary = "xyz") {
    Recorder recorder;
    MultipartReader reader(boundary, recorder);
    for (; !form.empty(); form.remove_prefix(std::min(step, form.size())))
        if (auto fed = reader.feed(form.substr(0, step)); !fed) return "error: " + fed.error().what;
    if (auto whole = reader.finish(); !whole) return "error: " + whole.error().what;
    return recorder.all;
}

std::string part(const std::string& disposition, const std::string& body) {
    return "--xyz\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + body + "\r\n";
}

}  // namespace

class Multipart : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void readsForms_data() {
        QTest::addColumn<QByteArray>("form");
        QTest::addColumn<QByteArray>("record");
        const auto row = [](const char* name, const std::string& form, const std::string& record) {
            QTest::newRow(name) << QByteArray::fromStdString(form) << QByteArray::fromStdString(record);
        };
        const auto file = part("name=\"file\"; filename=\"a.png\"", "bytes");
        const auto post = part("name=\"post_id\"", "id");
        row("file first", file + post + "--xyz--\r\n", "[file|a.png]bytes;[post_id]id;");
        row("file last", post + file + "--xyz--", "[post_id]id;[file|a.png]bytes;");
        row("no parts", "--xyz--", "");
        row("preamble and epilogue", "words\r\n" + post + "--xyz--\r\nmore words", "[post_id]id;");
        row("padding", "--xyz \t\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--xyz--", "[a]b;");
        row("empty body", part("name=a", ""), "error");
        row("empty body and end", part("name=a", "") + "--xyz--", "[a];");
        row("nearly a delimiter", part("name=a", "\r\n--xy\r\n-\r\n--xyZ\r\r\n--") + "--xyz--",
            "[a]\r\n--xy\r\n-\r\n--xyZ\r\r\n--;");
        row("line ends", part("name=a", "\r\n\r\n\r\n") + "--xyz--", "[a]\r\n\r\n\r\n;");
        row("other headers",
            "--xyz\r\nContent-Type: image/png\r\ncontent-disposition:Form-Data ; Name = \"a\"\r\nX: "
            "y\r\n\r\n1\r\n--xyz--",
            "[a]1;");
        row("quotes", part("name=\"a\\\"b\"; filename=\"C:\\dir\\x;y.png\"", "1") + "--xyz--",
            "[a\"b|C:\\dir\\x;y.png]1;");
        row("utf-8", part("name=a; filename=\"\xc3\xa4.png\"", "1") + "--xyz--", "[a|\xc3\xa4.png]1;");
        row("empty file name", part("name=a; filename=\"\"", "1") + "--xyz--", "[a|]1;");
        row("binary", part("name=a", std::string("\0\xff\0", 3)) + "--xyz--", std::string("[a]\0\xff\0;", 7));
        row("nothing", "", "error");
        row("cut in the body", "--xyz\r\nContent-Disposition: form-data; name=a\r\n\r\nhalf", "error");
        row("cut before the end", file + "--xyz", "error");
        row("no name", part("filename=a", "1") + "--xyz--", "error");
        row("no disposition", "--xyz\r\nContent-Type: image/png\r\n\r\n1\r\n--xyz--", "error");
        row("no header", "--xyz\r\n\r\n1\r\n--xyz--", "error");
        row("attachment", "--xyz\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--xyz--", "error");
        row("open quote", part("name=\"a", "1") + "--xyz--", "error");
        row("no colon", "--xyz\r\nContent-Disposition form-data; name=a\r\n\r\n1\r\n--xyz--", "error");
        row("longer boundary", "--xyzz\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--xyz--", "error");
        row("long header", part("name=a; x=\"" + std::string(9'000, 'y') + "\"", "1") + "--xyz--", "error");
        row("long padding", "--xyz" + std::string(100, ' ') + "\r\n", "error");
        std::string many;
        for (int i = 0; i < 17; ++i) many += part("name=a", "1");
        row("many parts", many + "--xyz--", "error");
    }
    void readsForms() {
        QFETCH(QByteArray, form);
        QFETCH(QByteArray, record);
        // Whole, byte by byte, and in all steps between.
        for (std::size_t step = 1; step <= static_cast<std::size_t>(form.size()) + 1; ++step) {
            const auto got = read(form.toStdString(), step);
            if (record == "error")
                QVERIFY2(got.starts_with("error: "), got.c_str());
            else
                QCOMPARE(QByteArray::fromStdString(got), record);
            if (step > 300) break;
        }
    }

    // A form cut in two at every place is the same form.
    void splitsAtEveryByte() {
        const std::string form = "pre\r\n" + part("name=\"file\"; filename=\"a\"", "x\r\n--xy\r\ny") +
                                 part("name=\"post_id\"", "id") + "--xyz--\r\nafter";
        for (std::size_t cut = 0; cut <= form.size(); ++cut) {
            Recorder recorder;
            MultipartReader reader("xyz", recorder);
            QVERIFY(reader.feed(std::string_view(form).substr(0, cut)));
            QVERIFY(reader.feed(std::string_view(form).substr(cut)));
            QVERIFY(reader.finish());
            QCOMPARE(recorder.all, std::string("[file|a]x\r\n--xy\r\ny;[post_id]id;"));
        }
    }

    void boundaries_data() {
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("boundary");
        QTest::newRow("plain") << QByteArray("multipart/form-data; boundary=----abc") << QByteArray("----abc");
        QTest::newRow("quoted") << QByteArray("Multipart/Form-Data; charset=utf-8; Boundary=\"a_.oOo._b=\"")
                                << QByteArray("a_.oOo._b=");
        QTest::newRow("spaces") << QByteArray("multipart/form-data ;boundary = abc ") << QByteArray("abc");
        QTest::newRow("none") << QByteArray("multipart/form-data") << QByteArray();
        QTest::newRow("empty") << QByteArray("multipart/form-data; boundary=") << QByteArray();
        QTest::newRow("70") << QByteArray("multipart/form-data; boundary=") + QByteArray(70, 'a')
                            << QByteArray(70, 'a');
        QTest::newRow("71") << QByteArray("multipart/form-data; boundary=") + QByteArray(71, 'a') << QByteArray();
        QTest::newRow("characters") << QByteArray("multipart/form-data; boundary=\"a\rb\"") << QByteArray();
        QTest::newRow("mixed") << QByteArray("multipart/mixed; boundary=abc") << QByteArray();
        QTest::newRow("json") << QByteArray("application/json") << QByteArray();
        QTest::newRow("nothing") << QByteArray() << QByteArray();
    }
    void boundaries() {
        QFETCH(QByteArray, type);
        QFETCH(QByteArray, boundary);
        QCOMPARE(QByteArray::fromStdString(boundaryOf(type.toStdString()).value_or("")), boundary);
    }

    void uploadFormTakesOneFileAndOnePost() {
        const std::string id = "0193a8c2-0000-7000-8000-000000000001";
        const auto feed = [](UploadForm& form, const std::string& bytes) {
            MultipartReader reader("xyz", form);
            return reader.feed(bytes);
        };
        const auto file = part("name=\"file\"; filename=\"a.png\"", "bytes");
        UploadForm form(5);
        QVERIFY(feed(form, part("name=other", std::string(1'000, 'x')) + file + part("name=post_id", id) + "--xyz--"));
        QVERIFY(form.hasFile());
        QCOMPARE(form.fileName(), std::string("a.png"));
        QCOMPARE(form.postId(), id);
        QCOMPARE(form.takeBytes(), std::string("bytes"));
        QVERIFY(form.takeBytes().empty());
        UploadForm small(4), twice(5), posts(5), wrong(5), longId(5);
        QVERIFY(!feed(small, file + "--xyz--"));
        QVERIFY(small.tooLarge());
        QVERIFY(!feed(twice, file + file));
        QVERIFY(!feed(posts, part("name=post_id", id) + part("name=post_id", id) + "--xyz--"));
        QVERIFY(!feed(wrong, part("name=post_id", "1' OR 1=1") + "--xyz--"));
        QVERIFY(!feed(longId, part("name=post_id", std::string(100'000, 'a'))));
    }
};

QTEST_GUILESS_MAIN(Multipart)
#include "tst_multipart.moc"
