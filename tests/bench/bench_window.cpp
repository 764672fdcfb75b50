// The window under load: first frame after exec, and the live tail at 20,000 events/s from another process, Traffic
// shown and following. A frame runs from the batch signal to the end of the paint that it causes.
#include <QApplication>
#include <QElapsedTimer>
#include <QProcess>
#include <QTimer>
#include <cstdio>
#include <thread>

#include "app/shell/main_window.h"
#include "contract/topics.h"
#include "kit/kafka/handles.h"
#include "kit/runtime/ids.h"
#include "nova/events/v1/events.pb.h"
#include "tests/bench/samples.h"
#include "tests/support/live_nova.h"
#include "widgets/theme/theme.h"

using namespace Qt::StringLiterals;
using namespace nova;

namespace {

constexpr int rate = 20'000, seconds = 20;
const std::string topic(contract::topic::message);  // nobody consumes it here: the load is the tail's alone

// Sees the end of each paint of the window: Qt paints all of a window within one UpdateRequest.
class WatchedApplication final : public QApplication {
public:
    using QApplication::QApplication;
    std::function<void()> painted;
    bool notify(QObject* receiver, QEvent* event) override {
        const bool handled = QApplication::notify(receiver, event);
        if (event->type() == QEvent::UpdateRequest && receiver->isWidgetType() && painted) painted();
        return handled;
    }
};

kit::kafka::Headers headersOf(const std::string& postId) {
    kit::kafka::Headers headers(rd_kafka_headers_new(10));
    const auto add = [&](std::string_view name, const std::string& value) {
        rd_kafka_header_add(headers.get(), name.data(), static_cast<ssize_t>(name.size()), value.data(),
                            static_cast<ssize_t>(value.size()));
    };
    namespace h = contract::header;
    add(h::specVersion, "1.0");
    add(h::id, kit::newUuid());
    add(h::source, "/nova/bench");
    add(h::type, "PostCreated");
    add(h::time, kit::rfc3339(kit::wallNow()));
    add(h::subject, postId);
    add(h::dataSchema, "nova.events.v1.PostCreated");
    add(h::contentType, "application/protobuf");
    add(h::version, "1");
    return headers;
}

// The other process: `count` records at `rate`, by the clock.
int produce(const std::string& broker, int count) {
    auto settings = kit::kafka::commonSettings(broker, "bench-producer");
    settings["linger.ms"] = "5";
    settings["queue.buffering.max.messages"] = "500000";
    auto made = kit::kafka::makeHandle(RD_KAFKA_PRODUCER, settings);
    if (!made) return 1;
    rd_kafka_t* handle = made.value().get();
    events::v1::PostCreated post;
    post.set_content(std::string(200, 'x'));
    post.set_author_id(kit::newUuid());
    post.set_version(1);
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < count; ++i) {
        const std::string id = kit::newUuid();
        post.set_post_id(id);
        const auto value = post.SerializeAsString();
        auto headers = headersOf(id);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"  // librdkafka's macros are C
        const auto error = rd_kafka_producev(
            handle, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_KEY(id.data(), id.size()),
            RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
            RD_KAFKA_V_HEADERS(headers.get()), RD_KAFKA_V_END);
#pragma GCC diagnostic pop
        if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return 1;
        static_cast<void>(headers.release());
        if (i % 100 == 99) {
            rd_kafka_poll(handle, 0);
            std::this_thread::sleep_until(start + std::chrono::microseconds(1'000'000LL * i / rate));
        }
    }
    return rd_kafka_flush(handle, 30'000) == RD_KAFKA_RESP_ERR_NO_ERROR ? 0 : 1;
}

double sinceExecMs() {
    QFile stat(u"/proc/self/stat"_s), uptime(u"/proc/uptime"_s);
    if (!stat.open(QIODevice::ReadOnly) || !uptime.open(QIODevice::ReadOnly)) return -1;
    const auto all = stat.readAll();
    const auto fields = all.mid(all.lastIndexOf(')') + 2).split(' ');
    return uptime.readAll().split(' ')[0].toDouble() * 1'000 -
           fields[19].toDouble() * 1'000 / static_cast<double>(sysconf(_SC_CLK_TCK));
}

// A process of its own: what nova-console does until its first frame, on an empty data folder.
int firstFrame(WatchedApplication& app, const QString& dataDir) {
    shell::Settings settings;
    theme::Theme::instance().apply(app, settings.themeChoice());
    shell::Session session(dataDir);
    shell::MainWindow window(session, settings);
    app.painted = [] {
        std::printf("%.0f\n", sinceExecMs());
        std::fflush(stdout);
        _exit(0);
    };
    window.show();
    return QApplication::exec();
}

bool measureFirstFrame() {
    bench::Samples samples;
    for (int i = 0; i < 5; ++i) {
        QProcess child;
        child.start(QCoreApplication::applicationFilePath(), {u"--first-frame"_s});
        child.waitForFinished(20'000);
        samples.add(child.readAllStandardOutput().trimmed().toDouble());
    }
    return bench::verdict("first frame after exec, median of 5", samples.percentile(50), 500, "ms");
}

struct Tail {
    bench::Samples frames, ticks;
    quint64 seen = 0, held = 0, dropped = 0;
    double peak = 0;
};

Tail tail(WatchedApplication& app, const test::LiveNova& nova) {
    Tail result;
    shell::Settings settings;
    theme::Theme::instance().apply(app, settings.themeChoice());
    shell::Session session(nova.dataDir());
    std::optional<bench::Stopwatch> since;
    // Connected before the window is, so that it hears the signal first.
    QObject::connect(&session, &shell::Session::opened, &app, [&] {
        QObject::connect(&session.observers().traffic, &engine::TrafficObserver::batch, &app,
                         [&](const engine::TrafficBatch& batch) {
                             if (batch.last > batch.first) since.emplace();
                             result.seen = batch.topicTotal.value(QString::fromStdString(topic));
                             result.held = batch.held;
                             result.dropped = batch.dropped;
                             result.peak = std::max(result.peak, batch.perSecond);
                         });
    });
    app.painted = [&] {
        if (since) result.frames.add(since->ms());
        since.reset();
    };
    shell::MainWindow window(session, settings);
    window.resize(1440, 900);
    window.show();
    session.lookAt();
    QProcess producer;
    QObject::connect(&session, &shell::Session::connected, &app, [&] {
        window.showView(u"traffic"_s);
        QTimer::singleShot(2'000, &app, [&] {
            producer.start(QCoreApplication::applicationFilePath(),
                           {u"--produce"_s, nova.run().value(u"kafka").toString(), QString::number(rate * seconds)});
        });
    });
    QObject::connect(&producer, &QProcess::finished, &app,
                     [&] { QTimer::singleShot(2'000, &app, &QApplication::quit); });
    QTimer::singleShot(120'000, &app, &QApplication::quit);
    QApplication::exec();
    app.painted = {};
    return result;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 4 && std::string_view(argv[1]) == "--produce") return produce(argv[2], std::atoi(argv[3]));
    qputenv("QT_QPA_PLATFORM", "offscreen");
    WatchedApplication app(argc, argv);
    const QTemporaryDir scratch;
    if (argc == 2 && std::string_view(argv[1]) == "--first-frame") return firstFrame(app, scratch.path());
    bool ok = measureFirstFrame();

    test::LiveNova nova;
    if (!nova.start()) return 1;
    const auto result = tail(app, nova);
    std::printf("live tail: %d events/s for %d s, %zu frames, p50 %.1f ms, most seen in a second %.0f\n", rate, seconds,
                result.frames.size(), result.frames.percentile(50), result.peak);
    ok &= bench::verdict("frame from batch signal to painted, p95", result.frames.percentile(95), 16, "ms");
    const quint64 sent = quint64(rate) * seconds;
    std::printf("  sent %llu, seen %llu, in the ring %llu, dropped and said so %llu\n",
                static_cast<unsigned long long>(sent), static_cast<unsigned long long>(result.seen),
                static_cast<unsigned long long>(result.held), static_cast<unsigned long long>(result.dropped));
    ok &= bench::verdict("events lost without a word", static_cast<double>(sent - std::min(sent, result.seen)), 0, "");
    ok &= nova.stop();
    return ok ? 0 : 1;
}
