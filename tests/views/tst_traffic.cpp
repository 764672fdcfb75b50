// The Traffic view over a ring filled by hand: pictures, following and holding, pauses, sorting, one refresh a batch.
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QtTest>

#include "app/views/event_detail.h"
#include "app/views/filter_field.h"
#include "app/views/ring_rows.h"
#include "app/views/traffic_view.h"
#include "tests/support/strict_log.h"
#include "tests/views/look.h"
#include "tests/views/traffic_samples.h"
#include "widgets/tables/event_table.h"
#include "widgets/theme/theme.h"

using namespace nova;
using namespace Qt::StringLiterals;
using models::EventTableModel;
using test::batchOf;
using test::eventAt;
using test::firstRow;
using test::isSorted;

class TrafficTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        test::failOnLoggedErrors();
        theme::Theme::instance().apply(*qApp, theme::Choice::Dark);
    }

    void aFullTailFits() {
        engine::EventRing ring;
        test::fillRing(ring, 400);
        test::everywhere([&](const QSize& size) {
            views::TrafficView view(ring);
            view.takeBatch(batchOf(ring));
            test::picture(view, u"traffic-live"_s, size - QSize(64, 67));
            QVERIFY(test::wordsOn(view).contains(u"Following the newest"_s));
            const auto last = ring.snapshot().last();
            view.table()->selectSequence(last - 5);
            Q_EMIT view.table()->rowSelected(last - 5);
            test::picture(view, u"traffic-live"_s, size - QSize(64, 67));
            QCOMPARE(test::squeezed(view), QString());
            QVERIFY(test::wordsOn(view).contains(u"dropped 0"_s));
            QVERIFY(!view.detail()->isEmpty());
        });
    }

    void emptyAndDisconnectedSayWhatToDo() {
        engine::EventRing ring;
        test::everywhere([&](const QSize& size) {
            views::TrafficView view(ring);
            test::picture(view, u"traffic-waiting"_s, size - QSize(64, 67));
            QCOMPARE(test::squeezed(view), QString());
            view.takeBatch(batchOf(ring));
            test::picture(view, u"traffic-empty"_s, size - QSize(64, 67));
            view.setDisconnected(u"127.0.0.1:9092: Connect failed: Connection refused"_s);
            test::picture(view, u"traffic-disconnected"_s, size - QSize(64, 67));
            QCOMPARE(test::squeezed(view), QString());
            QVERIFY(test::wordsOn(view).contains(u"Connection refused"_s));
        });
    }

    void anUndecodableRecordStaysWithItsReason() {
        engine::EventRing ring;
        test::fillRing(ring, 60);
        views::TrafficView view(ring);
        view.takeBatch(batchOf(ring));
        test::picture(view, u"traffic-undecodable"_s, test::wide);
        Q_EMIT view.table()->rowSelected(57);
        test::picture(view, u"traffic-undecodable"_s, test::wide);
        QVERIFY2(test::wordsOn(view).contains(u"Undecodable. What was tried:"_s), qPrintable(test::wordsOn(view)));
        QCOMPARE(test::squeezed(view), QString());
    }

    void scrollingUpHoldsAndEndFollows() {
        engine::EventRing ring;
        test::fillRing(ring, 400);
        views::TrafficView view(ring);
        view.takeBatch(batchOf(ring));
        test::picture(view, u"traffic-hold"_s, test::wide);
        auto* model = view.table()->model();
        QVERIFY(model->following());
        view.goOldest();
        QVERIFY(!model->following());
        const auto top = model->top();
        test::fillRing(ring, 100, 400);
        view.takeBatch(batchOf(ring));
        QCOMPARE(model->top(), top);
        test::picture(view, u"traffic-hold"_s, test::wide);
        QVERIFY(test::wordsOn(view).contains(u"newer (End)"_s));
        view.goNewest();
        QVERIFY(model->following());
        QCOMPARE(model->newer(), 0u);
    }

    void handlesComeFromUserCreated() {
        engine::EventRing ring;
        test::fillRing(ring, 20);
        views::RingRows rows(ring);
        QSignalSpy indexed(&rows, &views::RingRows::searchedOn);
        rows.refresh();
        QVERIFY(indexed.wait());
        models::EventRow row;
        QVERIFY(rows.row(4, row));
        QCOMPARE(row.user, u"alice-x3k9"_s);
    }

    void pausedNothingMoves() {
        engine::EventRing ring;
        test::fillRing(ring, 400);
        views::TrafficView view(ring);
        view.takeBatch(batchOf(ring));
        test::picture(view, u"traffic-paused"_s, test::wide);
        view.table()->selectSequence(390);
        Q_EMIT view.table()->rowSelected(390);
        const QString before = view.detail()->eventId();
        view.setLive(false);
        const auto shown = firstRow(view);
        QTRY_VERIFY(test::wordsOn(view).contains(u"400 events kept"_s));
        QCOMPARE(firstRow(view), shown);  // nothing moved as the kept rows took over
        test::fillRing(ring, 100, 400);
        view.takeBatch(batchOf(ring));
        QCOMPARE(firstRow(view), shown);
        QCOMPARE(view.detail()->eventId(), before);
        QVERIFY(view.table()->selectedSequence());
        QCOMPARE(eventAt(view, *view.table()->selectedSequence()), before);
        test::picture(view, u"traffic-paused"_s, test::wide);
        QVERIFY2(test::wordsOn(view).contains(u"+ 100 newer (End)"_s), qPrintable(test::wordsOn(view)));
        view.setLive(true);
        QCOMPARE(view.rows()->last(), 500u);
        QVERIFY(!test::wordsOn(view).contains(u"Paused"_s));
    }

    void aPauseKeepsWhatTheRingLoses() {
        engine::EventRing ring(2'048);
        test::fillRing(ring, 2'000);
        views::TrafficView view(ring);
        view.takeBatch(batchOf(ring));
        test::picture(view, u"traffic-kept"_s, test::wide);
        view.filterField()->setText(u"golden"_s);
        QTRY_COMPARE(view.rows()->searched(), 1.0);
        const auto matches = view.rows()->count();
        const QString oldest = eventAt(view, view.rows()->first());
        view.setLive(false);
        QTRY_VERIFY(test::wordsOn(view).contains(u"events kept"_s));
        QCOMPARE(view.rows()->count(), matches);
        test::fillRing(ring, 6'000, 2'000);
        view.takeBatch(batchOf(ring));
        QCOMPARE(ring.snapshot().bySequence(5), nullptr);
        QCOMPARE(eventAt(view, view.rows()->first()), oldest);
        view.filterField()->clear();  // what was kept beside the matches is there, too
        QCOMPARE(view.rows()->count(), 2'000u);
    }

    // Else a view that is hidden for an hour would keep a second ring's worth alive.
    void aHiddenViewHoldsNothingThatTheRingHasLetGo() {
        engine::EventRing ring(20'000);
        views::TrafficView view(ring);
        const auto fill = [&](int rows) {
            std::vector<engine::Event> events(static_cast<std::size_t>(rows));
            ring.append(std::move(events));
            view.takeBatch(batchOf(ring));
        };
        fill(20'000);
        const auto before = view.rows()->snapshot().dropped();
        for (int i = 0; i < 20; ++i) fill(5'000);
        QVERIFY(view.isHidden() && view.rows()->snapshot().dropped() >= before + 60'000);
        static_cast<QWidget&>(view).show();
        QCOMPARE(view.rows()->snapshot().last(), ring.snapshot().last());
    }

    void aChosenEventIsKeptWhenItLeavesTheRing() {
        engine::EventRing ring(2'048);
        test::fillRing(ring, 1'000);
        views::TrafficView view(ring);
        view.takeBatch(batchOf(ring));
        test::picture(view, u"traffic-left"_s, test::wide);
        view.table()->selectSequence(1);
        Q_EMIT view.table()->rowSelected(1);
        const QString chosen = view.detail()->eventId();
        test::fillRing(ring, 9'000, 1'000);
        view.takeBatch(batchOf(ring));
        QCOMPARE(view.detail()->eventId(), chosen);
        QVERIFY2(test::wordsOn(view).contains(u"left the ring"_s), qPrintable(test::wordsOn(view)));
    }

    void duplicatesAndStaleOnesAreMarkedAndFound() {
        engine::EventRing ring;
        test::fillRing(ring, 100);
        test::fillRing(ring, 100);  // the same ids once more, at the same places
        std::vector<engine::Event> again;
        auto copy = *ring.snapshot().at(7);
        copy.offset += 1'000;
        again.push_back(copy);
        ring.append(std::move(again));
        views::TrafficView view(ring);
        view.takeBatch(batchOf(ring));
        test::picture(view, u"traffic-duplicate"_s, test::wide);
        view.filterField()->setText(u"is:duplicate"_s);
        QTRY_COMPARE(view.rows()->searched(), 1.0);
        QCOMPARE(view.rows()->count(), 1u);
        QCOMPARE(view.rows()->event(view.rows()->first())->offset, copy.offset);
        models::EventRow row;
        QVERIFY(view.rows()->row(view.rows()->first(), row));
        QVERIFY(row.duplicate);
        view.rows()->index().learnStale({test::postedEvent});
        view.filterField()->setText(u"is:stale"_s);
        QTRY_VERIFY(view.rows()->searched() >= 1 && view.rows()->count() == 3);
    }

    void columnsSortInTheBackgroundOverWhatIsKept() {
        engine::EventRing ring;
        test::fillRing(ring, 3'000);
        views::TrafficView view(ring);
        connect(&view, &views::View::pauseToggled, &view, [&view] { view.setLive(false); });
        view.takeBatch(batchOf(ring));
        test::picture(view, u"traffic-sorted"_s, test::wide);
        Q_EMIT view.table()->sortWanted(EventTableModel::Latency);  // pauses first
        QTRY_COMPARE(view.rows()->sortedColumn(), int(EventTableModel::Latency));
        QCOMPARE(view.rows()->count(), 3'000u);
        QVERIFY(isSorted(view, Qt::DescendingOrder));
        test::picture(view, u"traffic-sorted"_s, test::wide);
        Q_EMIT view.table()->sortWanted(EventTableModel::Latency);
        QTRY_VERIFY(isSorted(view, Qt::AscendingOrder));
        view.filterField()->setText(u"type:PostCreated"_s);  // stays sorted
        QTRY_VERIFY(view.rows()->sortedColumn() == EventTableModel::Latency && view.rows()->count() < 1'100);
        QVERIFY(isSorted(view, Qt::AscendingOrder));
        Q_EMIT view.table()->sortWanted(EventTableModel::Latency);
        QTRY_COMPARE(view.rows()->sortedColumn(), -1);
    }

    void aTimeIsJumpedTo() {
        engine::EventRing ring;
        test::fillRing(ring, 3'000);
        views::RingRows rows(ring);
        const auto wanted = ring.snapshot().at(1'234)->timestampMs;
        qint64 found = -2;
        rows.findTime(wanted - 1, [&](qint64 row) { found = row; });
        QTRY_COMPARE(found, 1'234);
        QVERIFY(!rows.setFilter(u"type:PostLiked"_s));
        QTRY_COMPARE(rows.searched(), 1.0);
        rows.findTime(wanted, [&](qint64 row) { found = row; });
        QTRY_VERIFY(found != 1'234);
        QVERIFY(rows.event(quint64(found))->timestampMs >= wanted);
        QVERIFY(rows.event(quint64(found - 1))->timestampMs < wanted);
        found = -2;
        rows.findTime(wanted + 1'000'000, [&](qint64 row) { found = row; });
        QTRY_COMPARE(found, -1);
    }

    void columnsThatIdentifyAnEventStayInANarrowTable() {
        engine::EventRing ring;
        test::fillRing(ring, 60);
        views::TrafficView view(ring);
        view.takeBatch(batchOf(ring));
        test::picture(view, u"traffic-narrow"_s, QSize(960, 633));
        Q_EMIT view.table()->rowSelected(50);
        test::picture(view, u"traffic-narrow"_s, QSize(960, 633));
        const auto* inner = view.table()->findChild<QTableView*>();
        int used = 0;
        for (const auto column :
             {EventTableModel::Time, EventTableModel::Topic, EventTableModel::Type, EventTableModel::Key}) {
            QVERIFY(!inner->isColumnHidden(column));
            QVERIFY(inner->columnWidth(column) >= 100);
        }
        for (int i = 0; i < EventTableModel::ColumnCount; ++i) used += inner->columnWidth(i);
        QVERIFY(used <= inner->viewport()->width());
        QVERIFY(inner->isColumnHidden(EventTableModel::Version));
        test::picture(view, u"traffic-narrow"_s, test::wide);
        QVERIFY(!inner->isColumnHidden(EventTableModel::Version));
    }

    void oneBatchIsOneChangeOfTheTable() {
        engine::EventRing ring;
        test::fillRing(ring, 2'000);
        views::TrafficView view(ring);
        view.takeBatch(batchOf(ring));
        test::picture(view, u"traffic-batch"_s, test::wide);
        auto* model = view.table()->model();
        QSignalSpy changes(model, &QAbstractItemModel::dataChanged), inserts(model, &QAbstractItemModel::rowsInserted),
            resets(model, &QAbstractItemModel::modelReset);
        for (int tick = 0; tick < 30; ++tick) {
            test::fillRing(ring, 700, 2'000 + tick * 700);
            view.takeBatch(batchOf(ring));
        }
        QVERIFY2(changes.size() <= 30, qPrintable(QString::number(changes.size())));
        QCOMPARE(inserts.size() + resets.size(), 0);
    }

    void anEventIsFoundByItsIdAndJumpsToItsTimeline() {
        engine::EventRing ring;
        test::fillRing(ring, 400);
        views::TrafficView view(ring);
        view.takeBatch(batchOf(ring));
        test::picture(view, u"traffic-jump"_s, test::wide);
        const auto found = view.find(u'#' + test::postedEvent);
        QCOMPARE(found.size(), 1);
        QSignalSpy wanted(&view, &views::View::eventWanted), timeline(&view, &views::View::timelineWanted);
        found.first().run();
        QCOMPARE(wanted.size(), 1);
        view.goToEvent(test::postedEvent);
        QCOMPARE(view.detail()->eventId(), test::postedEvent);
        for (auto* button : view.findChildren<QPushButton*>()) {
            if (button->text() == u"Timeline"_s) button->click();
        }
        QCOMPARE(timeline.size(), 1);
        QCOMPARE(timeline.first().first().toString(), test::completeTrace);
    }

    void theDetailIsAsWideAgainOnceThereIsRoom() {
        engine::EventRing ring;
        test::fillRing(ring, 60);
        views::TrafficView view(ring);
        view.takeBatch(batchOf(ring));
        test::picture(view, u"traffic-grown"_s, test::wide - QSize(64, 67));
        const int wanted = view.detail()->width();
        test::picture(view, u"traffic-grown"_s, test::small - QSize(64, 67));
        view.table()->selectSequence(50);
        Q_EMIT view.table()->rowSelected(50);
        test::picture(view, u"traffic-grown"_s, test::small - QSize(64, 67));
        QVERIFY(view.detail()->isVisible() && view.detail()->width() < wanted);
        test::picture(view, u"traffic-grown"_s, test::wide - QSize(64, 67));
        QCOMPARE(view.detail()->width(), wanted);
    }
};

QTEST_MAIN(TrafficTest)
#include "tst_traffic.moc"
