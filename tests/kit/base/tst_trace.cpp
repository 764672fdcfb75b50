#include <QtTest>
#include <mutex>
#include <thread>

#include "contract/topics.h"
#include "kit/trace/exporter.h"
#include "kit/trace/span.h"
#include "opentelemetry/proto/collector/trace/v1/trace_service.pb.h"

using namespace nova::kit;
using namespace nova::kit::trace;
namespace contract = nova::contract;

class Trace : public QObject {
    Q_OBJECT

    std::mutex m_mutex;
    std::vector<SpanData> m_seen;

private Q_SLOTS:
    void init() {
        m_seen.clear();
        install([this](SpanData&& span) {
            const std::lock_guard lock(m_mutex);
            m_seen.push_back(std::move(span));
        });
    }
    void cleanup() { install(nullptr); }

    void contextRoundTrips() {
        const std::string text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        const auto context = Context::parse(text);
        QVERIFY(context.has_value());
        QVERIFY(context->sampled);
        QCOMPARE(context->traceparent(), text);
        QCOMPARE(context->traceIdHex(), std::string("0af7651916cd43dd8448eb211c80319c"));
        QCOMPARE(context->spanIdHex(), std::string("b7ad6b7169203331"));
        const auto made = Context::fresh(false);
        QVERIFY(made.valid());
        QCOMPARE(Context::parse(made.traceparent())->traceparent(), made.traceparent());
        QVERIFY(made.traceparent().ends_with("-00"));
    }

    void newerVersionsAreRead() {
        QVERIFY(Context::parse("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03-more").has_value());
        QVERIFY(Context::parse("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")->sampled == false);
    }

    void garbageIsRefused() {
        for (const char* bad : {"", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
                                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
                                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01x",
                                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                                "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                "00-0af7651916cd43dd8448eb211c80319-cb7ad6b7169203331-01",
                                "00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01"}) {
            QVERIFY2(!Context::parse(bad), bad);
        }
    }

    void spansNest() {
        Context outerContext;
        {
            Span outer("outer", SpanKind::server, "http", Context::fresh(true));
            outerContext = outer.context();
            QCOMPARE(current().spanIdHex(), outer.context().spanIdHex());
            {
                Span inner("inner", SpanKind::client, "grpc");
                inner.set("n", std::int64_t{7});
                inner.fail("broken");
                QCOMPARE(current().spanIdHex(), inner.context().spanIdHex());
            }
            QCOMPARE(current().spanIdHex(), outerContext.spanIdHex());
        }
        QVERIFY(!current().valid());
        QCOMPARE(m_seen.size(), std::size_t{2});
        QVERIFY(m_seen[0].parentId == outerContext.spanId);
        QVERIFY(m_seen[0].context.traceId == outerContext.traceId);
        QVERIFY(m_seen[0].failed);
        QCOMPARE(m_seen[0].numbers.at(0).second, std::int64_t{7});
        QVERIFY(m_seen[1].parentId == (std::array<std::uint8_t, 8>{}));
        QCOMPARE(outermost().spanIdHex(), outerContext.spanIdHex());
        forgetOutermost();
        QVERIFY(!outermost().valid());
    }

    void rootsOfOneSeedDiffer() {
        const Context seed = Context::fresh(true);
        const Span a("a", SpanKind::internal, "http", seed);
        const Span b("b", SpanKind::internal, "http", seed);
        QVERIFY(a.context().traceId == b.context().traceId);
        QVERIFY(a.context().spanId != b.context().spanId);
    }

    void remoteParentIsContinued() {
        const auto remote = Context::parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        { const Span span("server", SpanKind::server, "grpc", *remote); }
        QVERIFY(m_seen.at(0).parentId == remote->spanId);
        QCOMPARE(m_seen.at(0).context.traceIdHex(), std::string("0af7651916cd43dd8448eb211c80319c"));
    }

    void nothingWithoutATrace() {
        {
            const Span span("probe", SpanKind::internal, "sql");
            QVERIFY(!span.context().valid());
        }
        {
            const Span unsampled("busy", SpanKind::server, "http", Context::fresh(false));
            QVERIFY(unsampled.context().valid());
            QVERIFY(unsampled.context().traceparent().ends_with("-00"));
            const Span child("child", SpanKind::client, "grpc");
            QVERIFY(child.context().traceId == unsampled.context().traceId);
        }
        QVERIFY(m_seen.empty());
    }

    void endIsIdempotent() {
        Span span("once", SpanKind::internal, "sql", Context::fresh(true));
        const auto id = span.context().spanIdHex();
        span.end();
        span.end();
        QCOMPARE(m_seen.size(), std::size_t{1});
        QCOMPARE(span.context().spanIdHex(), id);
        QVERIFY(!current().valid());
    }

    void scopeCrossesThreads() {
        Context sent;
        {
            const Span outer("outer", SpanKind::server, "http", Context::fresh(true));
            sent = outer.context();
            std::thread([&] {
                QVERIFY(!current().valid());
                {
                    const Scope scope(sent);
                    const Span child("child", SpanKind::internal, "sql");
                }
                QVERIFY(!current().valid());
            }).join();
        }
        QVERIFY(m_seen.at(0).parentId == sent.spanId);
        QVERIFY(m_seen.at(0).context.traceId == sent.traceId);
    }

    void recordKeepsItsContext() {
        const Context parent = Context::fresh(true);
        SpanData data;
        data.context = parent.child();
        data.parentId = parent.spanId;
        data.name = "in Kafka";
        const auto context = record(data);
        QVERIFY(context.spanId == data.context.spanId);
        data.context.spanId = {};
        QVERIFY(record(data).valid());
        data.context.sampled = false;
        record(data);
        QCOMPARE(m_seen.size(), std::size_t{2});
    }

    void otlpIsReadBack() {
        SpanData span;
        const Context parent = Context::fresh(true);
        span.context = parent.child();
        span.parentId = parent.spanId;
        span.name = "Content/CreatePost";
        span.kind = SpanKind::client;
        span.start = *parseRfc3339("2026-11-23T01:02:03.123456Z");
        span.duration = std::chrono::microseconds{4'567};
        span.failed = true;
        span.error = "gone";
        span.text = {{std::string(contract::attr::kind), "grpc"}};
        span.numbers = {{"n", -5}};
        span.links = {Context::fresh(true)};
        opentelemetry::proto::collector::trace::v1::ExportTraceServiceRequest read;
        QVERIFY(read.ParseFromString(encodeOtlp("content-service", "content-service/0", {span, span})));
        QCOMPARE(read.resource_spans_size(), 1);
        const auto& resource = read.resource_spans(0).resource().attributes();
        QCOMPARE(resource[0].key(), std::string("service.name"));
        QCOMPARE(resource[0].value().string_value(), std::string("content-service"));
        QCOMPARE(resource[1].key(), std::string("service.instance.id"));
        QCOMPARE(resource[1].value().string_value(), std::string("content-service/0"));
        QCOMPARE(read.resource_spans(0).scope_spans(0).spans_size(), 2);
        const auto& out = read.resource_spans(0).scope_spans(0).spans(0);
        QCOMPARE(out.trace_id(), std::string(span.context.traceId.begin(), span.context.traceId.end()));
        QCOMPARE(out.span_id(), std::string(span.context.spanId.begin(), span.context.spanId.end()));
        QCOMPARE(out.parent_span_id(), std::string(parent.spanId.begin(), parent.spanId.end()));
        QCOMPARE(out.name(), span.name);
        QCOMPARE(static_cast<int>(out.kind()), 3);
        QCOMPARE(out.start_time_unix_nano(), std::uint64_t{1'795'395'723'123'456'000});
        QCOMPARE(out.end_time_unix_nano() - out.start_time_unix_nano(), std::uint64_t{4'567'000});
        QCOMPARE(static_cast<int>(out.status().code()), 2);
        QCOMPARE(out.status().message(), std::string("gone"));
        QCOMPARE(out.attributes(0).value().string_value(), std::string("grpc"));
        QCOMPARE(out.attributes(1).value().int_value(), std::int64_t{-5});
        QCOMPARE(out.links_size(), 1);
    }
};

QTEST_GUILESS_MAIN(Trace)
#include "tst_trace.moc"
