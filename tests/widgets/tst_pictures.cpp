// Pictures of every painted widget in both themes, saved under the build folder for people to look at.
#include <QApplication>
#include <QListView>
#include <QTest>

#include "tests/support/strict_log.h"
#include "tests/widgets/samples.h"
#include "tests/widgets/screenshot.h"
#include "widgets/charts/rate_strip.h"
#include "widgets/tables/delegates.h"
#include "widgets/tables/event_table.h"
#include "widgets/tables/hex_view.h"
#include "widgets/tables/json_view.h"
#include "widgets/tables/log_view.h"
#include "widgets/tables/table_view.h"
#include "widgets/theme/theme.h"
#include "widgets/timeline/timeline_widget.h"
#include "widgets/topology/topology_widget.h"

using namespace nova;
using nova::test::screenshot;

class TestPictures : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void timeline_data();
    void timeline();
    void map_data();
    void map();
    void events();
    void processTable();
    void actionList();
    void textViews();
    void strips();

private:
    // Runs `paint` in both themes; the two pictures must hold something and differ.
    template <class Paint>
    void inBothThemes(const Paint& paint) {
        theme::Theme::instance().setChoice(theme::Choice::Light);
        const QImage light = paint();
        theme::Theme::instance().setChoice(theme::Choice::Dark);
        const QImage dark = paint();
        QVERIFY(test::inkOf(light) > 0.01);
        QVERIFY(test::inkOf(dark) > 0.01);
        QVERIFY(light != dark);
    }
};

void TestPictures::initTestCase() {
    test::failOnLoggedErrors();
    theme::Theme::instance().apply(*qApp, theme::Choice::Dark);
}

void TestPictures::timeline_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<timeline::Data>("data");
    QTest::addColumn<QSize>("size");
    QTest::addColumn<double>("zoom");
    QTest::addColumn<QString>("selected");
    const QSize wide(824, 764), narrow(960, 480);
    QTest::newRow("create") << QStringLiteral("timeline-create") << test::createPost() << wide << 1.0
                            << QStringLiteral("hop-4");
    QTest::newRow("scenario") << QStringLiteral("timeline-scenario") << test::scenario() << QSize(1200, 760) << 1.0
                              << QStringLiteral("hop-20");
    QTest::newRow("narrow") << QStringLiteral("timeline-narrow") << test::scenario() << narrow << 1.0 << QString();
    QTest::newRow("zoomed") << QStringLiteral("timeline-zoomed") << test::createPost() << wide << 5.0 << QString();
    QTest::newRow("deep") << QStringLiteral("timeline-deep") << test::createPost() << wide << 400.0 << QString();
    QTest::newRow("local") << QStringLiteral("timeline-local") << test::localPost() << wide << 1.0
                           << QStringLiteral("hop-4");
    QTest::newRow("incomplete") << QStringLiteral("timeline-incomplete") << test::incomplete() << wide << 1.0
                                << QString();
    QTest::newRow("crowded") << QStringLiteral("timeline-crowded") << test::crowded(300) << wide << 1.0 << QString();
}

void TestPictures::timeline() {
    QFETCH(QString, name);
    QFETCH(timeline::Data, data);
    QFETCH(QSize, size);
    QFETCH(double, zoom);
    QFETCH(QString, selected);
    inBothThemes([&] {
        timeline::TimelineWidget widget;
        widget.resize(size);
        widget.setData(data);
        widget.setSelectedHop(selected);
        if (zoom != 1) widget.zoomAt(zoom, widget.currentLayout().scale.x(38));
        return screenshot(widget, name, size);
    });
}

void TestPictures::map_data() {
    QTest::addColumn<int>("kind");
    QTest::addColumn<QSize>("size");
    QTest::newRow("map-full") << 0 << QSize(1376, 340);
    QTest::newRow("map-broken") << 1 << QSize(1376, 316);
    QTest::newRow("map-small") << 2 << QSize(1376, 340);
    QTest::newRow("map-narrow") << 2 << QSize(960, 260);
}

void TestPictures::map() {
    QFETCH(int, kind);
    QFETCH(QSize, size);
    inBothThemes([&] {
        topology::TopologyWidget widget;
        widget.setData(kind == 0 ? test::healthyMap() : kind == 1 ? test::brokenMap() : test::smallMap());
        if (kind == 2) widget.setSelectedNode(QStringLiteral("feed"));
        return screenshot(widget, QString::fromLatin1(QTest::currentDataTag()), size);
    });
}

void TestPictures::events() {
    test::FakeRing ring(1000);
    ring.append(5000);
    inBothThemes([&] {
        tables::EventTable table;
        table.model()->setSource(&ring);
        table.setAttribute(Qt::WA_DontShowOnScreen);
        table.resize(960, 600);
        table.show();
        QCoreApplication::processEvents();
        table.selectSequence(4990);
        return screenshot(table, QStringLiteral("events"), {960, 600});
    });
}

void TestPictures::processTable() {
    inBothThemes([&] {
        models::ProcessTableModel model;
        model.setRows(test::processes());
        tables::TableView table;
        table.setModel(&model);
        table.setItemDelegate(new tables::ProcessDelegate(&table));
        table.setColumns({{176}, {36}, {96}, {68}, {104}, {84}, {72}, {84}, {64}, {100, true}});
        table.selectRow(5);
        return screenshot(table, QStringLiteral("processes"), {888, 280});
    });
}

void TestPictures::actionList() {
    inBothThemes([&] {
        models::ActionListModel model;
        model.setRows(test::actions());
        QListView list;
        list.setModel(&model);
        list.setItemDelegate(new tables::ActionDelegate(&list));
        list.setFrameShape(QFrame::NoFrame);
        list.setCurrentIndex(model.index(0));
        return screenshot(list, QStringLiteral("actions"), {264, 710});
    });
}

void TestPictures::textViews() {
    inBothThemes([&] {
        models::LogModel model;
        model.append(test::logLines());
        tables::LogView view;
        view.setModel(&model);
        view.setMinimumLevel(models::LogLevel::Debug);
        view.setSourceShown(true);
        view.setSearch(QStringLiteral("lag"));
        return screenshot(view, QStringLiteral("log"), {480, 280});
    });
    inBothThemes([&] {
        tables::HexView view;
        QByteArray bytes(
            "\x0a\x24"
            "0193a8e3-1c40-7a2e-b7f0-55d1c0a94e91\x12\x24"
            "0193a1f0-77aa-7001-8c11-0a11ce000001");
        for (int i = 0; i < 200; ++i) bytes.append(static_cast<char>(i));
        view.setBytes(bytes);
        view.setHighlight("77aa");
        return screenshot(view, QStringLiteral("hex"), {420, 180});
    });
    inBothThemes([&] {
        tables::JsonView view;
        view.setText(QStringLiteral(
            "{\n  \"post_id\": \"0193a8e3-1c40-7a2e-b7f0-55d1c0a94e91\",\n  \"version\": 1,\n  \"premium\": true,\n"
            "  \"content\": \"Golden hour over the \\\"harbour\\\"\",\n  \"media_ids\": []\n}"));
        view.setSearch(QStringLiteral("golden"));
        return screenshot(view, QStringLiteral("json"), {420, 160});
    });
}

void TestPictures::strips() {
    inBothThemes([&] {
        charts::RateStrip strip;
        strip.setSeries(test::rates());
        return screenshot(strip, QStringLiteral("rates"), {1376, strip.heightForWidth(1376)});
    });
}

QTEST_MAIN(TestPictures)
#include "tst_pictures.moc"
