// Searching 1 M records (200 B, lz4, 16 partitions, 2 headers) by a selective filter, against the bare librdkafka loop
// that reads the same records with their headers on one client with the settings that decide a bulk read, and against
// kcat printing the fields into grep. Medians of three, one after the other.
#include <sys/resource.h>

#include <QCoreApplication>
#include <QProcess>
#include <algorithm>
#include <cstdio>

#include "app/engine/traffic/filter.h"
#include "app/engine/traffic/scan.h"
#include "tests/bench/bulk_records.h"
#include "tests/bench/samples.h"
#include "tests/support/real_kafka.h"

using namespace Qt::StringLiterals;
using namespace nova;

namespace {

constexpr int records = 1'000'000, partitions = 16, rareEach = 5'000, rounds = 3;
const std::string topic = "bench.scan";

struct Runs {
    std::vector<double> wall, cpu;
    template <typename Run>
    void add(int who, const Run& run) {
        const double before = bench::cpuSeconds(who);
        wall.push_back(run());
        cpu.push_back(bench::cpuSeconds(who) - before);
    }
};

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

double scanOnce(const engine::ReadSession& session, const QString& text, std::int64_t expected) {
    engine::ScanRequest request;
    request.topics = {topic};
    request.from = {engine::Place::Kind::earliest, 0};
    engine::ScanHooks hooks;
    hooks.judge = engine::judgeOf(std::get<engine::Filter>(engine::Filter::compile(text)));
    std::int64_t bytes = 0;
    hooks.record = [&](const rd_kafka_message_t& message) {
        bytes += static_cast<std::int64_t>(engine::eventFrom(&message).bytes());
        return true;
    };
    const std::atomic<bool> never{false};
    const bench::Stopwatch clock;
    const auto report = engine::scan(session, request, hooks, never);
    const double seconds = clock.ms() / 1'000;
    if (!report || report.value().records != records || report.value().matched != expected) {
        std::fprintf(stderr, "%s: %lld records, %lld matches, not %d and %lld\n", qPrintable(text),
                     report ? static_cast<long long>(report.value().records) : -1,
                     report ? static_cast<long long>(report.value().matched) : -1, records,
                     static_cast<long long>(expected));
        std::exit(2);
    }
    return seconds;
}

double kcatOnce(const test::RealKafka& kafka, std::int64_t expected) {
    QProcess shell;
    const bench::Stopwatch clock;
    shell.start(
        u"sh"_s,
        {u"-c"_s, u"kcat -b %1 -C -t %2 -o beginning -e -q -f '%T %p %o %k %h %s\\n' | grep -c 'ce_type=Rare'"_s.arg(
                      QString::fromStdString(kafka.bootstrap()), QString::fromStdString(topic))});
    shell.waitForFinished(60'000);
    if (shell.readAllStandardOutput().trimmed().toLongLong() != expected) {
        std::fprintf(stderr, "kcat found something else: %s\n", shell.readAllStandardError().constData());
        std::exit(2);
    }
    return clock.ms() / 1'000;
}

}  // namespace

int main(int argc, char** argv) {
    QCoreApplication app(argc, argv);
    test::RealKafka kafka;
    kafka.createTopic(topic, partitions);
    bench::sendBulk(kafka.bootstrap(), topic, partitions, records, [](int i, bench::BulkRecord& record) {
        record.key = "key-" + std::to_string(i);
        record.value = R"({"id":)" + std::to_string(i) + R"(,"text":")" +
                       std::string(170, static_cast<char>('a' + i % 26)) + "\"}";
        record.headers = {{"ce_type", i % rareEach == 0 ? "Rare" : "Usual"}, {"ce_id", "id-" + std::to_string(i)}};
    });
    const engine::ReadSession session(kafka.bootstrap());
    const kit::kafka::Settings bulk{{"queued.min.messages", "1000000"}, {"queued.max.messages.kbytes", "65536"}};
    Runs bare, bareDefault, header, key, kcat;
    for (int i = 0; i < rounds; ++i) {
        bare.add(RUSAGE_SELF,
                 [&] { return bench::bareLoop(kafka.bootstrap(), topic, partitions, records, true, bulk).seconds; });
        bareDefault.add(RUSAGE_SELF,
                        [&] { return bench::bareLoop(kafka.bootstrap(), topic, partitions, records, true).seconds; });
        header.add(RUSAGE_SELF, [&] { return scanOnce(session, u"type:Rare"_s, records / rareEach); });
        key.add(RUSAGE_SELF, [&] { return scanOnce(session, u"key:key-77*"_s, 11'111); });
        kcat.add(RUSAGE_CHILDREN, [&] { return kcatOnce(kafka, records / rareEach); });
    }
    const auto line = [](const char* name, const Runs& runs) {
        std::printf("%-52s %6.2f s  %8.0f records/s  %5.2f s of processor\n", name, median(runs.wall),
                    records / median(runs.wall), median(runs.cpu));
    };
    line("bare loop, headers, one client, bulk settings", bare);
    line("bare loop, headers, one client, librdkafka's defaults", bareDefault);
    line("scan, type:Rare (reads headers)", header);
    line("scan, key:key-77* (reads none), 11,111 matches", key);
    line("kcat printing the fields into grep", kcat);
    bool ok = bench::verdict("scan by header / bare loop with headers, time", median(header.wall) / median(bare.wall),
                             1.0, "x");
    ok = bench::verdict("scan by key / bare loop with headers, time", median(key.wall) / median(bare.wall), 1.0, "x") &&
         ok;
    ok = bench::verdict("scan by header / kcat into grep, time", median(header.wall) / median(kcat.wall), 1.0 / 3,
                        "x") &&
         ok;
    return ok ? 0 : 1;
}
