// Where Traffic takes its records from: topics that are chosen, scans of their history, exports.
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTextDocument>
#include <QThreadPool>
#include <QtTest>

#include "app/engine/traffic/scan_job.h"
#include "app/views/event_detail.h"
#include "app/views/filter_field.h"
#include "app/views/lower_pane.h"
#include "app/views/ring_rows.h"
#include "app/views/scan_bar.h"
#include "app/views/topic_chooser.h"
#include "app/views/traffic_view.h"
#include "tests/support/slowness.h"
#include "tests/support/strict_log.h"
#include "tests/views/look.h"
#include "tests/views/traffic_samples.h"
#include "widgets/tables/event_table.h"
#include "widgets/theme/theme.h"

using namespace nova;
using namespace Qt::StringLiterals;
using test::attached;
using test::batchOf;
using test::button;

namespace {

// For a file to be read; a sanitizer makes it slow.
int patienceMs() {
    return 15'000 * test::slowness();
}

}  // namespace

class TrafficSourcesTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        test::failOnLoggedErrors();
        theme::Theme::instance().apply(*qApp, theme::Choice::Dark);
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

    // A tail that may not read is no empty topic.
    void whatCannotBeReadIsSaidWhereItsEventsWouldStand() {
        engine::EventRing ring;
        test::everywhere([&](const QSize& size) {
            views::TrafficView view(ring);
            view.setConnected();
            view.setTarget(attached());
            view.setTopics({u"orders"_s, u"payments"_s});
            test::picture(view, u"traffic-refused"_s, size - QSize(64, 67));
            button(view, u"Choose topics"_s)->click();
            button(*view.chooser(), u"All"_s)->click();
            button(*view.chooser(), u"Follow"_s)->click();
            const auto refused = u"orders: it cannot be read: Broker: Topic authorization failed"_s;
            view.setTroubles({refused, u"payments 3: it has no leader"_s, u"payments 4: it has no leader"_s});
            test::picture(view, u"traffic-refused"_s, size - QSize(64, 67));
            QCOMPARE(test::squeezed(view), QString());
            QVERIFY2(test::wordsOn(view).contains(refused), qPrintable(test::wordsOn(view)));
            QVERIFY2(test::wordsOn(view).contains(u"and 1 more"_s), qPrintable(test::wordsOn(view)));
            view.setTroubles({});
            QVERIFY(!test::wordsOn(view).contains(refused));
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
            QVERIFY2(first.startsWith(
                         u"1 000 to 266 999"_s.replace(u' ', QChar(0xa0)).replace(u"\u00a0to\u00a0"_s, u" to "_s)),
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
        QTRY_COMPARE_WITH_TIMEOUT(again.rows()->count(), matches, patienceMs());
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

    void closingGivesAnExportUpAndLeavesNoFile() {
        QTemporaryDir folder;
        engine::EventRing ring;
        test::fillRing(ring, 60'000);
        {
            views::TrafficView view(ring);
            view.takeBatch(batchOf(ring));
            view.exportTo(folder.filePath(u"given-up.jsonl"_s));
        }
        QElapsedTimer clock;
        clock.start();
        QThreadPool::globalInstance()->waitForDone();
        QVERIFY2(clock.elapsed() < 2'000, qPrintable(QString::number(clock.elapsed())));
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files | QDir::Hidden), QStringList());
    }

    // What is put in order at the end of a continued scan stands elsewhere; what was chosen stays chosen.
    void theSelectionGoesWithItsEventWhenRowsArePutInOrder() {
        QTemporaryDir folder;
        const QString file = folder.filePath(u"found.jsonl"_s);
        engine::EventRing live;
        test::fillRing(live, 300);
        views::TrafficView view(live);
        view.takeBatch(batchOf(live));
        test::picture(view, u"traffic-order"_s, test::wide);
        QSignalSpy exported(&view, &views::TrafficView::exported);
        view.exportTo(file);
        QVERIFY(exported.wait());
        view.openCapture(file);
        auto* job = view.findChild<engine::ScanJob*>();
        QTRY_VERIFY_WITH_TIMEOUT(!job->isRunning() && view.rows()->count() == 300, patienceMs());
        auto* rows = view.rows();
        auto* table = view.table();
        table->selectSequence(rows->first() + 40);
        Q_EMIT table->rowSelected(rows->first() + 40);
        const auto chosen = *view.detail()->event();
        // As a continued scan does it: the same rows, the newest first.
        auto& ring = const_cast<engine::EventRing&>(job->ring());
        const auto before = ring.snapshot();
        auto next = ring.successor();
        std::vector<engine::Event> backwards;
        for (auto row = before.last(); row > before.first(); --row) backwards.push_back(*before.at(row - 1));
        next->append(std::move(backwards));
        ring.replaceBy(*next);
        Q_EMIT job->reordered();
        QCOMPARE(rows->event(rows->first())->offset, before.at(before.last() - 1)->offset);
        QVERIFY(table->selectedSequence());
        QCOMPARE(*table->selectedSequence(), rows->first() + 259);
        QCOMPARE(rows->event(*table->selectedSequence())->offset, chosen.offset);
        QCOMPARE(view.detail()->event()->offset, chosen.offset);
        QVERIFY(!test::wordsOn(view).contains(u"left the ring"_s));
        QVERIFY(rows->rowOfEvent(QString::fromStdString(chosen.eventId)) >= 0);
        view.filterField()->setText(u"type:PostCreated"_s);
        QTRY_COMPARE(view.rows()->searched(), 1.0);
        const auto matches = rows->count();
        rows->startAnew();
        QTRY_COMPARE(view.rows()->searched(), 1.0);
        QCOMPARE(rows->count(), matches);
    }

    // A broker passes on whatever a producer set.
    void timesAndVersionsOfNobodysClockAreShownAllTheSame() {
        engine::EventRing ring;
        std::vector<engine::Event> events;
        for (const auto time : {std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min(),
                                std::int64_t{-1}, std::int64_t{9'223'372'036'854'776}}) {
            engine::Event event;
            event.topic = engine::Names::topic("orders");
            event.timestampMs = time;
            event.version = 5'000'000'000;
            event.key = "<b>bold</b>";
            event.hasKey = true;
            events.push_back(event);
        }
        ring.append(std::move(events));
        views::RingRows rows(ring);
        models::EventRow row;
        for (auto i = rows.first(); i < rows.last(); ++i) {
            QVERIFY(rows.row(i, row));
            QCOMPARE(row.version, 5'000'000'000);
            const bool none = i == rows.first() + 1 || i == rows.first() + 2;
            QCOMPARE(row.timeUs < 0, none);
            QVERIFY(row.timeUs < 5'000'000'000'000'000);
        }
        models::EventTableModel model;
        model.setSource(&rows);
        model.setPageRows(4);
        QCOMPARE(model.index(2, models::EventTableModel::Time).data().toString(), u"–"_s);
        QCOMPARE(model.index(0, models::EventTableModel::Version).data().toString(), u"5000000000"_s);
        const auto tip = model.index(0, models::EventTableModel::Key).data(Qt::ToolTipRole).toString();
        QTextDocument shown;
        Qt::mightBeRichText(tip) ? shown.setHtml(tip) : shown.setPlainText(tip);
        QCOMPARE(shown.toPlainText(), u"<b>bold</b>"_s);  // a stranger's text is shown, not obeyed
    }
};

QTEST_MAIN(TrafficSourcesTest)
#include "tst_traffic_sources.moc"
