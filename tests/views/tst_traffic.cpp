// The Traffic view over a ring filled by hand: pictures, following and holding, the filter, the detail, one refresh a
// batch.
#include <QAbstractItemModelTester>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTextBrowser>
#include <QtTest>

#include "app/engine/keys/key_report.h"
#include "app/views/completion_list.h"
#include "app/views/event_detail.h"
#include "app/views/event_diff.h"
#include "app/views/filter_field.h"
#include "app/views/lower_pane.h"
#include "app/views/record_copy.h"
#include "app/views/record_link.h"
#include "app/views/ring_rows.h"
#include "app/views/scan_bar.h"
#include "app/views/topic_chooser.h"
#include "app/views/touched_pane.h"
#include "app/views/traffic_view.h"
#include "nova/events/v1/events.pb.h"
#include "tests/support/strict_log.h"
#include "tests/views/fakes.h"
#include "tests/views/look.h"
#include "widgets/tables/event_table.h"
#include "widgets/tables/json_view.h"
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

QString eventAt(views::TrafficView& view, quint64 row) {
    const auto* event = view.rows()->event(row);
    return event ? QString::fromStdString(event->eventId) : QString();
}

// The event in the first row of the window.
QString firstRow(views::TrafficView& view) {
    return eventAt(view, view.table()->model()->top());
}

bool isSorted(views::TrafficView& view, Qt::SortOrder order) {
    const auto* rows = view.rows();
    for (quint64 row = rows->first() + 1; row < rows->last(); ++row) {
        const double before = rows->event(row - 1)->latencyMs(), after = rows->event(row)->latencyMs();
        if (order == Qt::AscendingOrder ? before > after : before < after) return false;
    }
    return rows->sortedColumn() >= 0;
}

QPushButton* button(const QWidget& in, const QString& text) {
    for (auto* button : in.findChildren<QPushButton*>()) {
        if (button->text() == text && button->isVisibleTo(&in)) return button;
    }
    qFatal("no button says %s", qPrintable(text));
}

tables::JsonView* json(const QWidget& in, const QString& name) {
    for (auto* view : in.findChildren<tables::JsonView*>()) {
        if (view->accessibleName() == name) return view;
    }
    return nullptr;
}

engine::Target attached() {
    engine::Profile profile;
    profile.name = u"staging"_s;
    profile.environment = u"staging"_s;
    profile.kafka = {{"bootstrap.servers", "127.0.0.1:1"}};
    return engine::Target::of(profile);
}

engine::KeyReport sampleReport() {
    engine::KeyReport report;
    const QString id = test::postedEvent;
    engine::KeyState done;
    done.key = u"processed:feed-service:"_s + id;
    done.group = u"feed-service"_s;
    done.state = u"done"_s;
    done.ttlSeconds = 600'000;
    engine::KeyState leased = done;
    leased.key = u"processed:notification-service:"_s + id;
    leased.state = u"leased"_s;
    leased.ttlSeconds = 22;
    report.keys = {done, leased};
    engine::VersionState row, gate;
    row.source = u"postgres posts"_s;
    row.key = u"posts 0193a8e3-1c40-7a2e-b7f0-55d1c0a94e91"_s;
    row.version = 1;
    row.owner = true;
    gate.source = u"feed-service gate"_s;
    gate.key = u"post:0193a8e3-1c40-7a2e-b7f0-55d1c0a94e91:version"_s;
    gate.version = 1;
    gate.drift = u"equal"_s;
    report.versions = {row, gate};
    report.effects = {{u"feed"_s, u"feed:0193a8e3-bob"_s, u"rank 0"_s, u"there"_s}};
    engine::ConsumerState group;
    group.group = u"feed-service"_s;
    group.committed = 51'881;
    group.lagAtEvent = 3;
    group.passed = true;
    group.outcome = u"done"_s;
    report.consumers = {group};
    report.traceId = test::completeTrace;
    report.causedEvents = {u"0193a8e3-2222-7d04-9b3e-7c2a81f04e91"_s};
    report.sources = {{u"kafka"_s, u"ok"_s, {}}, {u"postgres"_s, u"not-configured"_s, u"the profile has no [postgres]"_s}};
    return report;
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
        QVERIFY(!rows.setFilter(u"\"golden HOUR\""_s));
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
        view.filterField()->setText(u"\"no such thing\""_s);
        QTRY_VERIFY(test::wordsOn(view).contains(u"0 of 4"_s));
        QVERIFY(view.clear());
        QVERIFY(view.filterField()->text().isEmpty());
    }

    void matchesLeaveWithTheRing() {
        engine::EventRing ring(2'048);
        test::fillRing(ring, 2'000);
        views::RingRows rows(ring);
        QVERIFY(!rows.setFilter(u"golden"_s));
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

    void anErrorPointsAtItsPlaceAndTheLastFilterStays() {
        engine::EventRing ring;
        test::fillRing(ring, 400);
        test::everywhere([&](const QSize& size) {
            views::TrafficView view(ring);
            view.takeBatch(batchOf(ring));
            test::picture(view, u"traffic-error"_s, size - QSize(64, 67));
            view.filterField()->setText(u"type:PostLiked"_s);
            QTRY_COMPARE(view.rows()->searched(), 1.0);
            const auto matches = view.rows()->count();
            view.filterField()->setText(u"type:PostLiked tpye:x"_s);
            test::picture(view, u"traffic-error"_s, size - QSize(64, 67));
            QVERIFY(view.filterField()->problem());
            QCOMPARE(view.filterField()->problem()->position, 15);
            QVERIFY2(test::wordsOn(view).contains(u"tpye"_s), qPrintable(test::wordsOn(view)));
            QCOMPARE(view.rows()->count(), matches);
            QCOMPARE(test::squeezed(view), QString());
            view.filterField()->setText(u"type:PostLiked"_s);
            QVERIFY(!view.filterField()->problem());
        });
    }

    void theFieldProposesWhatWasSeen() {
        engine::EventRing ring;
        test::fillRing(ring, 400);
        views::TrafficView view(ring);
        view.takeBatch(batchOf(ring));
        test::picture(view, u"traffic-proposals"_s, test::wide);
        QTRY_VERIFY(view.rows()->index().seen().types.contains(u"PostCreated"_s));
        auto* field = view.filterField();
        QTest::keyClicks(field, u"ty"_s);
        QVERIFY(field->proposals()->isVisible());
        QTest::keyClick(field, Qt::Key_Tab);
        QCOMPARE(field->text(), u"type:"_s);
        QTest::keyClicks(field, u"Pos"_s);
        test::picture(view, u"traffic-proposals"_s, test::wide);
        QVERIFY(field->proposals()->isVisible());
        QTest::keyClick(field, Qt::Key_Down);
        QTest::keyClick(field, Qt::Key_Return);
        QVERIFY2(field->text() == u"type:PostCreated"_s || field->text() == u"type:PostLiked"_s, qPrintable(field->text()));
        QTRY_VERIFY(view.rows()->searched() >= 1 && view.rows()->count() > 0 && view.rows()->count() < 400);
        QTest::keyClicks(field, u" x"_s);
        QTest::keyClick(field, Qt::Key_Escape);
        QVERIFY(!field->proposals()->isVisible());
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

    void twoEventsStandSideBySide() {
        engine::EventRing ring;
        test::fillRing(ring, 400);
        test::everywhere([&](const QSize& size) {
            views::TrafficView view(ring);
            view.takeBatch(batchOf(ring));
            test::picture(view, u"traffic-compare"_s, size - QSize(64, 67));
            view.table()->selectSequence(394);
            Q_EMIT view.table()->rowSelected(394);
            view.table()->mark(391);
            test::picture(view, u"traffic-compare"_s, size - QSize(64, 67));
            QCOMPARE(view.detail()->eventId(), eventAt(view, 394));  // the smaller table did not choose another
            QCOMPARE(*view.table()->selectedSequence(), 394u);
            QVERIFY(view.table()->model()->indexOf(394).isValid());
            QVERIFY(view.lower()->isVisible());
            QVERIFY2(test::wordsOn(view).contains(u"fields differ"_s), qPrintable(test::wordsOn(view)));
            QCOMPARE(test::squeezed(view), QString());
            QVERIFY(view.clear());
            QVERIFY(!view.lower()->isVisible());
        });
    }

    void helpIsBesideTheTable() {
        engine::EventRing ring;
        test::fillRing(ring, 60);
        test::everywhere([&](const QSize& size) {
            views::TrafficView view(ring);
            view.takeBatch(batchOf(ring));
            test::picture(view, u"traffic-help"_s, size - QSize(64, 67));
            for (const auto& title : {u"This view"_s, u"The filter language"_s}) {
                for (auto* action : view.findChildren<QAction*>()) {
                    if (action->text() == title) action->trigger();
                }
                const auto* page = view.lower()->findChild<QTextBrowser*>();
                QVERIFY2(page->isVisible() && page->toPlainText().size() > 800, qPrintable(page->toPlainText()));
                test::picture(view, u"traffic-help"_s, size - QSize(64, 67));
            }
            QVERIFY(view.clear());
        });
    }

    void differencesAreMarkedFieldByField() {
        engine::EventRing ring;
        test::fillRing(ring, 20);
        auto left = *ring.snapshot().at(4), right = left;
        right.offset += 1;
        right.headerBlob = engine::packHeaders({{"ce_id", "a"}, {"x", "1"}, {"x", "\xff"}});
        left.headerBlob = engine::packHeaders({{"ce_id", "a"}, {"x", "1"}, {"y", "2"}});
        const auto rows = views::diffOf(left, right);
        QHash<QString, models::DiffRow> byField;
        for (const auto& row : rows) byField.insert(row.field, row);
        QCOMPARE(byField[u"offset"_s].kind, models::DiffRow::Kind::changed);
        QCOMPARE(byField[u"ce_id"_s].kind, models::DiffRow::Kind::same);
        QCOMPARE(byField[u"x"_s].kind, models::DiffRow::Kind::same);
        QCOMPARE(byField[u"x (2)"_s].kind, models::DiffRow::Kind::onlyRight);
        QCOMPARE(byField[u"x (2)"_s].right, u"0xff"_s);
        QCOMPARE(byField[u"y"_s].kind, models::DiffRow::Kind::onlyLeft);
        models::DiffModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setRows(rows);
        QVERIFY(model.changes() >= 3);
        const int all = model.rowCount();
        model.setOnlyChanges(true);
        QVERIFY(model.rowCount() < all);
        for (int i = 0; i < model.rowCount(); ++i)
            QVERIFY(model.index(i, 0).data(models::DiffModel::KindRole).toInt() != int(models::DiffRow::Kind::same));
    }

    void theHistoryOfAKeyIsAllItsRecordsThatAreHeld() {
        engine::EventRing ring;
        test::fillRing(ring, 400);
        std::vector<engine::Event> versions;
        for (int version = 2; version < 6; ++version) {
            auto event = *ring.snapshot().at(100);
            event.version = version;
            event.offset += version;
            event.eventId += std::to_string(version);
            versions.push_back(std::move(event));
        }
        ring.append(std::move(versions));
        test::everywhere([&](const QSize& size) {
            views::TrafficView view(ring);
            view.takeBatch(batchOf(ring));
            test::picture(view, u"traffic-history"_s, size - QSize(64, 67));
            view.table()->selectSequence(401);
            Q_EMIT view.table()->rowSelected(401);
            for (auto* action : view.findChildren<QAction*>()) {
                if (action->text().startsWith(u"History of this key"_s)) action->trigger();
            }
            QVERIFY(view.lower()->history());
            QTRY_COMPARE(view.lower()->history()->searched(), 1.0);
            QTRY_COMPARE(view.lower()->history()->count(), 5u);
            test::picture(view, u"traffic-history"_s, size - QSize(64, 67));
            QVERIFY2(test::wordsOn(view).contains(u"versions 1 to 5"_s), qPrintable(test::wordsOn(view)));
            QCOMPARE(test::squeezed(view), QString());
        });
    }

    void linksSayOnePlaceAndNothingElse_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("good");
        QTest::newRow("local") << u"nova://local/nova.content.events/3/51880"_s << true;
        QTest::newRow("odd names") << u"nova://a%2Fb%20%251/%C3%BC/0/9223372036854775807"_s << true;
        QTest::newRow("another scheme") << u"http://local/t/0/1"_s << false;
        QTest::newRow("no offset") << u"nova://local/t/0"_s << false;
        QTest::newRow("too much") << u"nova://local/t/0/1/2"_s << false;
        QTest::newRow("below 0") << u"nova://local/t/0/-1"_s << false;
        QTest::newRow("no number") << u"nova://local/t/x/1"_s << false;
        QTest::newRow("too large") << u"nova://local/t/0/9223372036854775808"_s << false;
        QTest::newRow("no profile") << u"nova:///t/0/1"_s << false;
    }
    void linksSayOnePlaceAndNothingElse() {
        QFETCH(QString, text);
        QFETCH(bool, good);
        const auto link = views::RecordLink::parse(text);
        QCOMPARE(link.has_value(), good);
        if (good) QCOMPARE(link->print(), text);
    }

    void aLinkLeadsToItsRecord() {
        engine::EventRing ring;
        test::fillRing(ring, 400);
        views::TrafficView view(ring);
        view.takeBatch(batchOf(ring));
        test::picture(view, u"traffic-link"_s, test::wide);
        const auto& event = *ring.snapshot().at(7);
        const views::RecordLink link{u"local"_s, u"nova.content.events"_s, event.partition, event.offset};
        QVERIFY(view.openLink(link));
        QCOMPARE(view.detail()->eventId(), test::postedEvent);
        QCOMPARE(*view.table()->selectedSequence(), 7u);
        QVERIFY(!view.openLink({u"elsewhere"_s, link.topic, link.partition, link.offset}));
        QVERIFY(view.openLink({u"local"_s, link.topic, link.partition, 1}));
        QVERIFY(view.detail()->isEmpty());
        QVERIFY2(test::wordsOn(view).contains(u"no cluster to read it from"_s), qPrintable(test::wordsOn(view)));
    }

    void aRecordIsCopiedForAShell() {
        engine::EventRing ring;
        test::fillRing(ring, 20);
        const auto& event = *ring.snapshot().at(7);
        const QString plain = views::kcatLine(event, u"127.0.0.1:9092"_s);
        QVERIFY2(plain.startsWith(u"kcat -b 127.0.0.1:9092 -C -t nova.content.events -p %1 -o %2 -c 1 "_s.arg(event.partition)
                                      .arg(event.offset)),
                 qPrintable(plain));
        const QString secured = views::kcatLine(event, u"b:1"_s,
                                                {{"bootstrap.servers", "b:1"},
                                                 {"security.protocol", "SASL_SSL"},
                                                 {"sasl.username", "it's me"},
                                                 {"sasl.password", "secret!"}});
        QVERIFY(!secured.contains(u"secret!"_s));
        QVERIFY2(secured.contains(u"-X sasl.password=\"$SASL_PASSWORD\""_s), qPrintable(secured));
        QVERIFY2(secured.contains(u"-X 'sasl.username=it'\\''s me'"_s), qPrintable(secured));
        const auto json = QJsonDocument::fromJson(views::recordJson(event).toUtf8()).object();
        QCOMPARE(json[u"event_id"_s].toString(), test::postedEvent);
        QCOMPARE(json[u"payload"_s][u"content"_s].toString(), u"Golden hour over the harbour"_s);
    }

    void whatAnEventTouchedIsTold() {
        engine::EventRing ring;
        test::fillRing(ring, 400);
        test::everywhere([&](const QSize& size) {
            views::TrafficView view(ring);
            view.takeBatch(batchOf(ring));
            test::picture(view, u"traffic-touched"_s, size - QSize(64, 67));
            view.goToEvent(test::postedEvent);
            QVERIFY(test::wordsOn(view).contains(u"no cluster to ask"_s));
            auto* touched = view.detail()->touched();
            touched->setReport(sampleReport());
            test::picture(view, u"traffic-touched"_s, size - QSize(64, 67));
            QVERIFY2(test::wordsOn(view).contains(u"ago"_s), qPrintable(test::wordsOn(view)));
            QCOMPARE(test::squeezed(view), QString());
            const auto facts = touched->model()->facts();
            QCOMPARE(facts.front().status, theme::Status::Ok);
            QCOMPARE(facts.front().target, u"key:processed:feed-service:"_s + test::postedEvent);
            QVERIFY(std::any_of(facts.begin(), facts.end(), [](const auto& fact) {
                return fact.subject == u"postgres"_s && fact.detail == u"not in this profile"_s;
            }));
            QSignalSpy key(&view, &views::View::keyWanted), lag(&view, &views::View::lagWanted);
            Q_EMIT touched->activated(facts.front().target);
            QCOMPARE(key.first().first().toString(), u"processed:feed-service:"_s + test::postedEvent);
            Q_EMIT touched->activated(u"group:feed-service"_s);
            QCOMPARE(lag.first().first().toString(), u"feed-service"_s);
        });
        models::FactModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setFacts(views::factsOf(sampleReport()));
        model.setFacts({});
        model.setFacts(views::factsOf(sampleReport()));
    }

    void aLargeValueIsCutAndSaidNotToBeLost() {
        engine::EventRing ring;
        auto event = *[&] {
            test::fillRing(ring, 20);
            return ring.snapshot().at(4);
        }();
        events::v1::PostCreated post;
        post.set_content(std::string(300'000, 'x') + "the end");
        event.value = post.SerializeAsString();
        std::vector<engine::Event> large{event};
        ring.append(std::move(large));
        views::TrafficView view(ring);
        view.takeBatch(batchOf(ring));
        test::picture(view, u"traffic-large"_s, test::wide);
        view.table()->selectSequence(20);
        Q_EMIT view.table()->rowSelected(20);
        test::picture(view, u"traffic-large"_s, test::wide);
        QVERIFY2(test::wordsOn(view).contains(u"nothing is lost"_s), qPrintable(test::wordsOn(view)));
        QCOMPARE(test::squeezed(view), QString());
        button(view, u"Show all"_s)->click();
        QTRY_VERIFY(json(view, u"Decoded event"_s)->toPlainText().contains(u"the end"_s));
        QVERIFY(!test::wordsOn(view).contains(u"nothing is lost"_s));
    }

    void headersKeepTheirOrderTheirDoublesAndTheirBytes() {
        engine::EventRing ring;
        test::fillRing(ring, 20);
        auto event = *ring.snapshot().at(4);
        event.headerBlob = engine::packHeaders({{"b", "1"}, {"a", "2"}, {"b", std::string("\xff\x00", 2)}, {"c", ""}});
        views::EventDetail detail;
        detail.setEvent(event);
        const QString text = json(detail, u"Headers, in order"_s)->toPlainText();
        QVERIFY2(text.startsWith(u"b: 1\na: 2\nb: 0xff00\nc: \n"_s), qPrintable(text));
    }

    void anAttachedClusterIsReadOnlyWhenTopicsAreChosen() {
        engine::EventRing ring;
        test::everywhere([&](const QSize& size) {
            views::TrafficView view(ring);
            view.setConnected();
            view.setTarget(attached());
            view.setTopics({u"orders"_s, u"payments"_s, u"nova.content.events"_s});
            test::picture(view, u"traffic-attached"_s, size - QSize(64, 67));
            QCOMPARE(test::squeezed(view), QString());
            QVERIFY2(test::wordsOn(view).contains(u"No topic is followed."_s), qPrintable(test::wordsOn(view)));
            QSignalSpy wanted(&view, &views::TrafficView::tailWanted);
            button(view, u"Scan history…"_s)->click();
            QVERIFY(!button(*view.scanBar(), u"Scan"_s)->isEnabled());
            button(*view.scanBar(), u"Choose topics"_s)->click();  // to search a topic is not to follow it
            button(*view.chooser(), u"All"_s)->click();
            button(*view.chooser(), u"Search these"_s)->click();
            QVERIFY(button(*view.scanBar(), u"Scan"_s)->isEnabled());
            QVERIFY(wanted.isEmpty());
            QVERIFY(view.clear());
            button(view, u"Choose topics"_s)->click();
            auto* chooser = view.chooser();
            QVERIFY(chooser->isVisible());
            test::picture(*chooser, u"traffic-chooser"_s, chooser->size());
            QCOMPARE(test::squeezed(*chooser), QString());
            QVERIFY(chooser->chosen().isEmpty());
            QTest::keyClicks(chooser->searchField(), u"ment"_s);
            button(*chooser, u"All"_s)->click();
            QCOMPARE(chooser->chosen(), QStringList{u"payments"_s});
            chooser->setFrom(u"yesterday"_s);
            button(*chooser, u"Follow"_s)->click();
            QVERIFY(wanted.isEmpty() && chooser->isVisible());  // what cannot be understood is said
            chooser->setFrom(u"-5m"_s);
            button(*chooser, u"Follow"_s)->click();
            QCOMPARE(wanted.size(), 1);
            const auto choice = wanted.first().first().value<engine::TailChoice>();
            QCOMPARE(choice.topics, std::vector<std::string>{"payments"});
            QCOMPARE(choice.from.kind, engine::Place::Kind::time);
            QVERIFY(!choice.all);
            QVERIFY(!test::wordsOn(view).contains(u"No topic is followed."_s));
        });
    }

    void whatIsSearchedForIsFollowedByEnter() {
        engine::EventRing ring;
        views::TrafficView view(ring);
        view.setConnected();
        view.setTarget(attached());
        view.setTopics({u"orders"_s, u"orders.dlq"_s, u"payments"_s});
        test::picture(view, u"traffic-enter"_s, test::wide);
        QSignalSpy wanted(&view, &views::TrafficView::tailWanted);
        button(view, u"Choose topics"_s)->click();
        auto* search = view.chooser()->searchField();
        QVERIFY(!button(*view.chooser(), u"Follow"_s)->isEnabled());
        QTest::keyClick(search, Qt::Key_Return);
        QVERIFY2(wanted.isEmpty() && view.chooser()->isVisible(), "nothing was chosen");
        QTest::keyClicks(search, u"orders"_s);
        QTest::keyClick(search, Qt::Key_Return);
        QCOMPARE(wanted.takeFirst().first().value<engine::TailChoice>().topics, std::vector<std::string>{"orders"});
    }

    void allTopicsOfOnesOwnNovaStayAllTopics() {
        engine::EventRing ring;
        test::fillRing(ring, 60);
        views::TrafficView view(ring);
        view.takeBatch(batchOf(ring));
        test::picture(view, u"traffic-topics"_s, test::wide);
        QSignalSpy wanted(&view, &views::TrafficView::tailWanted);
        button(view, u"All topics"_s)->click();
        QCOMPARE(view.chooser()->chosen().size(), view.chooser()->topics());
        button(*view.chooser(), u"Follow"_s)->click();
        QVERIFY(wanted.takeFirst().first().value<engine::TailChoice>().all);
        button(view, u"All topics"_s)->click();
        button(*view.chooser(), u"None"_s)->click();
        QTest::keyClicks(view.chooser()->searchField(), u"social"_s);
        button(*view.chooser(), u"All"_s)->click();
        button(*view.chooser(), u"Follow"_s)->click();
        const auto one = wanted.takeFirst().first().value<engine::TailChoice>();
        QVERIFY(!one.all);
        QCOMPARE(one.topics, std::vector<std::string>{"nova.social.events"});
        QVERIFY(test::wordsOn(view).contains(u"1 topic"_s));
    }

    void aScanTellsItsProgressItsEndAndItsOffsets() {
        engine::EventRing ring;
        test::fillRing(ring, 60);
        engine::ScanReport report;
        for (int p = 0; p < 6; ++p) report.ranges.push_back({"nova.content.events", p, 1'000, 1'000, 701'000, {}});
        test::everywhere([&](const QSize& size) {
            views::TrafficView view(ring);
            view.setTarget(attached());
            view.setFollowed({u"nova.content.events"_s});
            view.takeBatch(batchOf(ring));
            button(view, u"Scan history…"_s)->click();
            test::picture(view, u"traffic-scan-form"_s, size - QSize(64, 67));
            QCOMPARE(test::squeezed(view), QString());
            auto* bar = view.scanBar();
            bar->setFrom(u"-1h"_s);
            const auto request = bar->request();
            QVERIFY(request);
            QCOMPARE(request->from.kind, engine::Place::Kind::time);
            QVERIFY(request->limit > 0 && request->maxSeconds > 0 && !request->until);
            bar->setFrom(u"soon"_s);
            QVERIFY(!bar->request());
            auto now = report;
            for (auto& range : now.ranges) range.next = 267'000;
            now.records = 1'596'000;
            now.matched = 212;
            bar->setRunning(now);
            test::picture(view, u"traffic-scan-running"_s, size - QSize(64, 67));
            QVERIFY2(test::wordsOn(view).contains(u"Scanning p0–p5: 38 % of 4"_s), qPrintable(test::wordsOn(view)));
            QVERIFY(test::wordsOn(view).contains(u"212 found so far"_s));
            QCOMPARE(test::squeezed(view), QString());
            now.end = engine::ScanEnd::maxSeconds;
            now.ranges[3].trouble = "Broker: Leader not available";
            now.seconds = 60;
            now.bytes = 812 << 20;
            bar->setEnded(now, {}, true);
            test::picture(view, u"traffic-scan-ended"_s, size - QSize(64, 67));
            QVERIFY2(test::wordsOn(view).contains(u"The bound of time is reached"_s), qPrintable(test::wordsOn(view)));
            QVERIFY(test::wordsOn(view).contains(u"p3 of nova.content.events: Broker: Leader not available"_s));
            QCOMPARE(test::squeezed(view), QString());
            view.lower()->showSearched(now);
            test::picture(view, u"traffic-scan-offsets"_s, size - QSize(64, 67));
            QCOMPARE(view.lower()->searched()->rowCount(), 6);
            const QString first = view.lower()->searched()->facts().front().detail;
            QVERIFY2(first.startsWith(u"1 000 to 266 999"_s.replace(u' ', QChar(0xa0)).replace(u"\u00a0to\u00a0"_s, u" to "_s)),
                     qPrintable(first));
        });
    }

    void anExportOpensAgainWithoutACluster() {
        engine::EventRing ring;
        test::fillRing(ring, 300);
        QTemporaryDir folder;
        const QString file = folder.filePath(u"found.jsonl"_s);
        views::TrafficView view(ring);
        view.takeBatch(batchOf(ring));
        test::picture(view, u"traffic-export"_s, test::wide);
        view.filterField()->setText(u"type:PostCreated"_s);
        QTRY_COMPARE(view.rows()->searched(), 1.0);
        const auto matches = view.rows()->count();
        QSignalSpy exported(&view, &views::TrafficView::exported);
        view.exportTo(file);
        QVERIFY(exported.wait());
        QVERIFY2(test::wordsOn(view).contains(u"events are in"_s), qPrintable(test::wordsOn(view)));
        views::TrafficView again(ring);
        test::picture(again, u"traffic-file"_s, test::wide);
        again.openCapture(file);
        QTRY_COMPARE(again.rows()->count(), matches);
        test::picture(again, u"traffic-file"_s, test::wide);
        QVERIFY2(test::wordsOn(again).contains(u"without a cluster"_s), qPrintable(test::wordsOn(again)));
        const auto* one = again.rows()->event(again.rows()->first() + 2);
        const auto* same = view.rows()->event(view.rows()->first() + 2);
        QCOMPARE(one->value, same->value);
        QCOMPARE(one->headerBlob, same->headerBlob);
        QCOMPARE(one->key, same->key);
        again.exportTo(folder.filePath(u"found.csv"_s));
        QSignalSpy csv(&again, &views::TrafficView::exported);
        QVERIFY(csv.wait());
        QVERIFY(QFile::exists(folder.filePath(u"found.csv"_s)));
        QVERIFY(again.clear());  // the file is closed, the live tail is back
        QCOMPARE(again.rows()->count(), 300u);
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
        for (const auto column : {EventTableModel::Time, EventTableModel::Topic, EventTableModel::Type, EventTableModel::Key}) {
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
};

QTEST_MAIN(TrafficTest)
#include "tst_traffic.moc"
