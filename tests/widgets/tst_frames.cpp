// How long a frame takes: the live tail at 20 000 events a second over a full ring, and the timeline. Run by hand;
// prints ms.
#include <QApplication>
#include <QElapsedTimer>
#include <QTest>
#include <algorithm>

#include "tests/widgets/samples.h"
#include "widgets/charts/rate_strip.h"
#include "widgets/tables/event_table.h"
#include "widgets/theme/theme.h"
#include "widgets/timeline/timeline_widget.h"
#include "widgets/topology/topology_widget.h"

using namespace nova;

namespace {

constexpr int frames = 200;

// Runs `frame` and reports the 50th and 95th percentile in ms.
template <class Frame>
double p95(const char* what, const Frame& frame) {
    std::vector<double> times;
    for (int i = 0; i < frames; ++i) {
        QElapsedTimer timer;
        timer.start();
        frame(i);
        times.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
    }
    std::sort(times.begin(), times.end());
    qInfo("%s: p50 %.2f ms, p95 %.2f ms", what, times[frames / 2], times[frames * 95 / 100]);
    return times[frames * 95 / 100];
}

void show(QWidget& widget, const QSize& size) {
    widget.setAttribute(Qt::WA_DontShowOnScreen);
    widget.resize(size);
    widget.show();
    QCoreApplication::processEvents();
}

}  // namespace

class TestFrames : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { theme::Theme::instance().apply(*qApp, theme::Choice::Dark); }
    void tail();
    void timeline();
    void map();
    void strip();
};

void TestFrames::tail() {
    test::FakeRing ring(1 << 20);
    ring.append(5'000'000);
    tables::EventTable table;
    show(table, {1600, 900});
    table.model()->setSource(&ring);
    QImage target(table.size(), QImage::Format_RGB32);
    QVERIFY(p95("live tail, 667 events a tick", [&](int) {
                ring.append(667);
                table.model()->refresh();
                table.render(&target);
            }) <= 16);
}

void TestFrames::timeline() {
    timeline::TimelineWidget widget;
    show(widget, {1600, 900});
    widget.setData(test::scenario());
    QImage target(widget.size(), QImage::Format_RGB32);
    QVERIFY(p95("timeline, pan (layout and static layer)", [&](int i) {
                widget.panBy(i % 2 ? 10 : -10);
                widget.render(&target);
            }) <= 16);
    QVERIFY(p95("timeline, hover (cached layer)", [&](int) { widget.render(&target); }) <= 4);
    widget.setData(test::crowded(2000));
    p95("timeline, pan over 2 000 bars", [&](int i) {
        widget.panBy(i % 2 ? 10 : -10);
        widget.render(&target);
    });
}

void TestFrames::map() {
    topology::TopologyWidget widget;
    show(widget, {1376, 340});
    QImage target(widget.size(), QImage::Format_RGB32);
    QVERIFY(p95("map, new data", [&](int i) {
                widget.setData(i % 2 ? test::healthyMap() : test::brokenMap());
                widget.render(&target);
            }) <= 16);
}

void TestFrames::strip() {
    charts::RateStrip widget;
    show(widget, {1376, 90});
    QImage target(widget.size(), QImage::Format_RGB32);
    std::vector<charts::RateSeries> series = test::rates();
    QVERIFY(p95("rate strip, new data", [&](int i) {
                series[0].now = i;
                widget.setSeries(series);
                widget.render(&target);
            }) <= 8);
}

QTEST_MAIN(TestFrames)
#include "tst_frames.moc"
