// How soon lag is told: groups sampled by Admin calls, groups followed in __consumer_offsets and what that costs at
// rest, and the ends of 39,000 partitions of librdkafka's mock cluster. One real Kafka on this machine; each part takes
// under a minute.
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <sys/resource.h>

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QProcess>
#include <algorithm>
#include <cstdio>
#include <thread>

#include "app/engine/lag/lag_watch.h"
#include "tests/bench/samples.h"
#include "tests/support/real_kafka.h"

using namespace nova;
using namespace nova::engine;
using namespace Qt::StringLiterals;

namespace {

constexpr int polledMany = 1'000, polledMost = 5'000, followed = 15'000, restMs = 8'000, commits = 15,
              mockTopics = 1'000, mockPartitions = 39;

int missed = 0;

void judge(bool good, const char* what) {
    missed += !good;
    std::printf("%s %s\n", good ? "ok  " : "MISS", what);
    std::fflush(stdout);
}

Target targetOf(const std::string& bootstrap) {
    Profile profile;
    profile.kafka = {{"bootstrap.servers", bootstrap}};
    return Target::of(profile);
}

void makeGroups(const test::RealKafka& kafka, const char* prefix, int from, int to, const char* topic, int partitions,
                int offset) {
    QProcess process;
    process.start(u"python3"_s,
                  {QStringLiteral(NOVA_SOURCE_DIR "/tests/system/kafka_wire.py"),
                   QString::fromStdString(kafka.bootstrap()), u"commit"_s, QLatin1String(prefix), QString::number(from),
                   QString::number(to), QLatin1String(topic), QString::number(partitions), QString::number(offset)});
    if (!process.waitForFinished(120'000) || process.exitCode() != 0)
        qFatal("%s", process.readAllStandardError().constData());
}

void polled(const test::RealKafka& kafka, const QStringList& patterns, int groups, double limitMs) {
    LagOptions options;
    options.groups = patterns;
    options.follow = false;
    auto watch = LagWatch::make(targetOf(kafka.bootstrap()), options);
    bench::Samples took;
    qsizetype rows = 0;
    for (int i = 0; i < 4; ++i) {
        const auto sample = watch.value()->look();
        rows = sample.rows.size();
        if (i > 0) took.add(static_cast<double>(sample.tookMs));  // the first one connects
        if (sample.groupsAnswered != groups)
            std::printf("     %d of %d groups answered\n", sample.groupsAnswered, groups);
    }
    std::printf("lag of %d groups, %lld rows, by Admin calls: %.0f ms (median of 3; limit %.0f)\n", groups,
                static_cast<long long>(rows), took.percentile(50), limitMs);
    judge(took.percentile(50) <= limitMs && rows == groups * 6, "sampled within the limit");
}

void followedGroups(const test::RealKafka& kafka) {
    const auto target = targetOf(kafka.bootstrap());
    LagOptions options;
    options.groups = {u"follow-*"_s};
    QElapsedTimer clock;
    clock.start();
    auto watch = LagWatch::make(target, options);
    watch.value()->catchUp(20'000);
    const auto caughtUp = clock.elapsed();
    auto sample = watch.value()->look();
    const auto first = clock.elapsed();
    while (watch.value()->backlog()) sample = watch.value()->look();
    std::printf(
        "%lld rows followed: history read after %lld ms, first look after %lld ms, every group known after %lld ms\n",
        static_cast<long long>(sample.rows.size()), caughtUp, first, clock.elapsed());
    judge(sample.rows.size() == followed && sample.commits == u"followed", "15,000 groups are followed");

    bench::Samples shown;
    for (int i = 0; i < commits; ++i) {
        const int number = i * (followed / commits);
        makeGroups(kafka, "follow-", number, number + 1, "one", 1, 500 + i);
        clock.start();
        const auto name = u"follow-%1"_s.arg(number, 5, 10, QChar(u'0'));
        for (bool seen = false; !seen && clock.elapsed() < 5'000;) {
            sample = watch.value()->look();
            const auto row = std::lower_bound(sample.rows.begin(), sample.rows.end(), name,
                                              [](const LagRow& r, const QString& n) { return r.group < n; });
            seen = row != sample.rows.end() && row->group == name && row->committed == 500 + i;
            if (!seen) std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        shown.add(static_cast<double>(clock.elapsed()));
    }
    std::printf("commit answered -> in a look: p50 %.0f ms, max %.0f ms of %d\n", shown.percentile(50),
                shown.percentile(100), commits);
    judge(shown.percentile(100) + 1'000 <= 2'000, "each commit within 1 s of a look each second");

    const auto requests = target.kafka.budget()->requests(), bytes = target.kafka.budget()->bytes();
    const auto cpu = bench::cpuSeconds(RUSAGE_SELF);
    bench::Samples took;
    for (clock.start(); clock.elapsed() < restMs; std::this_thread::sleep_for(std::chrono::seconds(1)))
        took.add(static_cast<double>(watch.value()->look().tookMs));
    const double seconds = static_cast<double>(clock.elapsed()) / 1'000;
    const double each = static_cast<double>(target.kafka.budget()->requests() - requests) / seconds;
    std::printf("at rest: %.1f requests/s, %.0f B/s, %.0f %% of a core, a look %.0f ms\n", each,
                static_cast<double>(target.kafka.budget()->bytes() - bytes) / seconds,
                (bench::cpuSeconds(RUSAGE_SELF) - cpu) / seconds * 100, took.percentile(50));
    judge(each < 20, "at rest under 20 requests a second");
}

void manyPartitions() {
    auto settings = kit::kafka::commonSettings("none", "bench-mock");
    settings.erase("bootstrap.servers");
    const auto handle = kit::kafka::makeHandle(RD_KAFKA_PRODUCER, settings);
    std::unique_ptr<rd_kafka_mock_cluster_t, kit::kafka::Deleter<rd_kafka_mock_cluster_destroy>> cluster(
        rd_kafka_mock_cluster_new(handle.value().get(), 3));
    std::vector<PartitionKey> all;
    for (int t = 0; t < mockTopics; ++t) {
        const auto name = "topic-" + std::to_string(t);
        rd_kafka_mock_topic_create(cluster.get(), name.c_str(), mockPartitions, 1);
        for (int p = 0; p < mockPartitions; ++p) all.emplace_back(name, p);
    }
    auto ends = EndReader::make(ReadSession(rd_kafka_mock_cluster_bootstraps(cluster.get())));
    QElapsedTimer clock;
    clock.start();
    if (const auto listed = ends.value().refresh(60'000); !listed) qFatal("%s", listed.error().what.c_str());
    const auto listedMs = clock.restart();
    const auto told = ends.value().read(all, true, 30'000);
    const auto firstMs = clock.restart();
    ends.value().read(all, false, 30'000);
    const auto good = std::count_if(told.begin(), told.end(),
                                    [](const auto& e) { return e.second.end && e.second.lso && e.second.start; });
    std::printf(
        "%zu partitions of a mock cluster: listed in %lld ms, starts, ends and stable offsets in %lld ms, ends again "
        "in %lld ms\n",
        all.size(), listedMs, firstMs, clock.elapsed());
    judge(good == static_cast<qsizetype>(all.size()) && listedMs < 5'000, "all told, the listing within 5 s");
}

}  // namespace

int main(int argc, char** argv) {
    const QCoreApplication app(argc, argv);
    manyPartitions();
    test::RealKafka kafka;
    kafka.createTopic("six", 6);
    kafka.createTopic("one", 1);
    std::vector<kit::kafka::OutRecord> records;
    for (int i = 0; i < 6'000; ++i) records.push_back({i < 5'000 ? "six" : "one", "k", "v", {}, i < 5'000 ? i % 6 : 0});
    kafka.send(records);
    makeGroups(kafka, "poll-", 0, polledMost, "six", 6, 10);
    polled(kafka, {u"poll-00*"_s}, polledMany, 1'000);
    polled(kafka, {u"poll-*"_s}, polledMost, 5'000);
    makeGroups(kafka, "follow-", 0, followed, "one", 1, 10);
    followedGroups(kafka);
    return missed > 0;
}
