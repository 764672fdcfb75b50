// Where a heat map's cells lie, what is seen of thousands, what the keys do; the partition model under the model
// tester; where the words of a history's marks stand.
#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include "tests/support/strict_log.h"
#include "widgets/charts/heat_map.h"
#include "widgets/charts/history_chart.h"
#include "widgets/models/lag_partition_model.h"
#include "widgets/theme/theme.h"

using namespace nova::charts;
using nova::models::LagPartitionModel;
using nova::models::LagPartitionRow;
using Shape = HeatLayout::Shape;

namespace {

std::vector<HeatRow> rowsOf(int groups, int partitions) {
    std::vector<HeatRow> rows;
    for (int g = 0; g < groups; ++g) {
        HeatRow row;
        row.key = QStringLiteral("g%1\nt").arg(g);
        row.title = QStringLiteral("g%1").arg(g);
        for (int p = 0; p < partitions; ++p) {
            HeatCell cell;
            cell.partition = p;
            cell.value = g * 10 + p;
            row.cells.push_back(cell);
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

LagPartitionRow partition(int number, qint64 lag) {
    LagPartitionRow row;
    row.partition = number;
    row.committed = 100;
    row.logEnd = row.lso = 100 + lag;
    row.lag = lag;
    row.word = QStringLiteral("OK");
    return row;
}

// Every cell lies inside its row, no two blocks overlap, and a point inside a block finds its cell again.
void check(const HeatLayout& layout, double width) {
    for (int r = 0; r < layout.size(); ++r) {
        const auto& row = layout.row(r);
        QRectF before;
        for (int c = 0; c < row.count; c += row.bucket) {
            const QRectF cell = layout.cell(r, c);
            QVERIFY(row.rect.adjusted(-0.01, -0.01, 0.01, 0.01).contains(cell));
            QVERIFY(cell.right() <= width + 0.01);
            QVERIFY(!cell.adjusted(0.1, 0.1, -0.1, -0.1).intersects(before));
            QCOMPARE(layout.rowAt(cell.center()), r);
            QCOMPARE(layout.cellAt(r, cell.center()), c);
            before = cell;
        }
        if (layout.shape() == Shape::list && r > 0) QVERIFY(row.rect.top() >= layout.row(r - 1).rect.bottom() - 0.01);
    }
}

}  // namespace

class TestHeatMap : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        nova::test::failOnLoggedErrors();
        nova::theme::Theme::instance().apply(*qApp, nova::theme::Choice::Dark);
    }

    void fewPartitionsAreNumbers() {
        const auto layout = HeatLayout::of(Shape::list, {6, 6, 3}, {760, 240});
        check(layout, 760);
        QVERIFY(layout.row(0).numbers);
        QCOMPARE(layout.headings(), 6);
        // Columns stand under each other, whatever a row's count.
        QCOMPARE(layout.cell(0, 2).left(), layout.cell(2, 2).left());
        QCOMPARE(layout.heading(2).left(), layout.cell(0, 2).left());
    }

    void manyPartitionsAreBlocksAndThenABand() {
        const auto layout = HeatLayout::of(Shape::list, {6, 24, 200, 1'000, 39'000}, {760, 240});
        check(layout, 760);
        QVERIFY(layout.row(0).numbers);
        for (int r = 1; r < 5; ++r) QVERIFY(!layout.row(r).numbers);
        QCOMPARE(layout.row(3).bucket, 1);  // each of a thousand has a block of its own
        QVERIFY(layout.row(4).bucket > 1);
        for (int r = 0; r < 5; ++r) QVERIFY2(layout.row(r).rect.height() <= 102, "no row takes the whole view");
        QVERIFY(layout.row(1).pitchX > layout.row(3).pitchX);
    }

    void aMapShowsAThousandPartitionsAtOnce_data() {
        QTest::addColumn<int>("groups");
        QTest::addColumn<int>("partitions");
        QTest::newRow("170 × 6") << 170 << 6;
        QTest::newRow("1 × 1000") << 1 << 1'000;
        QTest::newRow("1000 × 1") << 1'000 << 1;
        QTest::newRow("20 × 50") << 20 << 50;
    }
    void aMapShowsAThousandPartitionsAtOnce() {
        QFETCH(int, groups);
        QFETCH(int, partitions);
        for (const QSizeF view : {QSizeF(780, 250), QSizeF(540, 190)}) {
            const auto layout = HeatLayout::of(Shape::map, std::vector<int>(std::size_t(groups), partitions), view);
            check(layout, view.width());
            QVERIFY2(layout.height() <= view.height(), qPrintable(QString::number(layout.height())));
        }
    }

    void aMapOfTensOfThousandsScrollsDown() {
        const auto layout = HeatLayout::of(Shape::map, std::vector<int>(5'000, 6), {780, 250});
        QVERIFY(layout.height() > 250);
        for (int r = 0; r < layout.size(); r += 97) QVERIFY(layout.row(r).rect.right() <= 780);
    }

    void onlyRowsInSightAreTouched() {
        const auto layout = HeatLayout::of(Shape::list, std::vector<int>(5'000, 6), {780, 250});
        const auto [from, until] = layout.touching(34'000, 34'250);
        QVERIFY(until - from < 12);
        QVERIFY(layout.row(from).rect.bottom() >= 34'000);
    }

    void levelsAreThoseOfTheDesign() {
        QCOMPARE(heatLevel(0, 1'000), 0);
        QCOMPARE(heatLevel(10, 1'000), 1);
        QCOMPARE(heatLevel(200, 1'000), 2);
        QCOMPARE(heatLevel(700, 1'000), 3);
        QCOMPARE(heatLevel(1'000, 1'000), 4);
        QCOMPARE(heatLevel(1'001, 1'000), 5);
        QCOMPARE(heatLevel(30, 60), 3);
    }

    void keysMoveAndTheSelectionIsByKey() {
        HeatMap map;
        map.resize(760, 240);
        map.show();
        map.setRows(rowsOf(40, 6));
        QSignalSpy chosen(&map, &HeatMap::chosen), activated(&map, &HeatMap::activated);
        QTest::keyClick(&map, Qt::Key_Down);
        QTest::keyClick(&map, Qt::Key_Down);
        QTest::keyClick(&map, Qt::Key_Right);
        QTest::keyClick(&map, Qt::Key_Right);
        QTest::keyClick(&map, Qt::Key_Return);
        QCOMPARE(map.selectedKey(), QStringLiteral("g1\nt"));
        QCOMPARE(activated.first().at(1).toInt(), 1);
        QVERIFY(map.accessibleDescription().contains(QStringLiteral("g1")));
        auto rows = rowsOf(40, 6);
        std::reverse(rows.begin(), rows.end());
        map.setRows(rows);
        QCOMPARE(map.selectedKey(), QStringLiteral("g1\nt"));
        QTest::keyClick(&map, Qt::Key_Home);
        QCOMPARE(map.selectedKey(), QStringLiteral("g39\nt"));
        QTest::keyClick(&map, Qt::Key_End);
        QVERIFY2(map.visibleKeys().contains(QStringLiteral("g0\nt")), "the chosen row is scrolled into sight");
        QVERIFY(!map.visibleKeys().contains(QStringLiteral("g39\nt")));
    }

    void theMouseFindsTheCell() {
        HeatMap map;
        map.resize(760, 240);
        map.show();
        map.setRows(rowsOf(4, 6));
        QSignalSpy chosen(&map, &HeatMap::chosen);
        const QRectF cell = map.currentLayout().cell(2, 3);
        QTest::mouseClick(map.viewport(), Qt::LeftButton, {}, (cell.center() + QPointF(0, 24)).toPoint());
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(chosen.first().at(0).toString(), QStringLiteral("g2\nt"));
        QCOMPARE(chosen.first().at(1).toInt(), 3);
    }

    void unknownAndNeverLookUnlikeZero() {
        HeatMap map;
        map.resize(760, 120);
        auto rows = rowsOf(1, 4);
        for (auto& cell : rows[0].cells) cell.value = 0;
        rows[0].cells[1].kind = HeatCell::Kind::never;
        rows[0].cells[2].kind = HeatCell::Kind::unknown;
        rows[0].cells[3].alarm = true;
        map.setRows(rows);
        const QImage image = map.grab().toImage();
        QVector<QImage> parts;
        for (int c = 0; c < 4; ++c) parts << image.copy(map.currentLayout().cell(0, c).translated(0, 24).toRect());
        for (int a = 0; a < 4; ++a)
            for (int b = a + 1; b < 4; ++b) QVERIFY(parts[a] != parts[b]);
    }

    void partitionsChangeInPlace() {
        LagPartitionModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset), changed(&model, &QAbstractItemModel::dataChanged);
        model.setRows({partition(0, 5), partition(1, 6), partition(2, 7)});
        QCOMPARE(reset.count(), 1);
        model.setRows({partition(0, 5), partition(1, 60), partition(2, 70)});
        QCOMPARE(reset.count(), 1);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(changed.first().at(0).toModelIndex().row(), 1);
        model.setRows({partition(0, 5)});
        QCOMPARE(reset.count(), 2);
    }

    void whatIsNotKnownSortsBelowZeroAndReadsAsADash() {
        LagPartitionModel model;
        auto none = partition(0, 0);
        none.lag = none.committed = std::nullopt;
        auto held = partition(1, 30);
        held.lso = 110;
        model.setRows({none, held});
        const auto text = [&](int row, int column) { return model.index(row, column).data().toString(); };
        QCOMPARE(text(0, LagPartitionModel::Lag), QStringLiteral("–"));
        QVERIFY(model.index(0, LagPartitionModel::Lag).data(LagPartitionModel::SortRole).toDouble() < 0);
        QCOMPARE(text(1, LagPartitionModel::Held), QStringLiteral("20"));
        QCOMPARE(text(1, LagPartitionModel::Holder), QStringLiteral("nobody"));
    }

    void wordsOfMarksNeverTouch() {
        const std::vector<double> x{100, 110, 300, 640};
        const std::vector<double> widths{80, 90, 60, 70};
        const auto places = placeMarks(x, widths, 50, 660, 8);
        std::vector<std::pair<double, double>> spans;
        for (std::size_t i = 0; i < places.size(); ++i) {
            if (!places[i].shown) continue;
            QVERIFY(places[i].left >= 50 && places[i].left + widths[i] <= 660);
            for (const auto& [from, until] : spans)
                QVERIFY(places[i].left >= until || places[i].left + widths[i] <= from);
            spans.emplace_back(places[i].left, places[i].left + widths[i]);
        }
        QVERIFY(places[3].shown && !places[3].rightOfLine);
        QVERIFY(places[2].shown && places[2].rightOfLine);
        QVERIFY2(!places[0].shown, "there is no room left of 100 nor right of it");
    }

    void aHistoryReadsAtATime() {
        HistoryChart chart;
        chart.resize(600, 200);
        const double nan = std::numeric_limits<double>::quiet_NaN();
        chart.setData({{QStringLiteral("p2"), true, {10, 20, 30}, {1'000, nan, 3'000}}}, {}, 0, 40, 1'000, false,
                      Qt::green);
        QVERIFY(chart.readingAt(15).contains(QStringLiteral("p2 1\u00a0000")));
        QVERIFY(chart.readingAt(25).contains(QStringLiteral("p2 –")));
        QVERIFY(chart.readingAt(31).contains(QStringLiteral("p2 3\u00a0000")));
    }
};

QTEST_MAIN(TestHeatMap)
#include "tst_heat_map.moc"
