// The filter of Traffic: what it finds, where an error stands, what it proposes, its help.
#include <QSignalSpy>
#include <QTextBrowser>
#include <QtTest>

#include "app/views/completion_list.h"
#include "app/views/filter_field.h"
#include "app/views/lower_pane.h"
#include "app/views/ring_rows.h"
#include "app/views/traffic_view.h"
#include "tests/support/strict_log.h"
#include "tests/views/look.h"
#include "tests/views/traffic_samples.h"
#include "widgets/theme/theme.h"

using namespace nova;
using namespace Qt::StringLiterals;
using test::batchOf;

class TrafficFilterTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        test::failOnLoggedErrors();
        theme::Theme::instance().apply(*qApp, theme::Choice::Dark);
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
        QVERIFY2(field->text() == u"type:PostCreated"_s || field->text() == u"type:PostLiked"_s,
                 qPrintable(field->text()));
        QTRY_VERIFY(view.rows()->searched() >= 1 && view.rows()->count() > 0 && view.rows()->count() < 400);
        QTest::keyClicks(field, u" x"_s);
        QTest::keyClick(field, Qt::Key_Escape);
        QVERIFY(!field->proposals()->isVisible());
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
};

QTEST_MAIN(TrafficFilterTest)
#include "tst_traffic_filter.moc"
