// From the broker through decoding into the ring: how fast the tail takes 500,000 events of Nova from the beginning,
// against the bare librdkafka loop on the same records; and how long a record takes from produce() to the batch signal
// at 20,000 a second.
#include <QCoreApplication>
#include <QTimer>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <thread>

#include "app/engine/traffic/traffic_observer.h"
#include "contract/topics.h"
#include "kit/runtime/ids.h"
#include "nova/events/v1/events.pb.h"
#include "tests/bench/bulk_records.h"
#include "tests/bench/samples.h"
#include "tests/support/real_kafka.h"

using namespace nova;

namespace {

constexpr int records = 500'000, partitions = 6, rounds = 3, rate = 20'000, liveSeconds = 8;
const std::string bulkTopic = "bench.bulk", liveTopic = "bench.live";

void fill(bench::BulkRecord& record, const std::string& content) {
    namespace h = contract::header;
    static events::v1::PostCreated post;
    const std::string id = kit::newUuid();
    post.set_post_id(id);
    post.set_author_id(id);
    post.set_content(content);
    post.set_version(1);
    record.key = id;
    record.value = post.SerializeAsString();
    for (const auto& [name, value] : std::initializer_list<std::pair<std::string_view, std::string>>{
             {h::specVersion, "1.0"},
             {h::id, id},
             {h::source, "/nova/bench"},
             {h::type, "PostCreated"},
             {h::time, kit::rfc3339(kit::wallNow())},
             {h::subject, id},
             {h::dataSchema, "nova.events.v1.PostCreated"},
             {h::contentType, "application/protobuf"},
             {h::version, "1"},
             {h::traceParent, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"}})
        record.headers.emplace_back(name, value);
}

// The ring goes on from round to round, as it does in a window: its memory is not new each time.
double tailOnce(const test::RealKafka& kafka, engine::TrafficObserver& observer) {
    std::atomic<int> seen{0};
    observer.setSink([&](const engine::Event&) { seen.fetch_add(1, std::memory_order_relaxed); });
    engine::TailChoice choice;
    choice.topics = {bulkTopic};
    choice.from = {engine::Place::Kind::earliest, 0};
    const bench::Stopwatch clock;
    observer.start(engine::ReadSession(kafka.bootstrap()), choice);
    while (seen < records) QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    const double seconds = clock.ms() / 1'000;
    observer.stop();
    return seconds;
}

std::int64_t steadyNs() {
    return std::chrono::steady_clock::now().time_since_epoch().count();
}

void produceLive(const std::string& bootstrap, int count) {
    auto settings = kit::kafka::commonSettings(bootstrap, "bench-live");
    settings["linger.ms"] = "5";
    settings["queue.buffering.max.messages"] = "500000";
    const auto handle = std::move(kit::kafka::makeHandle(RD_KAFKA_PRODUCER, settings).value());
    const auto start = std::chrono::steady_clock::now();
    std::string value(200, 'x');
    for (int i = 0; i < count; ++i) {
        std::this_thread::sleep_until(start + std::chrono::nanoseconds(std::int64_t{i} * 1'000'000'000 / rate));
        const auto now = steadyNs();
        std::memcpy(value.data(), &now, sizeof now);
        rd_kafka_vu_t vus[4]{};
        vus[0].vtype = RD_KAFKA_VTYPE_TOPIC;
        vus[0].u.cstr = liveTopic.c_str();
        vus[1].vtype = RD_KAFKA_VTYPE_PARTITION;
        vus[1].u.i32 = i % partitions;
        vus[2].vtype = RD_KAFKA_VTYPE_VALUE;
        vus[2].u.mem = {value.data(), value.size()};
        vus[3].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
        vus[3].u.i = RD_KAFKA_MSG_F_COPY;
        rd_kafka_error_destroy(rd_kafka_produceva(handle.get(), vus, 4));
        rd_kafka_poll(handle.get(), 0);
    }
    rd_kafka_flush(handle.get(), 10'000);
}

// Each record's time from produce() to the batch signal that brings it to the window.
bench::Samples live(const test::RealKafka& kafka) {
    engine::TrafficObserver observer;
    bench::Samples delays;
    std::thread producer;
    constexpr int count = rate * liveSeconds;
    QObject::connect(&observer, &engine::TrafficObserver::connected, &observer, [&] {
        if (!producer.joinable()) producer = std::thread(produceLive, kafka.bootstrap(), count);
    });
    QObject::connect(&observer, &engine::TrafficObserver::batch, &observer, [&](const engine::TrafficBatch& batch) {
        const auto snapshot = observer.ring().snapshot();
        const auto now = steadyNs();
        for (auto i = batch.first; i < batch.last; ++i) {
            const auto* event = snapshot.bySequence(i);
            std::int64_t sent = 0;
            if (!event || event->value.size() < sizeof sent) continue;
            std::memcpy(&sent, event->value.data(), sizeof sent);
            delays.add(static_cast<double>(now - sent) / 1e6);
        }
        if (batch.last >= count) QCoreApplication::quit();
    });
    engine::TailChoice choice;
    choice.topics = {liveTopic};
    observer.start(engine::ReadSession(kafka.bootstrap()), choice);
    QTimer::singleShot(60'000, qApp, [] { std::exit(2); });
    QCoreApplication::exec();
    producer.join();
    observer.stop();
    return delays;
}

}  // namespace

int main(int argc, char** argv) {
    QCoreApplication app(argc, argv);
    test::RealKafka kafka;
    kafka.createTopic(bulkTopic, partitions);
    kafka.createTopic(liveTopic, partitions);
    const std::string content(200, 'x');
    bench::sendBulk(kafka.bootstrap(), bulkTopic, partitions, records,
                    [&](int, bench::BulkRecord& record) { fill(record, content); });
    bench::Samples bare, bareHeaders, tail;
    engine::TrafficObserver observer;
    for (int i = 0; i < rounds; ++i) {
        bare.add(bench::bareLoop(kafka.bootstrap(), bulkTopic, partitions, records, false).seconds);
        bareHeaders.add(bench::bareLoop(kafka.bootstrap(), bulkTopic, partitions, records, true).seconds);
        tail.add(tailOnce(kafka, observer));
    }
    const auto line = [](const char* name, const bench::Samples& seconds) {
        std::printf("%-44s %6.2f s  %8.0f records/s\n", name, seconds.percentile(50), records / seconds.percentile(50));
    };
    line("bare loop, default settings", bare);
    line("bare loop, default settings, headers read", bareHeaders);
    line("tail: decoded, in the ring", tail);
    bool ok = bench::verdict("tail / bare loop with headers, time", tail.percentile(50) / bareHeaders.percentile(50),
                             1 / 0.6, "x");
    std::printf("the same against the loop that reads no headers: %.2f x\n", tail.percentile(50) / bare.percentile(50));
    const auto delays = live(kafka);
    std::printf("at %d/s: %zu records, p50 %.1f ms, p95 %.1f ms, p99 %.1f ms\n", rate, delays.size(),
                delays.percentile(50), delays.percentile(95), delays.percentile(99));
    ok = bench::verdict("produced -> batch signal, p50", delays.percentile(50), 50, "ms") && ok;
    return ok ? 0 : 1;
}
