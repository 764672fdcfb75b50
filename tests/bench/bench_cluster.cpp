// A large cluster on a real broker: 15,000 partitions and 2,200 groups with members listed, their lag told, and the
// window attached to it all the while without a stall. The broker is one Kafka on this machine; about two minutes.
#include <sys/resource.h>

#include <QApplication>
#include <QProcess>
#include <QTimer>
#include <algorithm>
#include <cstdio>

#include "app/engine/cluster/cluster_reader.h"
#include "app/engine/lag/lag_board.h"
#include "app/engine/lag/lag_watch.h"
#include "app/shell/main_window.h"
#include "tests/bench/samples.h"
#include "tests/support/real_kafka.h"
#include "widgets/theme/theme.h"

using namespace nova;
using namespace nova::engine;
using namespace Qt::StringLiterals;

namespace {

constexpr int topics = 1'500, partitionsEach = 10, topicsACall = 250, groups = 2'200, groupsATopic = 100,
              recordsEach = 20, committedAt = 5, lookMs = 12'000;
constexpr double stallMs = 100;

std::string topicOf(int number) {
    return QStringLiteral("orders-%1").arg(number, 4, 10, QChar(u'0')).toStdString();
}

double rssMb() {
    QFile status(u"/proc/self/status"_s);
    if (!status.open(QIODevice::ReadOnly)) return 0;
    const auto text = status.readAll();
    return static_cast<double>(text.mid(text.indexOf("VmRSS:") + 6, 20).trimmed().split(' ')[0].toLongLong()) / 1'024;
}

void wire(const test::RealKafka& kafka, const QStringList& words) {
    QProcess process;
    process.start(u"python3"_s, QStringList{QStringLiteral(NOVA_SOURCE_DIR "/tests/system/kafka_wire.py"),
                                            QString::fromStdString(kafka.bootstrap())} +
                                    words);
    if (!process.waitForFinished(120'000) || process.exitCode() != 0)
        qFatal("%s", process.readAllStandardError().constData());
}

void fill(test::RealKafka& kafka) {
    bench::Stopwatch clock;
    for (int from = 0; from < topics; from += topicsACall) {
        std::vector<kit::kafka::TopicSpec> some;
        for (int i = from; i < from + topicsACall; ++i) some.push_back({topicOf(i), partitionsEach, {}});
        if (const auto made = kit::kafka::createTopics(kafka.bootstrap(), some, 60'000); !made)
            qFatal("%s", made.error().what.c_str());
    }
    std::printf("%d topics, %d partitions made in %.1f s\n", topics, topics * partitionsEach, clock.ms() / 1'000);
    clock = {};
    std::vector<kit::kafka::OutRecord> records;
    for (int i = 0; i < groups / groupsATopic; ++i)
        for (int r = 0; r < recordsEach * partitionsEach; ++r)
            records.push_back({topicOf(i), "k", "v", {}, r % partitionsEach});
    kafka.send(records);
    for (int i = 0; i * groupsATopic < groups; ++i) {
        const QStringList which{u"team-"_s, QString::number(i * groupsATopic), QString::number((i + 1) * groupsATopic),
                                QString::fromStdString(topicOf(i)), QString::number(partitionsEach)};
        wire(kafka, QStringList{u"commit"_s} + which + QStringList{QString::number(committedAt)});
        wire(kafka, QStringList{u"members"_s} + which);
    }
    std::printf("%d groups with a member each made in %.1f s\n", groups, clock.ms() / 1'000);
    std::fflush(stdout);
}

Profile profileOf(const test::RealKafka& kafka) {
    Profile profile;
    profile.name = u"large"_s;
    profile.environment = u"staging"_s;
    profile.kafka = {{"bootstrap.servers", kafka.bootstrap()}};
    profile.lag = {{u"team-00*"_s, 10, {}, false}, {u"nobody-*"_s, 10, {}, true}, {u"*"_s, 1'000'000, {}, false}};
    return profile;
}

bool looked(const Target& target) {
    auto reader = ClusterReader::make(target.kafka);
    auto lister = GroupReader::make(target.kafka);
    bench::Stopwatch clock;
    const auto listed = lister.value().list(20'000);
    const double listMs = clock.ms();
    clock = {};
    const auto first = reader.value().look(20'000);
    const double firstMs = clock.ms();
    clock = {};
    const auto again = reader.value().look(20'000);
    const double againMs = clock.ms();
    if (!listed || !first || !again) qFatal("the cluster is not told");
    const auto& look = again.value();
    int ends = 0, stable = look.groups.value(u"Stable"_s);
    for (const auto& topic : look.topics)
        for (const auto& partition : topic.partitions) ends += partition.end.has_value();
    std::printf("  first look at brokers, topics, ends and groups, with the connection: %.0f ms\n", firstMs);
    bool ok = bench::verdict("groups listed", listMs, 1'000, "ms");
    ok &= bench::verdict("a look at all of the cluster", againMs, 2'000, "ms");
    ok &= bench::verdict("partitions left out", look.partitions() < topics * partitionsEach, 0, "");
    ok &= bench::verdict("ends not told", look.partitions() - ends, 0, "");
    ok &= bench::verdict("groups not listed as stable", std::abs(groups - stable), 0, "");
    return ok;
}

bool isRight(const LagSample& sample) {
    qsizetype good = 0, held = 0;
    for (const auto& row : sample.rows) {
        good += row.group.startsWith(u"team-") && row.lag == recordsEach - committedAt;
        held += !row.member.isEmpty();
    }
    return good == groups * partitionsEach && held == good;
}

bool lagged(const Target& target, bool follow) {
    LagOptions options;
    options.groups = {u"team-*"_s};
    options.follow = follow;
    auto watch = LagWatch::make(target, options);
    bench::Stopwatch clock;
    watch.value()->catchUp(10'000);
    auto sample = watch.value()->look();
    const double firstMs = clock.ms();
    while (!isRight(sample) && clock.ms() < 30'000) sample = watch.value()->look();
    const double allMs = clock.ms();
    bench::Samples again;
    for (int i = 0; i < 3; ++i) again.add(static_cast<double>(watch.value()->look().tookMs));
    std::printf("  lag of %d groups, %lld rows, commits %s: first look after %.0f ms\n", groups,
                static_cast<long long>(sample.rows.size()), follow ? "followed" : "polled", firstMs);
    bool ok = bench::verdict("every row right, with its member", allMs, 8'000, "ms");
    ok &= bench::verdict("a look after that, median of 3", again.percentile(50), follow ? 500 : 2'000, "ms");
    return ok;
}

// Gaps between two turns of the main thread's loop, and what of each it was at work or blocked: time in which other
// programs had the processor is not the window's.
class Gaps : public QObject {
public:
    Gaps() {
        m_timer.setTimerType(Qt::PreciseTimer);
        m_timer.setInterval(everyMs);
        connect(&m_timer, &QTimer::timeout, this, [this] {
            const double gap = std::max(0.0, m_since.ms() - everyMs), waited = waitedMs() - m_waited;
            m_gaps.push_back(gap);
            m_own.push_back(std::max(0.0, gap - waited));
            m_since = {};
            m_waited += waited;
        });
        m_timer.start();
    }
    // Of the time since the last call.
    bool told(const char* part) {
        const auto gaps = std::exchange(m_gaps, {}), own = std::exchange(m_own, {});
        bench::Samples all;
        for (const double gap : own) all.add(gap);
        std::printf(
            "  %s: longest gap of the window's thread %.0f ms with other programs' time, own p99 %.0f ms; "
            "memory %.0f MB\n",
            part, *std::max_element(gaps.begin(), gaps.end()), all.percentile(99), rssMb());
        return bench::verdict("its own longest gap", *std::max_element(own.begin(), own.end()), stallMs, "ms");
    }

private:
    // For a processor, since the thread began.
    static double waitedMs() {
        QFile file(u"/proc/thread-self/schedstat"_s);
        if (!file.open(QIODevice::ReadOnly)) return 0;
        return file.readAll().split(' ').value(1).toDouble() / 1e6;
    }
    static constexpr int everyMs = 5;
    QTimer m_timer;
    bench::Stopwatch m_since;
    double m_waited = waitedMs();
    std::vector<double> m_gaps, m_own;
};

void spin(int ms, const std::function<bool()>& done = {}) {
    for (const bench::Stopwatch clock; clock.ms() < ms && !(done && done());)
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 50);
}

bool windowed(QApplication& app, const test::RealKafka& kafka, const QString& folder) {
    shell::Settings settings;
    theme::Theme::instance().apply(app, settings.themeChoice());
    shell::Access access;
    access.profile = [profile = profileOf(kafka)](const QString&) { return kit::Result<Profile>(profile); };
    shell::Session session(folder, access);
    shell::MainWindow window(session, settings);
    window.resize(1440, 900);
    window.show();
    spin(200);
    const double before = rssMb();
    const double cpu = bench::cpuSeconds(RUSAGE_SELF);
    Gaps gaps;
    bench::Stopwatch clock;
    session.lookAt(u"large"_s);
    bool ok = true;
    LagBoard* board = nullptr;
    spin(20'000, [&] {
        board = session.observers().lag.get();
        return board->latest().rows.size() >= groups * partitionsEach;
    });
    ok &= bench::verdict("attached, until every group is known", clock.ms(), 10'000, "ms");
    ok &= gaps.told("attaching");
    spin(lookMs);
    ok &= gaps.told("Services shown");
    window.showView(u"lag"_s);
    spin(lookMs);
    ok &= gaps.told("Lag shown");
    std::printf("  %.0f %% of a core; memory of the window before it was attached %.0f MB\n",
                (bench::cpuSeconds(RUSAGE_SELF) - cpu) / clock.ms() * 100'000, before);
    ok &= bench::verdict("memory that the cluster takes", rssMb() - before, 400, "MB");
    return ok;
}

}  // namespace

int main(int argc, char** argv) {
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication app(argc, argv);
    const QTemporaryDir scratch;
    test::RealKafka kafka(
        "log.index.size.max.bytes=4096\nbroker.heartbeat.interval.ms=2000\nbroker.session.timeout.ms=60000\n");
    fill(kafka);
    const auto target = Target::of(profileOf(kafka));
    bool ok = looked(target);
    ok &= lagged(target, false);
    ok &= lagged(target, true);
    ok &= windowed(app, kafka, scratch.path());
    return ok ? 0 : 1;
}
