// OTLP as the kit writes it, as others write it, and as nobody should.
#include <QtTest>
#include <cstdint>
#include <limits>
#include <random>

#include "app/engine/actions/event_views.h"
#include "app/engine/actions/span.h"
#include "contract/topics.h"
#include "kit/trace/exporter.h"
#include "opentelemetry/proto/collector/trace/v1/trace_service.pb.h"

using namespace nova::engine;
namespace trace = nova::kit::trace;
namespace attr = nova::contract::attr;

class SpansTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatTheKitEncodesIsRead() {
        trace::SpanData data;
        data.context = trace::Context::fresh(true).child();
        data.parentId = {1, 2, 3, 4, 5, 6, 7, 0xFF};
        data.name = "feeds";
        data.kind = trace::SpanKind::client;
        data.start = nova::kit::WallTime(std::chrono::nanoseconds(1'700'000'000'123'456'789));
        data.duration = std::chrono::microseconds(1'500);
        data.failed = true;
        data.error = "connection reset";
        data.text = {{std::string(attr::kind), "redis"}, {std::string(attr::effect), "feed"}};
        data.numbers = {{std::string(attr::recipients), 284}, {std::string(attr::offset), 9'007'199'254'740'993}};
        data.links = {trace::Context::fresh(true)};
        const auto spans = decodeSpans(trace::encodeOtlp("feed-service", "feed-service/2", {data}));
        QVERIFY(spans && spans->size() == 1);
        const auto& span = spans->front();
        QCOMPARE(span.traceId, data.context.traceIdHex());
        QCOMPARE(span.spanId, data.context.spanIdHex());
        QCOMPARE(span.parentId, std::string("01020304050607ff"));
        QCOMPARE(span.name, std::string("feeds"));
        QCOMPARE(span.service, std::string("feed-service"));
        QCOMPARE(span.instance, std::string("feed-service/2"));
        QCOMPARE(span.hopKind, std::string("redis"));
        QCOMPARE(span.kind, 3);
        QCOMPARE(span.startNs, 1'700'000'000'123'456'789);
        QCOMPARE(span.endNs - span.startNs, 1'500'000);
        QVERIFY(span.failed);
        QCOMPARE(span.error, std::string("connection reset"));
        QCOMPARE(span.number(attr::recipients).value(), 284);
        QCOMPARE(span.number(attr::offset).value(), 9'007'199'254'740'993);
        QVERIFY(!span.number(attr::effect));  // a word is no number
        QCOMPARE(span.links.size(), 1u);
        QCOMPARE(span.links.front().first, data.links.front().traceIdHex());
    }

    void formerNamesOfAttributesAreUnderstood() {
        opentelemetry::proto::collector::trace::v1::ExportTraceServiceRequest request;
        auto* in = request.add_resource_spans()->add_scope_spans()->add_spans();
        in->set_trace_id(std::string(16, 'a'));
        in->set_span_id(std::string(8, 'b'));
        in->set_kind(opentelemetry::proto::trace::v1::Span::SPAN_KIND_CONSUMER);
        const auto add = [&](const char* key, const char* value) {
            auto* attribute = in->add_attributes();
            attribute->set_key(key);
            attribute->mutable_value()->set_string_value(value);
        };
        add("messaging.system", "kafka");
        add("messaging.kafka.consumer.group", "billing");
        add("messaging.kafka.message.offset", "77");
        const auto spans = decodeSpans(request.SerializeAsString());
        QCOMPARE(spans->front().attribute(attr::group), std::string_view("billing"));
        QCOMPARE(spans->front().number(attr::offset).value(), 77);
        QCOMPARE(hopKindOf(spans->front()), std::string("consume"));
    }

    void idsOfAWrongLengthAreLeftOut() {
        opentelemetry::proto::collector::trace::v1::ExportTraceServiceRequest request;
        auto* scope = request.add_resource_spans()->add_scope_spans();
        scope->add_spans()->set_trace_id("short");
        QVERIFY(decodeSpans(request.SerializeAsString())->empty());
    }

    void garbageIsNoSpan() {
        QVERIFY(!decodeSpans("\xFF\xFF\xFF garbage"));
        QVERIFY(decodeSpans("") && decodeSpans("")->empty());
        const auto good = trace::encodeOtlp("s", "s/0", std::vector<trace::SpanData>(3));
        QVERIFY(!decodeSpans(std::string_view(good).substr(0, good.size() - 1)));
        std::mt19937 random(3);
        for (int i = 0; i < 2'000; ++i) {  // no crash, whatever comes
            std::string bytes = good;
            for (int n = 0; n < 4; ++n) bytes[random() % bytes.size()] = static_cast<char>(random());
            static_cast<void>(decodeSpans(bytes));
        }
    }

    void timesBeyondAllClocksStayNumbers() {
        opentelemetry::proto::collector::trace::v1::ExportTraceServiceRequest request;
        auto* span = request.add_resource_spans()->add_scope_spans()->add_spans();
        span->set_trace_id(std::string(16, 'a'));
        span->set_span_id(std::string(8, 'b'));
        span->set_start_time_unix_nano(std::uint64_t{1} << 63);
        span->set_end_time_unix_nano(std::numeric_limits<std::uint64_t>::max());
        const auto spans = decodeSpans(request.SerializeAsString());
        QVERIFY(spans && spans->size() == 1);
        QVERIFY(spans->front().startNs > 0);
        QVERIFY(spans->front().endNs >= spans->front().startNs);
        QVERIFY(spans->front().endNs <= std::numeric_limits<std::int64_t>::max() / 2 + 1);
    }
};

QTEST_GUILESS_MAIN(SpansTest)
#include "tst_spans.moc"
