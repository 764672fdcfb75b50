// An export opened again holds the same events, byte for byte; CSV is read back by another reader.
#include <csv.h>

#include <QTemporaryDir>
#include <QtTest>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>

#include "app/engine/traffic/capture.h"
#include "app/engine/traffic/decode.h"
#include "nova/events/v1/events.pb.h"

using namespace nova::engine;
using namespace Qt::StringLiterals;

namespace {

std::string randomBytes(std::mt19937& random, std::size_t most) {
    std::string bytes(random() % (most + 1), '\0');
    for (auto& byte : bytes) byte = static_cast<char>(random());
    return bytes;
}

Event randomEvent(std::mt19937& random, std::int64_t offset) {
    Event event;
    event.topic = Names::topic(random() % 2 ? "nova.content.events" : "a,\"b\"\n");
    event.partition = static_cast<int>(random() % 7);
    event.offset = offset;
    event.timestampMs = random() % 9 == 0 ? -1 : 1'700'000'000'000 + static_cast<std::int64_t>(random() % 1'000'000);
    event.hasKey = random() % 4 != 0;
    if (event.hasKey) event.key = random() % 2 ? "key " + std::to_string(offset) : randomBytes(random, 9);
    event.tombstone = random() % 8 == 0;
    if (!event.tombstone) event.value = random() % 2 ? "{\"a\": \"x,\\\"y\\\"\"}" : randomBytes(random, 60);
    nova::kit::kafka::HeaderList headers;
    for (auto i = random() % 4; i > 0; --i)
        headers.emplace_back("h" + std::to_string(random() % 2), randomBytes(random, 5));
    if (random() % 3 == 0) headers.emplace_back(randomBytes(random, 3), "v");
    headers.emplace_back("ce_id", "id" + std::to_string(offset));
    headers.emplace_back("ce_type", "PostCreated");
    event.headerBlob = packHeaders(headers);
    readParts(event);
    return event;
}

}  // namespace

class CaptureTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    static std::vector<Event> events(int count) {
        std::mt19937 random(7);
        std::vector<Event> list;
        for (int i = 0; i < count; ++i) list.push_back(randomEvent(random, i));
        return list;
    }
    QString written(const QString& name, const std::vector<Event>& list) {
        auto writer = CaptureWriter::make(m_folder.filePath(name));
        if (!writer) qFatal("%s", writer.error().what.c_str());
        for (const auto& event : list) {
            if (!writer.value().write(event)) qFatal("not written");
        }
        if (!writer.value().commit()) qFatal("not committed");
        return m_folder.filePath(name);
    }

private Q_SLOTS:
    void whatWasExportedOpensAgain_data() {
        QTest::addColumn<QString>("name");
        QTest::newRow("JSON Lines") << u"all.jsonl"_s;
        QTest::newRow("CSV") << u"again.csv"_s;
    }
    void whatWasExportedOpensAgain() {
        QFETCH(QString, name);
        const auto list = events(500);
        std::vector<Event> back;
        const auto read =
            readCapture(written(name, list), [&](Event&& event) { return back.push_back(std::move(event)), true; });
        QVERIFY2(read, read ? "" : read.error().what.c_str());
        QCOMPARE(read.value(), 500);
        for (std::size_t i = 0; i < list.size(); ++i) {
            const auto &a = list[i], &b = back[i];
            QCOMPARE(b.topic, a.topic);
            QVERIFY(b.partition == a.partition && b.offset == a.offset && b.timestampMs == a.timestampMs);
            QVERIFY(b.hasKey == a.hasKey && b.key == a.key && b.tombstone == a.tombstone && b.value == a.value);
            QCOMPARE(b.headerBlob, a.headerBlob);
            QVERIFY(b.eventId == a.eventId && b.type == a.type && b.undecodable == a.undecodable && b.user == a.user);
            QCOMPARE(toJson(b).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace),
                     toJson(a).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
        }
    }

    void csvIsReadByAnotherReader() {
        const auto list = events(200);
        QFile file(written(u"all.csv"_s, list));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto bytes = file.readAll();
        std::vector<std::vector<std::string>> rows(1);
        csv_parser parser{};
        csv_init(&parser, CSV_STRICT);
        csv_parse(
            &parser, bytes.data(), static_cast<std::size_t>(bytes.size()),
            [](void* text, std::size_t size, void* all) {
                static_cast<decltype(rows)*>(all)->back().emplace_back(static_cast<char*>(text), size);
            },
            [](int, void* all) { static_cast<decltype(rows)*>(all)->emplace_back(); }, &rows);
        csv_free(&parser);
        rows.pop_back();
        QCOMPARE(rows.size(), list.size() + 1);
        for (const auto& row : rows) QCOMPARE(row.size(), rows.front().size());
        const auto column = [&](const std::string& name) {
            return static_cast<std::size_t>(std::find(rows[0].begin(), rows[0].end(), name) - rows[0].begin());
        };
        for (std::size_t i = 0; i < list.size(); ++i) {
            const auto line = toJson(list[i]);
            QCOMPARE(rows[i + 1][column("topic")], Names::topicName(list[i].topic));
            QCOMPARE(rows[i + 1][column("offset")], std::to_string(list[i].offset));
            QCOMPARE(rows[i + 1][column("key")],
                     line["key"].is_string() ? line["key"].get<std::string>() : std::string());
            QCOMPARE(rows[i + 1][column("event_id")], list[i].eventId);
        }
    }

    // Wish 21: export what was searched and import it back, where others turn commas into semicolons.
    void exportAndImportKeepBytesNewlinesQuotesAndNothing_data() { whatWasExportedOpensAgain_data(); }
    void exportAndImportKeepBytesNewlinesQuotesAndNothing() {
        QFETCH(QString, name);
        std::vector<Event> list;
        const auto add = [&](const std::optional<std::string>& key, const std::optional<std::string>& value) {
            Event event;
            event.topic = Names::topic("orders");
            event.offset = static_cast<std::int64_t>(list.size());
            event.hasKey = key.has_value();
            event.key = key.value_or("");
            event.tombstone = !value;
            event.value = value.value_or("");
            event.headerBlob =
                packHeaders({{"try", "1"}, {"try", "2"}, {"", ""}, {"x", "\xFF\x00,\"\r\n"}, {"try", "1"}});
            readParts(event);
            list.push_back(std::move(event));
        };
        using namespace std::string_literals;
        for (const auto& key : {std::optional<std::string>(), std::optional("   "s), std::optional(""s),
                                std::optional("a,\"b\";\r\n\tc"s), std::optional("\0x"s), std::optional("\xC3\x28"s)}) {
            for (const auto& value : {std::optional<std::string>(), std::optional(""s), std::optional("\0\xFE\n"s),
                                      std::optional("{\"a\":\"x,\\ny\"}"s), std::optional("null"s)})
                add(key, value);
        }
        std::vector<Event> back;
        const auto read = readCapture(written(u"hard-"_s + name, list),
                                      [&](Event&& event) { return back.push_back(std::move(event)), true; });
        QVERIFY2(read, read ? "" : read.error().what.c_str());
        QCOMPARE(back.size(), list.size());
        for (std::size_t i = 0; i < list.size(); ++i) {
            QCOMPARE(back[i].hasKey, list[i].hasKey);
            QCOMPARE(back[i].key, list[i].key);
            QCOMPARE(back[i].tombstone, list[i].tombstone);
            QCOMPARE(back[i].value, list[i].value);
            QCOMPARE(back[i].headers(), list[i].headers());
        }
    }

    void aCutValueStaysSaidToBeCut() {
        auto event = events(1).front();
        event.tombstone = false;
        event.value.assign(3'200'000, 'x');
        cutValue(event);
        QVERIFY(event.isCut() && event.value.size() == Event::heldValue && event.valueBytes() == 3'200'000);
        const auto line = toJson(event);
        QVERIFY(line["payload"].is_null() && line["size"] == 3'200'000 && line["cut"] == Event::heldValue);
        QVERIFY(!line.contains("undecodable") && decode(event).cut && decode(event).faults.empty());
        for (const auto& name : {u"cut.jsonl"_s, u"cut.csv"_s}) {
            std::vector<Event> back;
            QVERIFY(readCapture(written(name, {event}), [&](Event&& e) { return back.push_back(std::move(e)), true; }));
            QVERIFY(back.front().valueBytes() == 3'200'000 && back.front().value == event.value);
        }
    }

    void withoutCommitNothingHasHappened() {
        const QString name = written(u"kept.jsonl"_s, events(3));
        {
            auto writer = CaptureWriter::make(name);
            QVERIFY(writer && writer.value().write(events(1).front()));
        }
        QCOMPARE(readCapture(name, [](Event&&) { return true; }).value(), 3);
        QCOMPARE(QDir(m_folder.path()).entryList({u"kept*"_s}).size(), 1);
    }

    void faultsNameTheLine() {
        const QString name = written(u"bad.jsonl"_s, events(2));
        QFile file(name);
        QVERIFY(file.open(QIODevice::Append));
        file.write("{\"topic\":\"t\"}\n");
        file.close();
        const auto read = readCapture(name, [](Event&&) { return true; });
        QVERIFY(!read && read.error().kind == nova::kit::ErrorKind::badInput);
        QVERIFY2(read.error().what.find("line 3: ") != std::string::npos, read.error().what.c_str());
        for (const auto& [bytes, says] : {std::pair("", "it is empty"), std::pair("a,b\r\n", "no column value_base64"),
                                          std::pair("topic,value_base64\r\n\"x\"\r\n", "line 2: it has 1 columns"),
                                          std::pair("topic,value_base64\r\n\"x", "it is no CSV")}) {
            QFile csv(m_folder.filePath(u"bad.csv"_s));
            QVERIFY(csv.open(QIODevice::WriteOnly) && csv.write(bytes) >= 0);
            csv.close();
            const auto none = readCapture(csv.fileName(), [](Event&&) { return true; });
            QVERIFY2(!none && none.error().what.find(says) != std::string::npos, says);
        }
        QVERIFY(!CaptureWriter::make(m_folder.filePath(u"x.txt"_s)));
        QVERIFY(!CaptureWriter::make(u"/nowhere/x.csv"_s));
        QCOMPARE(readCapture(u"/nowhere/x.jsonl"_s, [](Event&&) { return true; }).error().kind,
                 nova::kit::ErrorKind::notFound);
    }
};

QTEST_GUILESS_MAIN(CaptureTest)
#include "tst_capture.moc"
