// A full ring of a million rows behind the rows of a table: what a frame of the window's thread costs while events come
// at 20,000 a second, while it is sorted by a column in the background, and for a jump to a time; and whether memory
// stays flat as the ring turns over. No broker.
#include <QCoreApplication>
#include <QFile>
#include <QTimer>
#include <algorithm>
#include <cstdio>
#include <random>

#include "app/engine/traffic/event_ring.h"
#include "app/views/ring_rows.h"
#include "tests/bench/samples.h"

using namespace nova;

namespace {

constexpr int fullRows = 1'000'000, perFrame = 667, turnedRows = 18'000'000;  // an hour at 5,000 a second
constexpr int unseenRows = 600'000;
constexpr int warmRows = 6'000'000;  // twenty minutes: the ring is full, and so is the share of each quiet topic
constexpr double frameMs = 16;

class Source {
public:
    std::vector<engine::Event> next(int count) {
        std::vector<engine::Event> events(static_cast<std::size_t>(count));
        for (auto& event : events) {
            // Nine of ten rows are of one topic; the others have a share of their own.
            event.topic = m_topics[m_random() % 10 == 0 ? 1 + m_random() % 4 : 0];
            event.type = m_types[m_random() % 5];
            event.partition = static_cast<int>(m_random() % 6);
            event.offset = m_count;
            event.timestampMs = 1'700'000'000'000 + m_count / 20 + static_cast<std::int64_t>(m_random() % 5);
            event.hasKey = true;
            event.key = "key-" + std::to_string(m_random() % 100'000);
            event.eventId = "0193a8e3-1c40-7a2e-b7f0-" + std::to_string(100'000'000'000 + m_count);
            event.value.assign(60, static_cast<char>('a' + m_count % 26));
            ++m_count;
        }
        return events;
    }
    std::int64_t count() const { return m_count; }

private:
    std::int64_t m_count = 0;
    std::mt19937 m_random{7};
    const std::uint16_t m_topics[5]{
        engine::Names::topic("nova.content.events"), engine::Names::topic("nova.social.events"),
        engine::Names::topic("nova.media.events"), engine::Names::topic("nova.message.events"),
        engine::Names::topic("nova.identity.events")};
    const std::uint16_t m_types[5]{engine::Names::type("PostCreated"), engine::Names::type("PostLiked"),
                                   engine::Names::type("PostUpdated"), engine::Names::type("PostDeleted"),
                                   engine::Names::type("PostUnliked")};
};

double residentMiB() {
    QFile file(QStringLiteral("/proc/self/statm"));
    if (!file.open(QIODevice::ReadOnly)) return 0;
    return file.readAll().split(' ').at(1).toDouble() * 4'096 / (1 << 20);
}

template <typename Work>
void time(bench::Samples& samples, const Work& work) {
    const bench::Stopwatch clock;
    work();
    samples.add(clock.ms());
}

void print(const char* what, const bench::Samples& samples) {
    std::printf("%-44s p50 %7.3f  p95 %7.3f  max %7.3f ms, %zu times\n", what, samples.percentile(50),
                samples.percentile(95), samples.percentile(100), samples.size());
}

// Frames until `over` says so: what comes is appended, the rows are refreshed. Both and the events of the loop are a
// frame.
void runFrames(engine::EventRing& ring, views::RingRows& rows, Source& source, bench::Samples& frames,
               const std::function<bool()>& over) {
    while (!over()) {
        auto events = source.next(perFrame);
        ring.append(std::move(events));  // the worker's part
        time(frames, [&] {
            rows.refresh();
            QCoreApplication::processEvents();
        });
    }
}

}  // namespace

int main(int argc, char** argv) {
    QCoreApplication app(argc, argv);
    engine::EventRing ring;
    Source source;
    while (source.count() < fullRows) ring.append(source.next(perFrame));
    views::RingRows rows(ring);
    bench::Samples late, appends, frames, sortCall, sortFrames, jumps;
    double warm = 0, most = 0;
    for (std::int64_t frame = 0; source.count() < turnedRows; ++frame) {
        auto events = source.next(perFrame);
        time(appends, [&] { ring.append(std::move(events)); });
        time(frames, [&] {
            rows.refresh();
            QCoreApplication::processEvents();
        });
        if (frame % 500 != 0) continue;
        most = std::max(most, residentMiB());
        if (warm == 0 && source.count() > warmRows) warm = most;
    }
    for (int i = 0; i < unseenRows / perFrame; ++i) ring.append(source.next(perFrame));
    time(late, [&] { rows.refresh(); });
    const std::int64_t stop = source.count() + 60'000;
    runFrames(ring, rows, source, frames, [&] { return source.count() > stop; });

    bool sorted = false;
    QObject::connect(&rows, &views::RingRows::sorted, &app, [&] { sorted = true; });
    const bench::Stopwatch sorting;
    time(sortCall, [&] { rows.sort(4, Qt::DescendingOrder); });
    runFrames(ring, rows, source, sortFrames, [&] { return sorted || sorting.ms() > 40'000; });
    const double sortMs = sorting.ms();
    rows.sort(-1, Qt::AscendingOrder);
    rows.refresh();

    std::mt19937 random{11};
    const auto snapshot = ring.snapshot();
    const auto oldest = snapshot.at(snapshot.first())->timestampMs,
               newest = snapshot.at(snapshot.last() - 1)->timestampMs;
    for (int i = 0; i < 1'000; ++i) {
        const auto wanted = oldest + static_cast<std::int64_t>(random()) % (newest - oldest);
        time(jumps, [&] {
            const auto row = snapshot.rowAtTime(wanted);
            if (row < snapshot.last() && snapshot.at(row)->timestampMs < wanted) std::abort();
        });
    }
    std::printf("%llu rows held of %lld, %.0f MiB when each bound had been reached, %.0f MiB at most\n",
                static_cast<unsigned long long>(snapshot.rows()), static_cast<long long>(source.count()), warm, most);
    print("refresh after 600,000 rows", late);
    print("append 667 events (worker)", appends);
    print("refresh and events of the loop", frames);
    print("call of sort()", sortCall);
    print("frames while it sorts", sortFrames);
    std::printf("%-44s %.0f ms%s\n", "sorted by key after", sortMs, sorted ? "" : ", given up");
    print("jump to a time", jumps);
    bool ok = bench::verdict("refresh after 600,000 rows unseen", late.percentile(100), frameMs, "ms");
    ok = bench::verdict("frame with 1 M rows, p99", frames.percentile(99), frameMs, "ms") && ok;
    ok = bench::verdict("append 667 events, p95", appends.percentile(95), frameMs, "ms") && ok;
    ok = bench::verdict("frame with 1 M rows, p95", frames.percentile(95), frameMs, "ms") && ok;
    ok = bench::verdict("frame while sorting, p95", sortFrames.percentile(95), frameMs, "ms") && ok;
    ok = bench::verdict("call of sort()", sortCall.percentile(100), frameMs, "ms") && ok;
    ok = bench::verdict("jump to a time, p95", jumps.percentile(95), frameMs, "ms") && ok;
    ok = bench::verdict("memory of an hour at 5,000 events a second / of twenty minutes", most / warm, 1.05, "x") && ok;
    return ok && sorted ? 0 : 1;
}
