#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <QtTest>
#include <map>

#include "contract/topics.h"
#include "kit/kafka/handles.h"
#include "kit/runtime/metrics.h"
#include "kit/trace/exporter.h"
#include "opentelemetry/proto/collector/trace/v1/trace_service.pb.h"
#include "tests/kit/base/eventually.h"

using namespace nova::kit;
using nova::test::eventually;
using Cluster = std::unique_ptr<rd_kafka_mock_cluster_t, kafka::Deleter<rd_kafka_mock_cluster_destroy>>;
using Request = opentelemetry::proto::collector::trace::v1::ExportTraceServiceRequest;

namespace {

const std::string topic(nova::contract::topic::spans);

trace::SpanData spanOf(const trace::Context& trace, const std::string& name) {
    trace::SpanData span;
    span.context = trace.child();
    span.name = name;
    return span;
}

}  // namespace

class ExporterTest : public QObject {
    Q_OBJECT

    kafka::Handle m_host;
    Cluster m_cluster;
    std::string m_bootstrap;

    kafka::Handle consumer() const {
        auto settings = kafka::commonSettings(m_bootstrap, "test");
        settings["group.id"] = "test";
        auto made = kafka::makeHandle(RD_KAFKA_CONSUMER, settings);
        kafka::PartitionList all(rd_kafka_topic_partition_list_new(4));
        for (int i = 0; i < 4; ++i)
            rd_kafka_topic_partition_list_add(all.get(), topic.c_str(), i)->offset = RD_KAFKA_OFFSET_BEGINNING;
        rd_kafka_assign(made.value().get(), all.get());
        return std::move(made.value());
    }

private Q_SLOTS:
    void initTestCase() {
        auto host = kafka::makeHandle(RD_KAFKA_PRODUCER, {});
        QVERIFY(host.has_value());
        m_host = std::move(host.value());
        m_cluster.reset(rd_kafka_mock_cluster_new(m_host.get(), 1));
        QVERIFY(m_cluster != nullptr);
        m_bootstrap = rd_kafka_mock_cluster_bootstraps(m_cluster.get());
        QCOMPARE(rd_kafka_mock_topic_create(m_cluster.get(), topic.c_str(), 4, 1), RD_KAFKA_RESP_ERR_NO_ERROR);
    }

    void oneRecordATrace() {
        Metrics metrics;
        const auto first = trace::Context::fresh(true);
        const auto second = trace::Context::fresh(true);
        {
            trace::Exporter exporter(m_bootstrap, "feed-service", "feed-service/0", &metrics);
            QCOMPARE(exporter.askBroker(std::chrono::seconds{5}), std::string());
            exporter.push(spanOf(first, "a"));
            exporter.push(spanOf(second, "b"));
            exporter.push(spanOf(first, "c"));
        }                                                       // the destructor flushes
        std::map<std::string, std::vector<std::string>> names;  // key → span names of its records
        int records = 0;
        const auto reader = consumer();
        QVERIFY(eventually([&] {
            const kafka::Message message(rd_kafka_consumer_poll(reader.get(), 10));
            if (message && message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
                ++records;
                Request request;
                request.ParseFromArray(message->payload, static_cast<int>(message->len));
                const std::string key(static_cast<const char*>(message->key), message->key_len);
                for (const auto& span : request.resource_spans(0).scope_spans(0).spans())
                    names[key].push_back(span.name());
            }
            return names.size() == 2;
        }));
        QCOMPARE(records, 2);
        QCOMPARE(names[first.traceIdHex()], (std::vector<std::string>{"a", "c"}));
        QCOMPARE(names[second.traceIdHex()], (std::vector<std::string>{"b"}));
        QVERIFY(metrics.scrape().find("nova_spans_dropped_total 0") != std::string::npos);
        rd_kafka_consumer_close(reader.get());
    }

    void awayMeansDroppedAndCounted() {
        Metrics metrics;
        trace::Exporter exporter("127.0.0.1:1", "feed-service", "feed-service/0", &metrics);
        QVERIFY(!exporter.askBroker(std::chrono::milliseconds{100}).empty());
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < 12'000; ++i) exporter.push(spanOf(trace::Context::fresh(true), "lost"));
        QVERIFY2(timer.elapsed() < 2'000, "push must not wait");
        auto& dropped = metrics.counter("nova_spans_dropped_total", "");
        QVERIFY(dropped.value() >= 2'000);
        QVERIFY(eventually([&] { return dropped.value() >= 12'000; }));  // the others after message.timeout.ms
        QCOMPARE(dropped.value(), 12'000.0);
    }
};

QTEST_GUILESS_MAIN(ExporterTest)
#include "tst_exporter.moc"
