// The services' /metrics pages read as figures: from text, from two readings, and from a door of our own kit.
#include <QSignalSpy>
#include <QtTest>
#include <atomic>

#include "app/engine/cluster/metrics_reader.h"
#include "kit/http/server.h"

using namespace nova;
using namespace Qt::StringLiterals;

namespace {

const QByteArray firstPage =
    "# HELP nova_outbox_depth Committed events\n"
    "# TYPE nova_outbox_depth gauge\n"
    "nova_outbox_depth 12\n"
    "nova_outbox_oldest_seconds 3.25\n"
    "nova_rpc_seconds_count{method=\"CreatePost\"} 100\n"
    "nova_rpc_seconds_count{method=\"GetPosts\"} 20\n"
    "nova_rpc_seconds_bucket{method=\"GetPosts\",le=\"+Inf\"} 20\n"
    "nova_consume_seconds_count{topic=\"nova.content.events\"} 1000\n"
    "nova_consumer_lag{topic=\"nova.content.events\",partition=\"0\"} 7\n"
    "nova_consumer_lag{topic=\"nova.content.events\",partition=\"3\"} 5\n"
    "nova_consumer_assigned_partitions{topic=\"nova.content.events\"} 6\n"
    "odd{quote=\"a\\\"b,c\"} 1 1700000000000\n"
    "no value\n";

engine::MetricsPage page(const QByteArray& text, qint64 atUs) {
    return {atUs, engine::parseMetrics(text)};
}

}  // namespace

class MetricsReaderTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void linesAreTakenApart() {
        const auto samples = engine::parseMetrics(firstPage);
        QCOMPARE(samples.size(), 10);
        QCOMPARE(samples[0].name, u"nova_outbox_depth"_s);
        QCOMPARE(samples[0].value, 12.0);
        QCOMPARE(samples[2].labels.value(u"method"_s), u"CreatePost"_s);
        QCOMPARE(samples.last().labels.value(u"quote"_s), u"a\"b,c"_s);
        QCOMPARE(samples.last().value, 1.0);
        QVERIFY(engine::parseMetrics("garbage\n{}\n}{\nx{a=b} 1\n").isEmpty());
    }

    void gaugesAreThereAtOnceAndRatesAfterTwoReadings() {
        const engine::MetricsTarget target{u"content-service"_s, 1, {}};
        const auto before = page(firstPage, 1'000'000);
        const auto first = engine::figuresOf(target, before, nullptr);
        QCOMPARE(first.part, u"content-service"_s);
        QCOMPARE(first.replica, 1);
        QCOMPARE(first.outbox, std::optional<qint64>(12));
        QCOMPARE(first.outboxOldestSeconds, std::optional(3.25));
        QCOMPARE(first.lag.value(u"nova.content.events"_s), 12);
        QCOMPARE(first.partitions, std::optional(6));
        QVERIFY(!first.callsPerSecond && !first.requestsPerSecond && first.consumedPerSecond.isEmpty());

        auto later = firstPage;
        later.replace("CreatePost\"} 100", "CreatePost\"} 150").replace("events\"} 1000", "events\"} 1400");
        const auto second = engine::figuresOf(target, page(later, 3'000'000), &before);
        QCOMPARE(second.callsPerSecond, std::optional(25.0));
        QCOMPARE(second.consumedPerSecond.value(u"nova.content.events"_s), 200.0);
        QVERIFY(!second.requestsPerSecond);
    }

    void aCounterThatWentBackHasNoRate() {
        const auto before = page("nova_rpc_seconds_count 100\n", 1'000'000);
        const auto figures = engine::figuresOf({}, page("nova_rpc_seconds_count 3\n", 2'000'000), &before);
        QVERIFY(!figures.callsPerSecond);
    }

    void aDoorIsAskedAgainAndAgain() {
        kit::HttpServer server({.listen = "127.0.0.1:0"});
        std::atomic<int> asked{0};
        server.route("/metrics", [&asked](const kit::HttpRequest&) {
            kit::HttpResponse response;
            response.body =
                "nova_gateway_request_seconds_count{action=\"feed\"} " + std::to_string(10 * ++asked) + "\n";
            return response;
        });
        QVERIFY(server.start().has_value());
        engine::MetricsReader reader;
        const auto budget = std::make_shared<engine::ReadBudget>(0);
        QVector<engine::ReplicaFigures> last;
        connect(&reader, &engine::MetricsReader::read, this,
                [&last](const QVector<engine::ReplicaFigures>& figures) { last = figures; });
        // The second target has no door: it is left out, and holds up nobody.
        reader.setTargets({{u"graphql-gateway"_s, 0, u"http://127.0.0.1:%1"_s.arg(server.port())},
                           {u"gone"_s, 0, u"http://127.0.0.1:1"_s}},
                          budget);
        QTRY_VERIFY_WITH_TIMEOUT(!last.isEmpty() && last[0].requestsPerSecond, 10'000);
        QCOMPARE(last.size(), 1);
        QVERIFY(*last[0].requestsPerSecond > 0);
        QVERIFY2(budget->bytes() >= 2 * 50, qPrintable(QString::number(budget->bytes())));  // of two pages
        reader.setTargets({});
        server.stop();
    }
};

QTEST_GUILESS_MAIN(MetricsReaderTest)
#include "tst_metrics_reader.moc"
