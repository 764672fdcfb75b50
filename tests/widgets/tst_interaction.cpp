// Mouse and keys on the timeline and the map.
#include <QAccessible>
#include <QApplication>
#include <QSignalSpy>
#include <QTest>
#include <cmath>

#include "tests/support/strict_log.h"
#include "tests/widgets/samples.h"
#include "tests/widgets/screenshot.h"
#include "widgets/theme/theme.h"
#include "widgets/timeline/timeline_widget.h"
#include "widgets/topology/topology_widget.h"

using namespace nova;
using timeline::TimelineWidget;

namespace {

void showTimeline(TimelineWidget& widget, const timeline::Data& data = test::createPost()) {
    widget.setAttribute(Qt::WA_DontShowOnScreen);
    widget.resize(824, 764);
    widget.show();
    widget.setData(data);
}

}  // namespace

class TestInteraction : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void clickSelectsAHop();
    void arrowsStepThroughHops();
    void zoomKeepsTheMomentUnderTheCursor();
    void zoomAndPanStayNearTheAction();
    void newDataKeepsTheViewOfTheSameAction();
    void doubleClickZoomsToTheBar();
    void zZoomsToTheSelection();
    void shiftAndTheArrowsGoFromFlagToFlag();
    void hoverPaintsOverTheCache();
    void dragPans();
    void aScreenReaderFindsATable();
    void pictureIsTheWholeAction();
    void emptyTimelineSaysWhy();
    void mapSelectsAndActivates();
    void mapKeepsItsSelection();
};

void TestInteraction::initTestCase() {
    test::failOnLoggedErrors();
    theme::Theme::instance().apply(*qApp, theme::Choice::Dark);
}

void TestInteraction::clickSelectsAHop() {
    TimelineWidget widget;
    showTimeline(widget);
    QSignalSpy selected(&widget, &TimelineWidget::hopSelected);
    QTest::mouseClick(&widget, Qt::LeftButton, {}, widget.currentLayout().bars[4].rect.center().toPoint());
    QCOMPARE(selected.count(), 1);
    QCOMPARE(widget.selectedHop(), QStringLiteral("hop-4"));
    QTest::mouseClick(&widget, Qt::LeftButton, {}, widget.currentLayout().bars[4].rect.center().toPoint());
    QCOMPARE(selected.count(), 1);
    QTest::keyClick(&widget, Qt::Key_Escape);
    QCOMPARE(selected.count(), 2);
    QVERIFY(widget.selectedHop().isEmpty());
    widget.setSelectedHop(QStringLiteral("hop-2"));
    QCOMPARE(selected.count(), 2);
    widget.setSelectedHop(QStringLiteral("unknown"));
    QVERIFY(widget.selectedHop().isEmpty());
}

void TestInteraction::arrowsStepThroughHops() {
    TimelineWidget widget;
    showTimeline(widget);
    QTest::keyClick(&widget, Qt::Key_Right);
    QCOMPARE(widget.selectedHop(), QStringLiteral("hop-0"));
    double before = -1;
    const timeline::Data data = widget.data();
    QStringList visited;
    for (std::size_t i = 0; i < data.bars.size() + 3; ++i) {
        const auto at = std::find_if(data.bars.begin(), data.bars.end(),
                                     [&](const timeline::Bar& bar) { return bar.hop == widget.selectedHop(); });
        QVERIFY(at->start >= before);
        before = at->start;
        if (!visited.contains(at->hop)) visited.append(at->hop);
        QTest::keyClick(&widget, Qt::Key_Right);
    }
    QCOMPARE(visited.size(), static_cast<qsizetype>(data.bars.size()));
    widget.setSelectedHop(QStringLiteral("hop-1"));
    QTest::keyClick(&widget, Qt::Key_Down);
    QCOMPARE(widget.selectedHop(), QStringLiteral("hop-2"));
    QTest::keyClick(&widget, Qt::Key_Up);
    QCOMPARE(widget.selectedHop(), QStringLiteral("hop-1"));
}

void TestInteraction::zoomKeepsTheMomentUnderTheCursor() {
    TimelineWidget widget;
    showTimeline(widget);
    const double x = 400, moment = widget.currentLayout().scale.t(x);
    QWheelEvent wheel(QPointF(x, 300), QPointF(x, 300), {}, {0, 360}, Qt::NoButton, Qt::ControlModifier,
                      Qt::NoScrollPhase, false);
    const double before = widget.view().end - widget.view().start;
    QCoreApplication::sendEvent(&widget, &wheel);
    QVERIFY(widget.view().end - widget.view().start < before);
    QVERIFY(std::abs(widget.currentLayout().scale.t(x) - moment) < 1e-6);
    QTest::keyClick(&widget, Qt::Key_0);
    QCOMPARE(widget.view().end - widget.view().start, before);
}

void TestInteraction::zoomAndPanStayNearTheAction() {
    TimelineWidget widget;
    showTimeline(widget);
    const timeline::View whole = widget.view();
    for (int i = 0; i < 200; ++i) QTest::keyClick(&widget, Qt::Key_W);
    QVERIFY(widget.view().end - widget.view().start >= 0.0199);
    for (int i = 0; i < 200; ++i) QTest::keyClick(&widget, Qt::Key_S);
    QVERIFY(widget.view().end - widget.view().start <= (whole.end - whole.start) * 3.001);
    QTest::keyClick(&widget, Qt::Key_0);
    for (int i = 0; i < 200; ++i) QTest::keyClick(&widget, Qt::Key_D);
    QVERIFY(widget.view().start <= whole.end + (whole.end - whole.start) / 2);
    for (int i = 0; i < 400; ++i) QTest::keyClick(&widget, Qt::Key_A);
    QVERIFY(widget.view().end >= whole.start - (whole.end - whole.start) / 2);
}

void TestInteraction::newDataKeepsTheViewOfTheSameAction() {
    TimelineWidget widget;
    showTimeline(widget);
    widget.setSelectedHop(QStringLiteral("hop-3"));
    widget.zoomAt(4, 400);
    const timeline::View zoomed = widget.view();
    widget.setData(test::createPost());
    QCOMPARE(widget.view().start, zoomed.start);
    QCOMPARE(widget.selectedHop(), QStringLiteral("hop-3"));
    widget.setData(test::scenario());
    QCOMPARE(widget.view().start, 0.0);
}

void TestInteraction::doubleClickZoomsToTheBar() {
    TimelineWidget widget;
    showTimeline(widget);
    QSignalSpy activated(&widget, &TimelineWidget::hopActivated);
    const timeline::Bar bar = widget.data().bars[4];
    QTest::mouseDClick(&widget, Qt::LeftButton, {}, widget.currentLayout().bars[4].rect.center().toPoint());
    QCOMPARE(activated.first().first().toString(), bar.hop);
    QVERIFY(widget.view().start < bar.start && widget.view().end > bar.end);
    QVERIFY(widget.view().end - widget.view().start < bar.duration() * 1.5);
}

void TestInteraction::zZoomsToTheSelection() {
    TimelineWidget widget;
    showTimeline(widget);
    const timeline::View whole = widget.view();
    QTest::keyClick(&widget, Qt::Key_Z);
    QCOMPARE(widget.view().start, whole.start);
    QCOMPARE(widget.view().end, whole.end);
    const timeline::Bar bar = widget.data().bars[4];
    widget.setSelectedHop(bar.hop);
    QTest::keyClick(&widget, Qt::Key_Z);
    QVERIFY(widget.view().start < bar.start && widget.view().end > bar.end);
    QVERIFY(widget.view().end - widget.view().start < bar.duration() * 1.5);
}

void TestInteraction::shiftAndTheArrowsGoFromFlagToFlag() {
    TimelineWidget widget;
    showTimeline(widget, test::scenario());
    const auto flags = widget.data().flags;
    QVERIFY(flags.size() > 2);
    const auto at = [&] { return flags[static_cast<std::size_t>(widget.chosenFlag())].at; };
    const QImage before = widget.grab().toImage();
    double last = -1;
    for (std::size_t i = 0; i < flags.size(); ++i) {
        QTest::keyClick(&widget, Qt::Key_Right, Qt::ShiftModifier);
        QVERIFY(at() >= last);
        last = at();
    }
    QVERIFY(widget.grab().toImage() != before);
    QTest::keyClick(&widget, Qt::Key_Right, Qt::ShiftModifier);
    QCOMPARE(at(), last);  // there is none behind it
    QTest::keyClick(&widget, Qt::Key_Left, Qt::ShiftModifier);
    QVERIFY(at() <= last);
    QVERIFY(!widget.accessibleDescription().isEmpty());
    widget.setView({last + 100, last + 200, 0, true, true});
    QTest::keyClick(&widget, Qt::Key_Left, Qt::ShiftModifier);
    QVERIFY(at() >= widget.view().start && at() <= widget.view().end);  // brought into view
    QTest::keyClick(&widget, Qt::Key_Escape);
    QCOMPARE(widget.chosenFlag(), -1);
    QCOMPARE(widget.grab().toImage().size(), before.size());
    const auto& bar = widget.data().bars.back();
    widget.setSelectedHop(bar.hop);
    QTest::keyClick(&widget, Qt::Key_Left, Qt::ShiftModifier);
    if (widget.chosenFlag() >= 0) QVERIFY(at() < bar.start);
}

void TestInteraction::hoverPaintsOverTheCache() {
    TimelineWidget widget;
    showTimeline(widget);
    const QImage before = widget.grab().toImage();
    const QPoint bar = widget.currentLayout().bars[7].rect.center().toPoint();
    QTest::mouseMove(&widget, bar);
    QMouseEvent move(QEvent::MouseMove, bar, widget.mapToGlobal(bar), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&widget, &move);
    QVERIFY(widget.grab().toImage() != before);
    QEvent leave(QEvent::Leave);
    QCoreApplication::sendEvent(&widget, &leave);
    QCOMPARE(widget.grab().toImage(), before);
}

void TestInteraction::dragPans() {
    TimelineWidget widget;
    showTimeline(widget);
    const double start = widget.view().start, perPixel = widget.currentLayout().scale.msPerPixel();
    QSignalSpy selected(&widget, &TimelineWidget::hopSelected);
    QTest::mousePress(&widget, Qt::LeftButton, {}, {500, 700});
    const QPoint to(400, 700);
    QMouseEvent move(QEvent::MouseMove, to, widget.mapToGlobal(to), Qt::NoButton, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&widget, &move);
    QTest::mouseRelease(&widget, Qt::LeftButton, {}, to);
    QVERIFY(std::abs(widget.view().start - start - 100 * perPixel) < 1e-6);
    QCOMPARE(selected.count(), 0);
}

void TestInteraction::aScreenReaderFindsATable() {
    TimelineWidget widget;
    showTimeline(widget);
    auto* interface = QAccessible::queryAccessibleInterface(&widget);
    QVERIFY(interface);
    QCOMPARE(interface->role(), QAccessible::Table);
    auto* table = interface->tableInterface();
    QVERIFY(table);
    const auto& data = widget.data();
    QCOMPARE(table->rowCount(), static_cast<int>(data.lanes.size()));
    QVERIFY(table->rowDescription(0).startsWith(data.lanes[0].title));
    int cells = 0;
    for (int row = 0; row < table->rowCount(); ++row)
        for (int column = 0; column < table->columnCount(); ++column) {
            auto* cell = table->cellAt(row, column);
            QVERIFY(cell);
            if (!cell->isValid()) continue;  // lanes have steps of their own number
            ++cells;
            QCOMPARE(interface->indexOfChild(cell), row * table->columnCount() + column);
            QVERIFY(cell->text(QAccessible::Name).startsWith(data.lanes[static_cast<std::size_t>(row)].title));
            QVERIFY(cell->rect().isValid());
        }
    QCOMPARE(cells, static_cast<int>(data.bars.size()));
    QCOMPARE(table->cellAt(table->rowCount(), 0), nullptr);
    QTest::keyClick(&widget, Qt::Key_Right);
    QCOMPARE(table->selectedCells().size(), 1);
    QVERIFY(table->selectedCells().first()->state().selected);
    widget.setData(timeline::Data{});  // what was handed out stays, and says that it is nothing now
    QCOMPARE(table->rowCount(), 0);
}

void TestInteraction::pictureIsTheWholeAction() {
    TimelineWidget widget;
    showTimeline(widget);
    widget.zoomAt(50, 300);
    const QImage picture = widget.picture({800, 600}, 2).toImage();
    QCOMPARE(picture.size(), QSize(1600, 1200));
    QVERIFY(test::inkOf(picture) > 0.02);
}

void TestInteraction::emptyTimelineSaysWhy() {
    TimelineWidget widget;
    showTimeline(widget, {});
    const QImage silent = widget.grab().toImage();
    widget.setEmptyText(QStringLiteral("No action yet. Run Alice to Bob (Ctrl+Enter)."));
    QVERIFY(widget.grab().toImage() != silent);
    QTest::keyClick(&widget, Qt::Key_Right);
    QTest::keyClick(&widget, Qt::Key_W);
    QVERIFY(widget.selectedHop().isEmpty());
}

void TestInteraction::mapSelectsAndActivates() {
    topology::TopologyWidget map;
    map.setAttribute(Qt::WA_DontShowOnScreen);
    map.resize(1376, 340);
    map.setData(test::smallMap());
    map.show();
    QSignalSpy selected(&map, &topology::TopologyWidget::nodeSelected);
    QSignalSpy activated(&map, &topology::TopologyWidget::nodeActivated);
    const QPoint gateway = map.currentLayout().nodes[1].rect.center().toPoint();
    QTest::mouseClick(&map, Qt::LeftButton, {}, gateway);
    QCOMPARE(selected.last().first().toString(), QStringLiteral("gateway"));
    QTest::mouseDClick(&map, Qt::LeftButton, {}, gateway);
    QCOMPARE(activated.last().first().toString(), QStringLiteral("gateway"));
    QTest::keyClick(&map, Qt::Key_Right);
    QCOMPARE(map.selectedNode(), QStringLiteral("content"));
    QTest::keyClick(&map, Qt::Key_Down);
    QCOMPARE(map.selectedNode(), QStringLiteral("social"));
    QTest::keyClick(&map, Qt::Key_Return);
    QCOMPARE(activated.last().first().toString(), QStringLiteral("social"));
    QTest::mouseClick(&map, Qt::LeftButton, {}, {5, 5});
    QVERIFY(map.selectedNode().isEmpty());
}

void TestInteraction::mapKeepsItsSelection() {
    topology::TopologyWidget map;
    map.setData(test::smallMap());
    map.setSelectedNode(QStringLiteral("feed"));
    map.setData(test::healthyMap());
    QCOMPARE(map.selectedNode(), QStringLiteral("feed"));
    topology::Data without = test::healthyMap();
    std::erase_if(without.nodes, [](const topology::Node& node) { return node.id == u"feed"; });
    map.setData(without);
    QVERIFY(map.selectedNode().isEmpty());
}

QTEST_MAIN(TestInteraction)
#include "tst_interaction.moc"
