// What a filter stands on beside Nova's own payloads: those of other decoders, expressions that would cost, handles and
// outcomes from where they are known.
#include <QtTest>
#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include "app/engine/traffic/filter.h"
#include "app/engine/traffic/filter_handles.h"
#include "app/engine/traffic/filter_outcomes.h"
#include "contract/topics.h"
#include "nova/events/v1/events.pb.h"
#include "opentelemetry/proto/collector/trace/v1/trace_service.pb.h"
#include "tests/support/real_stores.h"

using namespace nova::engine;
using namespace Qt::StringLiterals;
namespace events = nova::events::v1;
namespace attr = nova::contract::attr;
using Json = nlohmann::ordered_json;

class FilterSourcesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void namesThatComeLaterAreKnown() {
        auto filter = std::get<Filter>(Filter::compile(u"type:Late*"_s));
        Event event;
        event.topic = Names::topic("t");
        QVERIFY(!filter.matches(event));
        event.type = Names::type("LateArrival");
        QVERIFY(filter.matches(event));
        QVERIFY(filter.matches(event));
        event.type = Names::type("Early");
        QVERIFY(!filter.matches(event));
    }

    void expressionsAreSafe() {
        // Catastrophic for engines that go back; and no memory without bound.
        Event event;
        event.hasKey = true;
        event.key = std::string(100'000, 'a') + "!";
        auto slow = std::get<Filter>(Filter::compile(u"key~/^(a+)+$/"_s));
        QElapsedTimer timer;
        timer.start();
        QVERIFY(!slow.matches(event));
        QVERIFY(timer.elapsed() < 2'000);
        const auto huge = Filter::compile(u"key~/((a{1000}){1000}){1000}/"_s);
        QVERIFY(std::holds_alternative<FilterError>(huge));
        event.key = "\xFF\xFE\x00x";
        QVERIFY(std::get<Filter>(Filter::compile(u"key~/^[^a]/ or not key~/a/"_s)).matches(event));
    }

    void payloadsOfOtherDecodersAreLookedInto_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("matches");
        const auto row = [](const QString& text, bool matches) {
            QTest::addRow("%s", qPrintable(text)) << text << matches;
        };
        row(u"payload.id:x7"_s, true);
        row(u"payload.id:X7"_s, false);
        row(u"payload.id>5"_s, false);  // text is no number
        row(u"payload.n>2"_s, true);    // one element is enough
        row(u"payload.n:1"_s, true);
        row(u"payload.n:\"1\""_s, false);
        row(u"payload.n:3"_s, false);
        row(u"payload.lines.count:7"_s, true);
        row(u"payload.lines.count>7"_s, false);
        row(u"payload.o.\"a.b\":true"_s, true);
        row(u"payload.o.a.b:true"_s, false);
        row(u"payload.none:*"_s, false);
        row(u"payload.o:*"_s, true);
        row(u"payload.o:true"_s, false);
        row(u"payload.o.at>=2026-11-23T01:00:00Z"_s, true);
        row(u"payload.o.at>2026-11-23T01:00:00Z"_s, false);
        row(u"payload.o.at>\"2026\""_s, true);
        row(u"payload.big:18446744073709551615"_s, true);
        row(u"payload.big:18446744073709551614"_s, false);
        row(u"payload.wait>1.5s"_s, true);  // 1,600: durations count in ms
        row(u"payload.wait>1.6s"_s, false);
        row(u"X7"_s, true);
        row(u"\"say \\\"hi\\\"\""_s, true);
        row(u"x8"_s, false);
        row(u"is:undecodable"_s, false);
    }
    void payloadsOfOtherDecodersAreLookedInto() {
        QFETCH(QString, text);
        Event event;
        event.topic = Names::topic("orders");
        const Json payload{{"id", "x7"},
                           {"n", {1, 2.5}},
                           {"lines", {{{"count", 3}}, {{"count", 7}}}},
                           {"none", nullptr},
                           {"wait", 1600},
                           {"o", {{"a.b", true}, {"at", "2026-11-23T01:00:00Z"}}},
                           {"big", 18'446'744'073'709'551'615u},
                           {"t", "say \"hi\""}};
        event.value = payload.dump();
        auto filter = std::get<Filter>(Filter::compile(text));
        QTEST(filter.matches(event), "matches");
        QCOMPARE(filter.errors(), 0u);
        const auto packed = Json::to_msgpack(payload);
        event.value.assign(packed.begin(), packed.end());
        QTEST(filter.matches(event), "matches");
        QCOMPARE(filter.errors(), 0u);
    }

    void plainTextIsSearched() {
        Event event;
        event.topic = Names::topic("orders");
        event.value = "Hello World";
        auto filter = std::get<Filter>(Filter::compile(u"\"o w\" not payload.x:*"_s));
        QVERIFY(filter.matches(event));
        event.value = "\xC1\x01Hello World";
        QVERIFY(!filter.matches(event));
        QCOMPARE(filter.errors(), 1u);
    }

    void handlesComeFromPostgres() {
        const nova::test::RealPostgres postgres;
        pqxx::connection connection(postgres.uri());
        pqxx::nontransaction work(connection);
        work.exec("CREATE TABLE users (id uuid PRIMARY KEY, handle text)");
        work.exec(
            "INSERT INTO users VALUES ('01a20797-7719-7702-b228-1579b57a7a83', 'dora'), (gen_random_uuid(), NULL)");
        FilterHandles known;
        const auto read = known.readFrom(QString::fromStdString(postgres.uri()));
        QVERIFY2(read, read ? "" : read.error().what.c_str());
        QCOMPARE(known.handleOf("01a20797-7719-7702-b228-1579b57a7a83"), std::string("dora"));
        work.exec("DROP TABLE users");
        QVERIFY(!FilterHandles().readFrom(QString::fromStdString(postgres.uri())));
        QVERIFY(!FilterHandles().readFrom(u"postgresql://127.0.0.1:1/none"_s));
    }

    void staleOutcomesAreReadFromSpans() {
        opentelemetry::proto::collector::trace::v1::ExportTraceServiceRequest request;
        auto* scope = request.add_resource_spans()->add_scope_spans();
        const auto consumed = [&](const char* outcome, std::int64_t offset) {
            auto* span = scope->add_spans();
            for (const auto& [name, text] :
                 {std::pair{attr::outcome, outcome}, {attr::topicName, "nova.content.events"}}) {
                auto* attribute = span->add_attributes();
                attribute->set_key(std::string(name));
                attribute->mutable_value()->set_string_value(text);
            }
            for (const auto& [name, number] : {std::pair{attr::partition, std::int64_t{3}}, {attr::offset, offset}}) {
                auto* attribute = span->add_attributes();
                attribute->set_key(std::string(name));
                attribute->mutable_value()->set_int_value(number);
            }
        };
        consumed("done", 6);
        consumed("stale", 7);
        scope->add_spans();  // without attributes
        Event spans;
        spans.value = request.SerializeAsString();
        FilterOutcomes outcomes;
        outcomes.note(spans);
        spans.value.resize(spans.value.size() - 2);  // cut: nothing is learned, nothing is lost
        outcomes.note(spans);

        FilterContext context;
        context.isStale = [&](const Event& event) { return outcomes.isStale(event); };
        auto filter = std::get<Filter>(Filter::compile(u"is:stale"_s, context));
        Event event;
        event.topic = Names::topic("nova.content.events");
        event.partition = 3;
        for (const auto& [offset, stale] : {std::pair{6, false}, {7, true}, {8, false}}) {
            event.offset = offset;
            QCOMPARE(filter.matches(event), stale);
        }
        event.offset = 7;
        event.partition = 2;
        QVERIFY(!filter.matches(event));
    }

    void handlesAreLearnedFromEvents() {
        events::UserCreated created;
        created.set_user_id("u-9");
        created.set_handle("carol");
        Event event;
        event.type = Names::type("UserCreated");
        event.value = created.SerializeAsString();
        FilterHandles known;
        known.note(event);
        QCOMPARE(known.handleOf("u-9"), std::string("carol"));
        QCOMPARE(known.handleOf("u-8"), std::string());
        event.type = Names::type("PostCreated");
        created.set_user_id("u-8");
        event.value = created.SerializeAsString();
        known.note(event);
        QCOMPARE(known.handleOf("u-8"), std::string());
    }
};

QTEST_GUILESS_MAIN(FilterSourcesTest)
#include "tst_filter_sources.moc"
