// The arithmetic of the timeline without a window: a made-up text measure stands for the font.
#include <QTest>
#include <cmath>

#include "tests/widgets/samples.h"
#include "widgets/timeline/layout.h"

using namespace nova::timeline;

namespace {

double sixPixelsALetter(const QString& text, TextWeight weight) {
    return static_cast<double>(text.size()) * (weight == TextWeight::SemiBold ? 6.4 : 6.0);
}

Layout laidOut(const Data& data, const QSizeF& size, double zoom = 1) {
    View view = wholeAction(data);
    view.end = view.start + (view.end - view.start) / zoom;
    return layOut(data, view, size, sixPixelsALetter);
}

Bar barAt(int lane, double start, double end) {
    Bar bar;
    bar.hop = QStringLiteral("%1-%2").arg(lane).arg(start);
    bar.lane = lane;
    bar.start = start;
    bar.end = end;
    bar.label = QStringLiteral("work");
    return bar;
}

Data lanes(int count) {
    Data data;
    for (int i = 0; i < count; ++i) {
        Lane lane;
        lane.id = lane.title = QStringLiteral("lane %1").arg(i);
        data.lanes.push_back(lane);
    }
    return data;
}

}  // namespace

class TestTimelineLayout : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void timeToPixelAndBack();
    void majorSteps_data();
    void majorSteps();
    void ticksStandAtTheirTime();
    void ticksOfAFarZoomDoNotDrift();
    void laneHeights_data();
    void laneHeights();
    void barsStandAtTheirTime();
    void shortBarsKeepAWidth();
    void overlappingBarsGetRows();
    void touchingBarsShareARow();
    void manyRowsFold();
    void budgets();
    void arrowsRunFromSentToReceived();
    void arrowsTouchTheirBars();
    void manyArrowsFold();
    void labelsNeverOverlap_data();
    void labelsNeverOverlap();
    void importantLabelsAreThere();
    void labelForms();
    void flagsDoNotOverlap();
    void flagGoesLeftAtTheEdge();
    void captionFitsItsWindow();
    void promisesSayTheirVerdict();
    void promiseBeyondTheViewIsSaidAtItsEnd();
    void openPromiseHasNoMeasure();
    void hitTest();
    void narrowestBarIsHitFirst();
    void viewKeepsTheMeasuredPartWide();
    void emptyDataLaysOut();
};

void TestTimelineLayout::timeToPixelAndBack() {
    const Layout layout = laidOut(nova::test::createPost(), {824, 764});
    QCOMPARE(layout.scale.x(layout.scale.start), layout.labelWidth + 10);
    QCOMPARE(layout.scale.x(layout.scale.end), 824.0 - 12);
    for (double t = -20; t < 300; t += 0.37) QVERIFY(std::abs(layout.scale.t(layout.scale.x(t)) - t) < 1e-9);
}

void TestTimelineLayout::majorSteps_data() {
    QTest::addColumn<double>("msPerPixel");
    QTest::addColumn<double>("step");
    QTest::newRow("exactly 64 px") << 1.0 / 64 << 1.0;
    QTest::newRow("a little more") << 1.01 / 64 << 2.0;
    QTest::newRow("25 is a step") << 21.0 / 64 << 25.0;
    QTest::newRow("2.5 is none") << 2.1 / 64 << 5.0;
    QTest::newRow("250") << 210.0 / 64 << 250.0;
    QTest::newRow("microseconds") << 0.011 / 64 << 0.02;
    QTest::newRow("seconds") << 900.0 / 64 << 1000.0;
}

void TestTimelineLayout::majorSteps() {
    QFETCH(double, msPerPixel);
    QFETCH(double, step);
    QVERIFY(std::abs(majorStep(msPerPixel) - step) < step * 1e-9);
}

void TestTimelineLayout::ticksStandAtTheirTime() {
    const Layout layout = laidOut(nova::test::createPost(), {824, 764});
    double before = -1e9;
    int majors = 0;
    for (const Tick& tick : layout.ticks) {
        QCOMPARE(tick.x, layout.scale.x(tick.t));
        QCOMPARE(tick.major, !tick.text.isEmpty());
        if (!tick.major) continue;
        QVERIFY(tick.x - before >= 64 - 1e-6);
        before = tick.x;
        ++majors;
    }
    QVERIFY(majors >= 4);
    QCOMPARE(layout.ticks.front().text, QStringLiteral("0 ms"));
}

void TestTimelineLayout::ticksOfAFarZoomDoNotDrift() {
    const std::vector<Tick> ticks = ticksOf({123456.0001, 123456.0301, 0, 1000});
    QVERIFY(ticks.size() > 5);
    for (const Tick& tick : ticks) {
        const double minors = tick.t / (majorStep(0.03 / 1000) / 5);
        QVERIFY(std::abs(minors - std::round(minors)) < 1e-3);
    }
    QCOMPARE(unitOf(0.5), Unit::Microseconds);
    QCOMPARE(unitOf(1), Unit::Milliseconds);
    QCOMPARE(unitOf(1000), Unit::Seconds);
}

void TestTimelineLayout::laneHeights_data() {
    QTest::addColumn<int>("count");
    QTest::addColumn<double>("height");
    QTest::addColumn<double>("lane");
    QTest::addColumn<bool>("scrolls");
    QTest::newRow("few lanes stop at 80") << 3 << 700.0 << 80.0 << false;
    QTest::newRow("whole pixels") << 10 << 44 + 555.0 << 55.0 << false;
    QTest::newRow("many lanes scroll") << 30 << 400.0 << 34.0 << true;
}

void TestTimelineLayout::laneHeights() {
    QFETCH(int, count);
    QFETCH(double, height);
    QFETCH(double, lane);
    QFETCH(bool, scrolls);
    const Data data = lanes(count);
    const Layout layout = layOut(data, View{}, {800, height}, sixPixelsALetter);
    QCOMPARE(layout.lanesTop, 44.0);  // no promises: axis and flags only
    for (int i = 0; i < count; ++i) {
        const LaneBox& box = layout.lanes[static_cast<std::size_t>(i)];
        QCOMPARE(box.height, lane);
        QCOMPARE(box.top, layout.lanesTop + i * lane);
        QCOMPARE(box.center, box.top + lane / 2);
    }
    QCOMPARE(layout.maxScroll() > 0, scrolls);
    View scrolled;
    scrolled.scrollY = 1e6;
    const Layout end = layOut(data, scrolled, {800, height}, sixPixelsALetter);
    if (scrolls) QCOMPARE(end.lanes.back().top + lane, end.lanesBottom);
}

void TestTimelineLayout::barsStandAtTheirTime() {
    const Data data = nova::test::createPost();
    const Layout layout = laidOut(data, {824, 764});
    for (std::size_t i = 0; i < data.bars.size(); ++i) {
        const QRectF& rect = layout.bars[i].rect;
        const LaneBox& lane = layout.lanes[static_cast<std::size_t>(data.bars[i].lane)];
        QCOMPARE(rect.left(), layout.scale.x(data.bars[i].start));
        QVERIFY(rect.top() >= lane.top && rect.bottom() <= lane.top + lane.height);
        QVERIFY(layout.bars[i].visible);
    }
    const Layout zoomed = laidOut(data, {824, 764}, 20);
    QVERIFY(!zoomed.bars.back().visible);
}

void TestTimelineLayout::shortBarsKeepAWidth() {
    Data data = lanes(1);
    data.bars = {barAt(0, 0, 0.001), barAt(0, 500, 1000)};
    const Layout layout = laidOut(data, {800, 300});
    QCOMPARE(layout.bars[0].rect.width(), 3.0);
    QCOMPARE(layout.bars[0].rect.left(), layout.scale.x(0));
}

void TestTimelineLayout::overlappingBarsGetRows() {
    Data data = lanes(1);
    data.bars = {barAt(0, 0, 100), barAt(0, 10, 50), barAt(0, 60, 90), barAt(0, 120, 130)};
    const Layout layout = laidOut(data, {800, 300});
    QCOMPARE(layout.bars[0].row, 0);
    QCOMPARE(layout.bars[1].row, 1);
    QCOMPARE(layout.bars[2].row, 1);
    QCOMPARE(layout.bars[0].rows, 2);
    QCOMPARE(layout.bars[3].rows, 1);
    QVERIFY(!layout.bars[0].rect.intersects(layout.bars[1].rect));
    QVERIFY(!layout.bars[0].rect.intersects(layout.bars[2].rect));
    QVERIFY(layout.bars[3].rect.height() > layout.bars[0].rect.height());
}

void TestTimelineLayout::touchingBarsShareARow() {
    Data data = lanes(1);
    data.bars = {barAt(0, 0, 10), barAt(0, 10, 20), barAt(0, 20, 30)};
    for (const BarBox& box : laidOut(data, {800, 300}).bars) QCOMPARE(box.rows, 1);
}

void TestTimelineLayout::manyRowsFold() {
    Data data = lanes(1);
    for (int i = 0; i < 6; ++i) data.bars.push_back(barAt(0, i, 100 - i));
    const Layout layout = laidOut(data, {800, 300});
    int visible = 0, folded = 0;
    for (const BarBox& box : layout.bars) {
        visible += box.visible;
        folded = std::max(folded, box.folded);
        QVERIFY(box.rows <= 3);
    }
    QCOMPARE(visible, 3);
    QCOMPARE(folded, 4);
}

void TestTimelineLayout::budgets() {
    Bar bar = barAt(0, 10, 40);
    QCOMPARE(bar.over(), 0.0);
    bar.budget = 30;
    QCOMPARE(bar.over(), 0.0);
    bar.budget = 29.96;
    QCOMPARE(bar.over(), 0.0);  // within a twentieth of a millisecond
    bar.budget = 20;
    QCOMPARE(bar.over(), 10.0);
    Data data = lanes(1);
    data.bars = {bar};
    const Layout layout = laidOut(data, {800, 300});
    QCOMPARE(layout.bars[0].budgetX, layout.scale.x(30));
}

void TestTimelineLayout::arrowsRunFromSentToReceived() {
    for (const double zoom : {1.0, 7.0}) {
        const Data data = nova::test::scenario();
        const Layout layout = laidOut(data, {1200, 760}, zoom);
        for (std::size_t i = 0; i < data.arrows.size(); ++i) {
            QCOMPARE(layout.arrows[i].from.x(), layout.scale.x(data.arrows[i].sent));
            QCOMPARE(layout.arrows[i].to.x(), layout.scale.x(data.arrows[i].received));
            const bool down = data.arrows[i].toLane > data.arrows[i].fromLane;
            QCOMPARE(layout.arrows[i].to.y() > layout.arrows[i].from.y(), down);
        }
    }
}

void TestTimelineLayout::arrowsTouchTheirBars() {
    Data data = lanes(2);
    data.bars = {barAt(0, 0, 100), barAt(1, 10, 90)};
    Arrow call;
    call.toLane = 1;
    call.sent = call.received = 10;
    Arrow back;
    back.fromLane = 1;
    back.sent = back.received = 90;
    back.kind = ArrowKind::Return;
    data.arrows = {call, back};
    const Layout layout = laidOut(data, {800, 300});
    QCOMPARE(layout.arrows[0].from.y(), layout.bars[0].rect.bottom());
    QCOMPARE(layout.arrows[0].to.y(), layout.bars[1].rect.top());
    QCOMPARE(layout.arrows[1].from.y(), layout.bars[1].rect.top());
    QCOMPARE(layout.arrows[1].to.y(), layout.bars[0].rect.bottom());
}

void TestTimelineLayout::manyArrowsFold() {
    Data data = lanes(2);
    data.bars = {barAt(0, 0, 1000)};
    for (int i = 0; i < 20; ++i) {
        Arrow arrow;
        arrow.toLane = 1;
        arrow.sent = 500 + i * 0.1;
        arrow.received = arrow.sent + 1;
        data.arrows.push_back(arrow);
    }
    const Layout layout = laidOut(data, {800, 300});
    int visible = 0;
    for (const ArrowBox& box : layout.arrows) visible += box.visible;
    QCOMPARE(visible, 1);
    QCOMPARE(layout.arrows.front().folded, 20);
    data.arrows.resize(12);
    for (const ArrowBox& box : laidOut(data, {800, 300}).arrows) QVERIFY(box.visible);
}

void TestTimelineLayout::labelsNeverOverlap_data() {
    QTest::addColumn<Data>("data");
    QTest::addColumn<QSizeF>("size");
    QTest::addColumn<double>("zoom");
    const std::pair<const char*, Data> samples[] = {{"create", nova::test::createPost()},
                                                    {"scenario", nova::test::scenario()},
                                                    {"incomplete", nova::test::incomplete()},
                                                    {"local", nova::test::localPost()},
                                                    {"crowded", nova::test::crowded(400)}};
    for (const auto& [name, data] : samples)
        for (const QSizeF& size : {QSizeF(560, 380), QSizeF(824, 764), QSizeF(1600, 900)})
            for (const double zoom : {1.0, 3.3, 40.0})
                QTest::addRow("%s %gx%g zoom %g", name, size.width(), size.height(), zoom) << data << size << zoom;
}

void TestTimelineLayout::labelsNeverOverlap() {
    QFETCH(Data, data);
    QFETCH(QSizeF, size);
    QFETCH(double, zoom);
    const Layout layout = laidOut(data, size, zoom);
    for (std::size_t i = 0; i < layout.labels.size(); ++i) {
        const Label& label = layout.labels[i];
        QVERIFY(!label.text.isEmpty());
        QVERIFY(label.rect.left() >= layout.labelWidth && label.rect.right() <= size.width());
        QVERIFY(label.rect.top() >= layout.lanesTop && label.rect.bottom() <= layout.lanesBottom);
        QVERIFY(label.rect.width() + 1e-9 >= sixPixelsALetter(label.text, label.weight));
        for (std::size_t j = i + 1; j < layout.labels.size(); ++j)
            QVERIFY(!label.rect.intersects(layout.labels[j].rect));
        for (std::size_t b = 0; b < layout.bars.size(); ++b) {
            const bool own = label.inside && label.index == static_cast<int>(b);
            // Bars of one lane may cover each other by their least width; a label inside one is then over both.
            if (layout.bars[b].visible && !own && !label.inside) QVERIFY(!label.rect.intersects(layout.bars[b].rect));
        }
    }
}

void TestTimelineLayout::importantLabelsAreThere() {
    const Data data = nova::test::createPost();
    const Layout layout = laidOut(data, {824, 764});
    QSet<int> labelled;
    for (const Label& label : layout.labels)
        if (label.of == LabelOf::Bar) labelled.insert(label.index);
    for (std::size_t i = 0; i < data.bars.size(); ++i) {
        const bool important =
            data.bars[i].over() > 0 || data.lanes[static_cast<std::size_t>(data.bars[i].lane)].kind == LaneKind::People;
        if (important && !data.bars[i].label.isEmpty())
            QVERIFY2(labelled.contains(static_cast<int>(i)), qPrintable(data.bars[i].label));
    }
}

void TestTimelineLayout::labelForms() {
    Bar bar = barAt(0, 0, 27.3);
    bar.label = QStringLiteral("INSERT likes");
    bar.shortLabel = QStringLiteral("likes");
    bar.budget = 20;
    QCOMPARE(barText(bar, 0), QStringLiteral("INSERT likes 27.3 ▲ +7.3"));
    QCOMPARE(barText(bar, 1), QStringLiteral("likes 27.3 ▲ +7.3"));
    QCOMPARE(barText(bar, 2), QStringLiteral("27.3 ▲ +7.3"));
    bar.budget.reset();
    QCOMPARE(barText(bar, 0), QStringLiteral("INSERT likes 27.3"));
    bar.state = BarState::Unfinished;
    QCOMPARE(barText(bar, 0), QStringLiteral("INSERT likes…"));
}

void TestTimelineLayout::flagsDoNotOverlap() {
    for (const double width : {500.0, 700.0, 1024.0, 1600.0}) {
        const Layout layout = laidOut(nova::test::scenario(), {width, 700});
        std::vector<QRectF> boxes;
        for (const FlagBox& flag : layout.flags)
            if (!flag.rect.isEmpty()) boxes.push_back(flag.rect);
        for (const WindowBox& window : layout.windows)
            if (!window.caption.isEmpty()) boxes.push_back(window.captionRect);
        QVERIFY(boxes.size() >= 3);
        for (std::size_t i = 0; i < boxes.size(); ++i) {
            QVERIFY(boxes[i].left() >= layout.labelWidth && boxes[i].right() <= width);
            for (std::size_t j = i + 1; j < boxes.size(); ++j) QVERIFY(!boxes[i].intersects(boxes[j]));
        }
    }
}

void TestTimelineLayout::flagGoesLeftAtTheEdge() {
    Data data = lanes(1);
    data.bars = {barAt(0, 0, 100)};
    data.flags = {{20, QStringLiteral("answered"), {}, FlagKind::Answered},
                  {100, QStringLiteral("visible to all"), {}, FlagKind::Visible}};
    const Layout layout = laidOut(data, {600, 300});
    QCOMPARE(layout.flags[0].rect.left(), layout.flags[0].x);
    QCOMPARE(layout.flags[1].rect.right(), layout.flags[1].x);
    QCOMPARE(layout.flags[1].text, QStringLiteral("visible to all 100.0"));
}

void TestTimelineLayout::captionFitsItsWindow() {
    Data data = lanes(1);
    data.bars = {barAt(0, 0, 1000)};
    data.windows = {{{0, 1000}}, {{500, 504}}};
    const Layout layout = laidOut(data, {800, 300});
    QCOMPARE(layout.windows[0].caption, QStringLiteral("consistency window 1 000 ms")
                                            .replace(QStringLiteral("1 000 ms"), QStringLiteral("1\u00a0000\u00a0ms")));
    QVERIFY(layout.windows[0].rect.contains(QPointF(layout.windows[0].captionRect.center().x(), layout.lanesTop + 1)));
    QVERIFY(layout.windows[1].caption.isEmpty());
}

void TestTimelineLayout::promisesSayTheirVerdict() {
    const Layout layout = laidOut(nova::test::scenario(), {2400, 760});
    QCOMPARE(layout.promises[0].measuredText, QStringLiteral("answered 38.2 ✓"));
    QCOMPARE(layout.promises[1].measuredText, QStringLiteral("in Bob’s feed at 171.6 ✓"));
    QCOMPARE(layout.promises[3].measuredText, QStringLiteral("like 47.9 ▲ +2.9"));
    QCOMPARE(layout.promises[0].designedText, QStringLiteral("answered 45"));
    QCOMPARE(layout.promises[0].designed.right(), layout.scale.x(45));
}

void TestTimelineLayout::promiseBeyondTheViewIsSaidAtItsEnd() {
    const Layout layout = laidOut(nova::test::localPost(), {824, 764});
    const PromiseBox& last = layout.promises.back();
    QVERIFY(last.designed.isEmpty());
    QCOMPARE(last.designedText, QStringLiteral("in the feeds at 245 = 45 + 50 + 50 + 100 ›"));
    QVERIFY(last.designedLabel.right() <= 824);
    QVERIFY(last.designedLabel.left() > layout.promises.front().designedLabel.left() + 60);
    QVERIFY(laidOut(nova::test::localPost(), {300, 764}).promises.back().designedText.isEmpty());
}

void TestTimelineLayout::openPromiseHasNoMeasure() {
    const Layout layout = laidOut(nova::test::incomplete(), {824, 764});
    QVERIFY(layout.promises.back().measured.isEmpty());
    QVERIFY(!layout.promises.back().designed.isEmpty());
    QCOMPARE(layout.note.bottom(), 764.0);
    QCOMPARE(layout.lanesBottom, layout.note.top());
}

void TestTimelineLayout::hitTest() {
    const Data data = nova::test::createPost();
    const Layout layout = laidOut(data, {824, 764});
    for (std::size_t i = 0; i < layout.bars.size(); ++i)
        QCOMPARE(layout.hitTest(layout.bars[i].rect.center()), (Hit{HitKind::Bar, static_cast<int>(i)}));
    const QRectF bar = layout.bars[0].rect;
    QCOMPARE(layout.hitTest(bar.center() + QPointF(0, bar.height() / 2 + 3.9)).kind, HitKind::Bar);
    QVERIFY(layout.hitTest(bar.center() - QPointF(0, bar.height() / 2 + 4.1)).kind != HitKind::Bar);
    const ArrowBox& arrow = layout.arrows[1];
    const QPointF middle = (arrow.from + arrow.to) / 2;
    QCOMPARE(layout.hitTest(middle), (Hit{HitKind::Arrow, 1}));
    QCOMPARE(layout.hitTest(middle + QPointF(4.5, 0)), (Hit{HitKind::Arrow, 1}));
    QVERIFY(layout.hitTest(middle + QPointF(12, 0)).kind != HitKind::Arrow);
    QCOMPARE(layout.hitTest(layout.flags[0].rect.center()), (Hit{HitKind::Flag, 0}));
    QCOMPARE(layout.hitTest({20, layout.lanes[2].center}), (Hit{HitKind::Lane, 2}));
    QCOMPARE(layout.hitTest({400, 10}).kind, HitKind::None);
}

void TestTimelineLayout::narrowestBarIsHitFirst() {
    Data data = lanes(1);
    data.bars = {barAt(0, 0, 1000), barAt(0, 400, 400.5)};
    const Layout layout = laidOut(data, {800, 300});
    const QRectF small = layout.bars[1].rect;
    QCOMPARE(layout.hitTest(small.center()), (Hit{HitKind::Bar, 1}));
    QCOMPARE(layout.hitTest(small.center() + QPointF(4, 0)), (Hit{HitKind::Bar, 1}));
}

void TestTimelineLayout::viewKeepsTheMeasuredPartWide() {
    Data data = lanes(1);
    data.bars = {barAt(0, 0, 20)};
    data.promises = {{QStringLiteral("in the feed"), {0, 245}, {}, std::nullopt, FlagKind::Visible, 0}};
    QVERIFY(wholeAction(data).end < 25);
    data.promises[0].designed.end = 30;
    QVERIFY(wholeAction(data).end > 30);
}

void TestTimelineLayout::emptyDataLaysOut() {
    const Layout layout = layOut(Data{}, View{}, {300, 200}, sixPixelsALetter);
    QVERIFY(layout.lanes.empty() && layout.labels.empty());
    QCOMPARE(layout.hitTest({200, 150}).kind, HitKind::None);
}

QTEST_GUILESS_MAIN(TestTimelineLayout)
#include "tst_timeline_layout.moc"
