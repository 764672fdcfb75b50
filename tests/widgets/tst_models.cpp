// Every model under QAbstractItemModelTester, live updates included, and what the models promise beyond it.
#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include "tests/support/strict_log.h"
#include "tests/widgets/samples.h"
#include "widgets/theme/clock.h"
#include "widgets/models/event_table_model.h"

using namespace nova::models;
using nova::test::FakeRing;

namespace {

QString textAt(const QAbstractItemModel& model, int row, int column) {
    return model.index(row, column).data().toString();
}

LogLine lineOf(int number) {
    LogLine line;
    line.text = QStringLiteral("line %1").arg(number);
    return line;
}

ActionRow actionOf(int number) {
    ActionRow row;
    row.traceId = QString::number(number);
    row.action = QStringLiteral("createPost");
    return row;
}

}  // namespace

class TestModels : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { nova::test::failOnLoggedErrors(); }
    void eventWindowGrowsThenOnlyChanges();
    void eventWindowFollowsTheNewest();
    void heldWindowStandsStill();
    void heldWindowIsPushedByTheRing();
    void reachingTheEndFollowsAgain();
    void eventCellsReadAsDesigned();
    void sourceCanBeReplaced();
    void processesChangeInPlace();
    void processCells();
    void actionsGrowAtTheFront();
    void actionsAreBounded();
    void logIsBounded();
    void oneHugeBatchKeepsTheNewestLines();
};

void TestModels::eventWindowGrowsThenOnlyChanges() {
    FakeRing ring(100000);
    EventTableModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setPageRows(30);
    model.setSource(&ring);
    QCOMPARE(model.rowCount(), 0);
    QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    for (int tick = 0; tick < 10; ++tick) {
        ring.append(7);
        model.refresh();
    }
    QCOMPARE(model.rowCount(), 30);
    QCOMPARE(inserted.count(), 5);
    inserted.clear();
    changed.clear();
    ring.append(1000000);
    model.refresh();
    QCOMPARE(inserted.count(), 0);
    QCOMPARE(changed.count(), 1);
    QCOMPARE(model.rowCount(), 30);
    model.setPageRows(12);
    QCOMPARE(model.rowCount(), 12);
}

void TestModels::eventWindowFollowsTheNewest() {
    FakeRing ring(1000);
    EventTableModel model;
    model.setPageRows(10);
    model.setSource(&ring);
    ring.append(2500);
    model.refresh();
    QVERIFY(model.following());
    QCOMPARE(model.top(), 2490u);
    QCOMPARE(*model.sequenceOf(model.index(9, 0)), 2499u);
    QCOMPARE(model.indexOf(2495, 2), model.index(5, 2));
    QVERIFY(!model.indexOf(2489).isValid());
    QCOMPARE(model.newer(), 0u);
}

void TestModels::heldWindowStandsStill() {
    FakeRing ring(100000);
    EventTableModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setPageRows(10);
    model.setSource(&ring);
    ring.append(500);
    model.refresh();
    QSignalSpy following(&model, &EventTableModel::followingChanged);
    model.setTop(100);
    QCOMPARE(following.count(), 1);
    const QString first = textAt(model, 0, EventTableModel::Offset);
    ring.append(18204);
    model.refresh();
    QCOMPARE(model.top(), 100u);
    QCOMPARE(textAt(model, 0, EventTableModel::Offset), first);
    QCOMPARE(model.newer(), 500u - 110 + 18204);
}

void TestModels::heldWindowIsPushedByTheRing() {
    FakeRing ring(100);
    EventTableModel model;
    model.setPageRows(10);
    model.setSource(&ring);
    ring.append(100);
    model.refresh();
    model.setTop(0);
    ring.append(50);
    model.refresh();
    QCOMPARE(model.top(), 50u);
    QVERIFY(!model.following());
}

void TestModels::reachingTheEndFollowsAgain() {
    FakeRing ring(1000);
    EventTableModel model;
    model.setPageRows(10);
    model.setSource(&ring);
    ring.append(100);
    model.refresh();
    model.setTop(3);
    QVERIFY(!model.following());
    model.setTop(90);
    QVERIFY(model.following());
    model.setFollowing(false);
    ring.append(10);
    model.refresh();
    QCOMPARE(model.top(), 90u);
    model.setFollowing(true);
    QCOMPARE(model.top(), 100u);
}

void TestModels::eventCellsReadAsDesigned() {
    FakeRing ring(1000);
    ring.append(40);
    EventTableModel model;
    model.setPageRows(40);
    model.setSource(&ring);
    const auto at = [&](int row, int column) { return textAt(model, row, column); };
    QCOMPARE(at(0, EventTableModel::Topic), QStringLiteral("message.events"));
    QCOMPARE(model.index(0, EventTableModel::Topic).data(EventTableModel::FullTextRole).toString(),
             QStringLiteral("nova.message.events"));
    QCOMPARE(at(0, EventTableModel::Time), QStringLiteral("23:41:52.000"));
    QCOMPARE(at(0, EventTableModel::Offset), QStringLiteral("51\u00a0880"));
    QCOMPARE(at(0, EventTableModel::Key), QStringLiteral("0193a8e3-1c40-7a2e…"));
    QCOMPARE(at(0, EventTableModel::Version), QString());
    QCOMPARE(at(0, EventTableModel::Latency), QStringLiteral("40.0\u00a0ms"));
    QCOMPARE(at(7, EventTableModel::Type), QStringLiteral("undecodable"));
    QCOMPARE(at(9, EventTableModel::Bytes), QStringLiteral("null"));
    QCOMPARE(model.index(3, EventTableModel::Type).data(EventTableModel::FlagsRole).toInt(),
             static_cast<int>(EventTableModel::Duplicate));
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    // Wish 17: times in the zone that was chosen, the same everywhere, with their milliseconds.
    nova::theme::setTimeZone(QTimeZone(3600));
    model.timeZoneChanged();
    QCOMPARE(at(0, EventTableModel::Time), QStringLiteral("00:41:52.000"));
    QCOMPARE(changed.size(), 1);
    nova::theme::setTimeZone(QTimeZone::utc());
}

void TestModels::sourceCanBeReplaced() {
    FakeRing big(1000), small(1000);
    big.append(500);
    small.append(3);
    EventTableModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setPageRows(20);
    model.setSource(&big);
    QCOMPARE(model.rowCount(), 20);
    model.setSource(&small);
    QCOMPARE(model.rowCount(), 3);
    model.setSource(nullptr);
    QCOMPARE(model.rowCount(), 0);
    model.setTop(7);
    QCOMPARE(model.newer(), 0u);
}

void TestModels::processesChangeInPlace() {
    ProcessTableModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    std::vector<ProcessRow> rows = nova::test::processes();
    model.setRows(rows);
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    rows[2].cpuPercent = 99;
    rows[5].state = QStringLiteral("ready");
    model.setRows(rows);
    QCOMPARE(changed.count(), 2);
    model.setRows(rows);
    QCOMPARE(changed.count(), 2);
    QCOMPARE(reset.count(), 0);
    rows.pop_back();
    model.setRows(rows);
    QCOMPARE(reset.count(), 1);
    QCOMPARE(model.rowOf(QStringLiteral("feed-service/1")), 5);
    QCOMPARE(model.rowOf(QStringLiteral("none/0")), -1);
}

void TestModels::processCells() {
    ProcessTableModel model;
    model.setRows(nova::test::processes());
    QCOMPARE(textAt(model, 4, ProcessTableModel::State), QStringLiteral("lagging"));
    QCOMPARE(model.index(4, ProcessTableModel::State).data(ProcessTableModel::StatusRole).toInt(),
             static_cast<int>(nova::theme::Status::Warn));
    QCOMPARE(textAt(model, 0, ProcessTableModel::Pid), QStringLiteral("41188"));  // no thousands in pids
    QCOMPARE(textAt(model, 8, ProcessTableModel::Memory), QStringLiteral("1\u00a0104"));
    QCOMPARE(textAt(model, 7, ProcessTableModel::Up), QStringLiteral("exited 137"));
    QCOMPARE(model.index(7, ProcessTableModel::Up).data(ProcessTableModel::ToneRole).toInt(),
             static_cast<int>(ProcessTableModel::ErrTone));
    QCOMPARE(textAt(model, 7, ProcessTableModel::Pid), QStringLiteral("–"));
    QCOMPARE(textAt(model, 5, ProcessTableModel::Ready), QStringLiteral("–"));
    QCOMPARE(textAt(model, 0, ProcessTableModel::Ready), QStringLiteral("0.42"));
}

void TestModels::actionsGrowAtTheFront() {
    ActionListModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    model.setRows({actionOf(3), actionOf(2), actionOf(1)});
    const QPersistentModelIndex selected = model.index(1);
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    ActionRow grown = actionOf(3);
    grown.visibleMs = 200;
    model.setRows({actionOf(5), actionOf(4), grown, actionOf(2)});
    QCOMPARE(reset.count(), 0);
    QCOMPARE(changed.count(), 1);
    QCOMPARE(selected.row(), 3);
    QCOMPARE(selected.data(ActionListModel::TraceRole).toString(), QStringLiteral("2"));
    QCOMPARE(model.rowOf(QStringLiteral("5")), 0);
    model.setRows({actionOf(4), actionOf(5)});
    QCOMPARE(reset.count(), 1);
    QCOMPARE(model.rowCount(), 2);
}

void TestModels::actionsAreBounded() {
    std::vector<ActionRow> rows;
    for (int i = 0; i < ActionListModel::bound() + 10; ++i) rows.push_back(actionOf(i));
    ActionListModel model;
    model.setRows(rows);
    QCOMPARE(model.rowCount(), ActionListModel::bound());
}

void TestModels::logIsBounded() {
    LogModel model(nullptr, 5);
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    for (int i = 0; i < 8; ++i) model.append({lineOf(i)});
    QCOMPARE(model.rowCount(), 5);
    QCOMPARE(model.dropped(), 3u);
    QCOMPARE(model.line(0).text, QStringLiteral("line 3"));
    model.append({lineOf(8), lineOf(9)});
    QCOMPARE(model.line(4).text, QStringLiteral("line 9"));
    QVERIFY(textAt(model, 0, 0).endsWith(QStringLiteral("line 5")));
    model.clear();
    QCOMPARE(model.rowCount(), 0);
}

void TestModels::oneHugeBatchKeepsTheNewestLines() {
    LogModel model(nullptr, 4);
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.append({lineOf(0), lineOf(1)});
    std::vector<LogLine> batch;
    for (int i = 2; i < 12; ++i) batch.push_back(lineOf(i));
    model.append(batch);
    QCOMPARE(model.rowCount(), 4);
    QCOMPARE(model.line(0).text, QStringLiteral("line 8"));
    QCOMPARE(model.dropped(), 8u);
}

QTEST_GUILESS_MAIN(TestModels)
#include "tst_models.moc"
