#include <QtTest>
#include <atomic>
#include <mutex>

#include "kit/runtime/health.h"
#include "kit/runtime/metrics.h"

using namespace nova::kit;

class HealthTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void probeRetriesUntilFine() {
        std::atomic<int> asked{0};
        Probe probe(
            "postgres", [&] { return ++asked < 4 ? std::string("connection refused") : std::string(); },
            "postgres: not asked yet");
        QVERIFY(probe.waitFine(std::chrono::seconds{5}));
        QCOMPARE(asked.load(), 4);
        QCOMPARE(probe.state(), std::string());
    }

    void probeSaysWhatIsMissing() {
        Probe probe(
            "redis", [] { return std::string("connection refused\n\tIs it running?\n"); }, "");
        QTRY_COMPARE(probe.state(), std::string("redis: connection refused"));
        QVERIFY(!probe.waitFine(std::chrono::milliseconds{1}));
    }

    void hangingProbeHidesNoOther() {
        std::mutex hang;
        hang.lock();
        Health health("");
        Probe& hanging = health.watch(Health::Weight::needed, "postgres", [&] {
            const std::lock_guard wait(hang);
            return std::string();
        });
        health.watch(Health::Weight::degrades, "kafka", [] { return std::string("away"); });
        QTRY_COMPARE(health.state().degraded, (std::vector<std::string>{"kafka: away"}));
        QCOMPARE(health.state().missing, (std::vector<std::string>{"postgres: not asked yet"}));
        QTRY_COMPARE(health.state().missing, (std::vector<std::string>{"postgres: no answer for 3 s"}));
        hang.unlock();
        QVERIFY(hanging.waitFine(std::chrono::seconds{5}));
        QVERIFY(health.state().missing.empty());
    }

    void phaseAndAddedChecks() {
        Health health("starting");
        std::string consumer = "feed-service: no partitions yet";
        health.add(Health::Weight::needed, [&] { return consumer; });
        QCOMPARE(health.state().missing, (std::vector<std::string>{"starting", consumer}));
        consumer.clear();
        health.setPhase("");
        QVERIFY(health.state().missing.empty());
        health.setPhase("stopping");
        QCOMPARE(health.state().missing, (std::vector<std::string>{"stopping"}));
    }

    void metricsAreWritten() {
        Metrics metrics;
        Counter& drops = metrics.counter("nova_drops_total", "Drops", {{"topic", "a"}});
        drops.add();
        metrics.counter("drops_total", "Drops", {{"topic", "a"}}).add(2);
        QCOMPARE(drops.value(), 3.0);
        metrics.counter("drops_total", "Drops", {{"topic", "b"}}).add(5);
        Gauge& lag = metrics.gauge("consumer_lag", "Lag");
        metrics.beforeScrape([&] { lag.set(42); });
        metrics.histogram("seconds", "Seconds").observe(0.003);
        const std::string page = metrics.scrape();
        for (const char* line :
             {"nova_drops_total{topic=\"a\"} 3\n", "nova_drops_total{topic=\"b\"} 5\n", "nova_consumer_lag 42\n",
              "nova_seconds_bucket{le=\"0.0025\"} 0\n", "nova_seconds_bucket{le=\"0.005\"} 1\n",
              "nova_seconds_count 1\n", "# TYPE nova_drops_total counter\n"}) {
            QVERIFY2(page.find(line) != std::string::npos, (line + page).c_str());
        }
    }
};

QTEST_GUILESS_MAIN(HealthTest)
#include "tst_health.moc"
