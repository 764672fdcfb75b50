// What the tables do under the hand: following, holding, selecting, searching, copying.
#include <QApplication>
#include <QClipboard>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <set>

#include "tests/support/strict_log.h"
#include "tests/widgets/samples.h"
#include "widgets/tables/event_table.h"
#include "widgets/tables/header_view.h"
#include "widgets/tables/hex_view.h"
#include "widgets/tables/json_view.h"
#include "widgets/tables/log_view.h"
#include "widgets/theme/theme.h"

using namespace nova;
using tables::EventTable;

namespace {

// A shown table over a ring, laid out.
struct Tail {
    explicit Tail(quint64 capacity, quint64 events) : ring(capacity) {
        ring.append(events);
        table.setAttribute(Qt::WA_DontShowOnScreen);
        table.resize(900, 400);
        table.show();
        QCoreApplication::processEvents();
        table.model()->setSource(&ring);
    }
    void tick(quint64 events) {
        ring.append(events);
        table.model()->refresh();
    }
    QTableView* view() { return table.findChild<QTableView*>(); }

    test::FakeRing ring;
    EventTable table;
};

// Which rows a table wants to know.
class AskedRing final : public test::FakeRing {
public:
    using FakeRing::FakeRing;
    bool row(quint64 sequence, models::EventRow& row) const override {
        asked.insert(sequence);
        return FakeRing::row(sequence, row);
    }
    mutable std::set<quint64> asked;
};

}  // namespace

class TestTables : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void followsUntilScrolledUp();
    void selectionStaysOnItsEvent();
    void clickHoldsTheView();
    void keysWalkBeyondTheWindow();
    void copyTakesTheWholeKey();
    void wheelScrolls();
    void logFiltersAndFinds();
    void logKeepsItsSelectionWhileLinesLeave();
    void hexFindsAndCopies();
    void hexLineLengths();
    void jsonIsCut();
    void headersAreTextHexOrBase64();
    void aMillionRowsAreAskedForThoseInSight();
};

void TestTables::initTestCase() {
    test::failOnLoggedErrors();
    theme::Theme::instance().apply(*qApp, theme::Choice::Dark);
}

void TestTables::followsUntilScrolledUp() {
    Tail tail(10000, 500);
    const auto page = static_cast<quint64>(tail.table.model()->pageRows());
    QVERIFY(page >= 10 && page < 20);
    QCOMPARE(tail.table.model()->top(), 500 - page);
    auto* bar = tail.table.findChild<QScrollBar*>(QString(), Qt::FindDirectChildrenOnly);
    QCOMPARE(bar->value(), bar->maximum());
    bar->setValue(10);
    QCOMPARE(tail.table.model()->top(), 10u);
    tail.tick(1000);
    QCOMPARE(tail.table.model()->top(), 10u);
    QCOMPARE(bar->value(), 10);
    QTest::keyClick(tail.view(), Qt::Key_End);
    QVERIFY(tail.table.model()->following());
    tail.tick(5);
    QCOMPARE(tail.table.model()->top(), 1505 - page);
    QTest::keyClick(tail.view(), Qt::Key_Home);
    QCOMPARE(tail.table.model()->top(), 0u);
}

void TestTables::selectionStaysOnItsEvent() {
    Tail tail(10000, 100);
    tail.table.selectSequence(95);
    tail.table.model()->setFollowing(true);
    const int before = tail.view()->currentIndex().row();
    tail.tick(3);
    QCOMPARE(tail.view()->currentIndex().row(), before - 3);
    QCOMPARE(*tail.table.selectedSequence(), 95u);
    tail.tick(500);
    QVERIFY(!tail.view()->selectionModel()->hasSelection());
    QCOMPARE(*tail.table.selectedSequence(), 95u);
    tail.table.model()->setTop(90);
    QCOMPARE(tail.view()->currentIndex().row(), 5);
    QVERIFY(tail.view()->selectionModel()->hasSelection());
}

void TestTables::clickHoldsTheView() {
    Tail tail(10000, 100);
    QSignalSpy selected(&tail.table, &EventTable::rowSelected);
    QSignalSpy activated(&tail.table, &EventTable::rowActivated);
    const QPoint third = tail.view()->visualRect(tail.table.model()->index(2, 1)).center();
    QTest::mouseClick(tail.view()->viewport(), Qt::LeftButton, {}, third);
    QCOMPARE(selected.count(), 1);
    const quint64 wanted = tail.table.model()->top() + 2;
    QCOMPARE(selected.first().first().toULongLong(), wanted);
    QVERIFY(!tail.table.model()->following());
    tail.tick(2000);
    QCOMPARE(tail.view()->currentIndex().row(), 2);
    QTest::keyClick(tail.view(), Qt::Key_Return);
    QCOMPARE(activated.first().first().toULongLong(), wanted);
}

void TestTables::keysWalkBeyondTheWindow() {
    Tail tail(10000, 100);
    tail.table.selectSequence(50);
    QTest::keyClick(tail.view(), Qt::Key_Down);
    QCOMPARE(*tail.table.selectedSequence(), 51u);
    for (int i = 0; i < 30; ++i) QTest::keyClick(tail.view(), Qt::Key_Down);
    QCOMPARE(*tail.table.selectedSequence(), 81u);
    QVERIFY(tail.table.model()->indexOf(81).isValid());
    QTest::keyClick(tail.view(), Qt::Key_PageUp);
    const auto page = static_cast<quint64>(tail.table.model()->pageRows());
    QCOMPARE(*tail.table.selectedSequence(), 81 - (page - 1));
    QVERIFY(tail.view()->selectionModel()->hasSelection());
    for (int i = 0; i < 200; ++i) QTest::keyClick(tail.view(), Qt::Key_Up);
    QCOMPARE(*tail.table.selectedSequence(), 0u);
}

void TestTables::copyTakesTheWholeKey() {
    Tail tail(10000, 100);
    const QModelIndex key = tail.table.model()->index(0, models::EventTableModel::Key);
    QTest::mouseClick(tail.view()->viewport(), Qt::LeftButton, {}, tail.view()->visualRect(key).center());
    QTest::keyClick(tail.view(), Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QGuiApplication::clipboard()->text().size(), 36);
}

void TestTables::wheelScrolls() {
    Tail tail(10000, 100);
    const quint64 top = tail.table.model()->top();
    QWheelEvent up(QPointF(50, 50), QPointF(50, 50), {}, {0, 120}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase,
                   false);
    QCoreApplication::sendEvent(tail.view()->viewport(), &up);
    QCOMPARE(tail.table.model()->top(), top - 3);
    QVERIFY(!tail.table.model()->following());
    QWheelEvent down(QPointF(50, 50), QPointF(50, 50), {}, {0, -240}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase,
                     false);
    QCoreApplication::sendEvent(tail.view()->viewport(), &down);
    QVERIFY(tail.table.model()->following());
}

void TestTables::logFiltersAndFinds() {
    models::LogModel model;
    tables::LogView view;
    view.resize(400, 100);
    view.setModel(&model);
    model.append(test::logLines());
    QCOMPARE(view.shownLines(), 10);  // one is debug
    view.setMinimumLevel(models::LogLevel::Warn);
    QCOMPARE(view.shownLines(), 2);
    view.setMinimumLevel(models::LogLevel::Debug);
    QCOMPARE(view.shownLines(), 11);
    view.setSource(QStringLiteral("content-service/0"));
    QCOMPARE(view.shownLines(), 0);
    view.setSource({});
    view.setSearch(QStringLiteral("GENERATION"));
    QVERIFY(view.findNext());
    QTest::keyClick(&view, Qt::Key_C, Qt::ControlModifier);
    QVERIFY(QGuiApplication::clipboard()->text().contains(QStringLiteral("generation 41")));
    view.setSearch(QStringLiteral("nothing like it"));
    QVERIFY(!view.findNext());
}

void TestTables::logKeepsItsSelectionWhileLinesLeave() {
    models::LogModel model(nullptr, 20);
    tables::LogView view;
    view.resize(400, 120);
    view.setModel(&model);
    const auto add = [&](int from, int count) {
        std::vector<models::LogLine> lines(static_cast<std::size_t>(count));
        for (int i = 0; i < count; ++i)
            lines[static_cast<std::size_t>(i)].text = QStringLiteral("line %1").arg(from + i);
        model.append(lines);
    };
    add(0, 20);
    QVERIFY(view.following());
    view.setSearch(QStringLiteral("line 15"));
    QVERIFY(view.findNext());
    add(20, 10);
    QCOMPARE(view.shownLines(), 20);
    QTest::keyClick(&view, Qt::Key_C, Qt::ControlModifier);
    QVERIFY(QGuiApplication::clipboard()->text().contains(QStringLiteral("line 15")));
    add(30, 20);
    QCOMPARE(view.shownLines(), 20);
    view.follow();
    QVERIFY(view.following());
}

void TestTables::hexFindsAndCopies() {
    tables::HexView view;
    view.resize(480, 120);
    view.setBytes(QByteArrayLiteral("abcabcabc"));
    QCOMPARE(view.setHighlight("abc"), 3);
    QCOMPARE(view.setHighlight("x"), 0);
    QCOMPARE(view.setHighlight({}), 0);
    QTest::keyClick(&view, Qt::Key_A, Qt::ControlModifier);
    QCOMPARE(view.selection(), (std::pair<qsizetype, qsizetype>(0, 9)));
    QTest::keyClick(&view, Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("61 62 63 61 62 63 61 62 63"));
    view.setBytes({});
    QCOMPARE(view.selection().second, 0);
}

void TestTables::hexLineLengths() {
    QCOMPARE(tables::HexView::bytesPerLine(100, 7), 8);
    QCOMPARE(tables::HexView::bytesPerLine(396, 6.6), 12);
    QCOMPARE(tables::HexView::bytesPerLine(560, 7), 16);
    QCOMPARE(tables::HexView::bytesPerLine(5000, 7), 32);
}

void TestTables::jsonIsCut() {
    tables::JsonView view;
    view.setText(QStringLiteral("{}"));
    QCOMPARE(view.toPlainText(), QStringLiteral("{}"));
    view.setText(QString((1 << 20) + 5, u'x'));
    QVERIFY(view.toPlainText().size() < (1 << 20) + 100);
    QVERIFY(view.toPlainText().endsWith(QStringLiteral("Cut at 1 MiB.")));
}

void TestTables::headersAreTextHexOrBase64() {
    using namespace Qt::StringLiterals;
    using tables::HeaderView;
    HeaderView view;
    view.setHeaders({{u"b"_s, "1"}, {u"name"_s, "né"}, {u"b"_s, QByteArray("\xff\x00", 2)}, {u"c"_s, ""}});
    QCOMPARE(view.toPlainText(), QStringLiteral("b     1\nname  né\nb     0xff00\nc     "));
    view.setForm(HeaderView::Form::hex);
    QCOMPARE(view.toPlainText(), QStringLiteral("b     0x31\nname  0x6ec3a9\nb     0xff00\nc     0x"));
    view.setForm(HeaderView::Form::base64);
    QCOMPARE(view.toPlainText(), QStringLiteral("b     MQ==\nname  bsOp\nb     /wA=\nc     "));
    view.setForm(HeaderView::Form::text);
    view.setHeaders({{u"long"_s, QByteArray(HeaderView::longestValue + 5, 'x')}});
    QVERIFY(view.toPlainText().endsWith(QStringLiteral("and 5 more bytes")));
    view.setHeaders({{u"a\nce_id"_s, "1\u2029ce_type  forged"}});  // a stranger's: neither may look like two headers
    QCOMPARE(view.document()->blockCount(), 1);
    QVERIFY(view.toPlainText().contains(u"a\ufffdce_id"_s));
    QVERIFY(view.toPlainText().contains(u"0x31e280a9"_s));
    QCOMPARE(HeaderView::shown("a\nb", HeaderView::Form::text), QStringLiteral("0x610a62"));  // no line of its own
    view.setHeaders({});
    QVERIFY(view.toPlainText().isEmpty());
}

void TestTables::aMillionRowsAreAskedForThoseInSight() {
    constexpr quint64 million = 1'000'000;
    AskedRing ring(million);
    ring.append(million);
    EventTable table;
    table.setAttribute(Qt::WA_DontShowOnScreen);
    table.resize(1'376, 700);
    table.show();
    QCoreApplication::processEvents();
    table.model()->setSource(&ring);
    auto* view = table.findChild<QTableView*>();
    const auto inSight = std::size_t(view->viewport()->height() / view->rowHeight(0) + 2);
    std::size_t most = 0;
    const auto frame = [&] {
        ring.asked.clear();
        table.model()->refresh();
        QImage image(table.size(), QImage::Format_RGB32);
        table.render(&image);
        most = std::max(most, ring.asked.size());
    };
    for (int i = 0; i < 20; ++i) {  // following: the ring turns over
        ring.append(667);
        frame();
        QVERIFY(ring.asked.contains(ring.last() - 1));
    }
    QTest::keyClick(view, Qt::Key_Home);
    for (int i = 0; i < 20; ++i) {  // scrolling, by pages and from end to end
        if (i % 2 == 0)
            table.model()->setTop(ring.first() + quint64(i) * (million / 20));
        else
            QTest::keyClick(view, Qt::Key_PageDown);
        frame();
        QVERIFY(!ring.asked.empty());
    }
    QVERIFY2(most <= inSight, qPrintable(QString::number(most) + QStringLiteral(" rows asked for, in sight ") +
                                         QString::number(inSight)));
}

QTEST_MAIN(TestTables)
#include "tst_tables.moc"
