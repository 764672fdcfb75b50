// The Traffic view over a ring filled by hand: pictures, following and holding, the filter, the detail, one refresh a
// batch.
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QtTest>

#include "app/views/event_detail.h"
#include "app/views/ring_rows.h"
#include "app/views/traffic_view.h"
#include "tests/support/strict_log.h"
#include "tests/views/fakes.h"
#include "tests/views/look.h"
#include "widgets/tables/event_table.h"
#include "widgets/theme/theme.h"

using namespace nova;
using namespace Qt::StringLiterals;
using models::EventTableModel;

namespace {

engine::TrafficBatch batchOf(const engine::EventRing& ring) {
    const auto snapshot = ring.snapshot();
    engine::TrafficBatch batch;
    batch.first = batch.last = snapshot.last();
    batch.held = snapshot.last() - snapshot.first();
    batch.dropped = snapshot.dropped();
    batch.heldSeconds = 217;
    batch.perSecond = 4'812;
    batch.topicPerSecond = {{u"nova.content.events"_s, 1'204}, {u"nova.social.events"_s, 3'605},
                            {u"nova.identity.events"_s, 3},    {u"nova.media.events"_s, 0},
                            {u"nova.message.events"_s, 0},     {u"nova.content.events.dlq"_s, 0}};
    batch.topicTotal = {{u"nova.content.events"_s, 12'040}};
    return batch;
}

}  // namespace

class TrafficTest : public QObject {
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

    void theFilterFindsByDecodedTextAndEscClearsIt() {
        engine::EventRing ring;
        test::fillRing(ring, 4'000);
        views::RingRows rows(ring);
        QSignalSpy on(&rows, &views::RingRows::searchedOn);
        rows.setFilter(u"golden HOUR"_s);
        QTRY_VERIFY(rows.searched() >= 1);
        const auto found = rows.count();
        QVERIFY(found > 500 && found < 1'000);
        for (quint64 row = rows.first(); row < rows.last(); ++row) {
            models::EventRow out;
            QVERIFY(rows.row(row, out));
            QCOMPARE(out.type, u"PostCreated"_s);
        }
        views::TrafficView view(ring);
        view.takeBatch(batchOf(ring));
        test::picture(view, u"traffic-filter"_s, test::wide);
        view.findChild<QLineEdit*>()->setText(u"no such thing"_s);
        QTRY_VERIFY(test::wordsOn(view).contains(u"0 of 4"_s));
        QVERIFY(view.clear());
        QVERIFY(view.findChild<QLineEdit*>()->text().isEmpty());
    }

    void matchesLeaveWithTheRing() {
        engine::EventRing ring(2'048);
        test::fillRing(ring, 2'000);
        views::RingRows rows(ring);
        rows.setFilter(u"golden"_s);
        QTRY_VERIFY(rows.searched() >= 1);
        const auto last = rows.last();
        test::fillRing(ring, 2'000, 2'000);
        rows.refresh();
        QTRY_VERIFY(rows.searched() >= 1);
        QVERIFY(rows.first() > 0);
        QVERIFY(rows.last() > last);
        models::EventRow out;
        QVERIFY(rows.row(rows.first(), out));
    }

    void handlesComeFromUserCreated() {
        engine::EventRing ring;
        test::fillRing(ring, 20);
        views::RingRows rows(ring);
        rows.refresh();
        models::EventRow row;
        QVERIFY(rows.row(4, row));
        QCOMPARE(row.user, u"alice-x3k9"_s);
    }

    void pausedNothingMoves() {
        engine::EventRing ring;
        test::fillRing(ring, 100);
        views::TrafficView view(ring);
        view.takeBatch(batchOf(ring));
        test::picture(view, u"traffic-paused"_s, test::wide);
        view.setLive(false);
        const auto top = view.table()->model()->top();
        test::fillRing(ring, 100, 100);
        view.takeBatch(batchOf(ring));
        QCOMPARE(view.table()->model()->top(), top);
        view.setLive(true);
        QVERIFY(view.table()->model()->top() > top);
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
};

QTEST_MAIN(TrafficTest)
#include "tst_traffic.moc"
