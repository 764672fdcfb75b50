// The Keys view over reports made by hand: pictures, what each state says, times that run down, a scan, words of help.
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QtTest>

#include "app/views/keys_rows.h"
#include "app/views/keys_view.h"
#include "tests/support/strict_log.h"
#include "tests/views/key_samples.h"
#include "tests/views/look.h"
#include "widgets/charts/delivery_strip.h"
#include "widgets/models/key_table_model.h"
#include "widgets/tables/table_view.h"
#include "widgets/theme/segmented.h"
#include "widgets/theme/theme.h"

using namespace nova;
using namespace Qt::StringLiterals;
using models::CellTableModel;

namespace {

const QString &eventId = test::keyEventId, &postId = test::keyPostId;

QString cell(const QAbstractItemModel& model, int row, int column) {
    return model.index(row, column).data().toString();
}

tables::TableView* tableNamed(QWidget& view, const QString& name) {
    for (auto* table : view.findChildren<tables::TableView*>())
        if (table->accessibleName() == name) return table;
    return nullptr;
}

}  // namespace

class KeysTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        test::failOnLoggedErrors();
        theme::Theme::instance().apply(*qApp, theme::Choice::Dark);
    }

    void aReportFits() {
        test::everywhere([](const QSize& size) {
            views::KeysView view;
            view.setTarget(test::noTarget());
            view.findChild<QLineEdit*>()->setText(eventId);
            view.showReport(test::keyReport());
            test::picture(view, u"keys-event"_s, size - QSize(64, 67));
            QCOMPARE(test::squeezed(view), QString());
            const auto words = test::wordsOn(view);
            for (const auto& word : {u"PostCreated v1"_s, u"event id"_s, u"1 impossible"_s, u"1 behind"_s,
                                     u"1 missing"_s, u"PostgreSQL: not in this profile"_s})
                QVERIFY2(words.contains(word), qPrintable(words));
        });
    }

    void everySideFits() {
        views::KeysView view;
        view.setTarget(test::noTarget());
        view.showReport(test::keyReport());
        auto* sides = view.findChild<theme::Segmented*>();
        const QStringList names{u"effects"_s, u"consumers"_s, u"events"_s};
        for (int i = 0; i < names.size(); ++i) {
            sides->setCurrent(i);
            Q_EMIT sides->chosen(i);
            test::picture(view, u"keys-side-"_s + names[i], test::small - QSize(64, 67));
            QCOMPARE(test::squeezed(view), QString());
        }
    }

    void aLookupEndsTheScanAndNothingOfItIsShownLater() {
        views::KeysView view;
        view.setTarget(test::noTarget());
        test::picture(view, u"keys-left"_s, test::wide);
        view.scan(u"processed:*"_s);
        view.lookUp(u"Order/1"_s);
        view.showScan(test::keyScan(false));  // was on its way
        QVERIFY(!test::wordsOn(view).contains(u"62 %"_s));
        view.scan(u"processed:*"_s);
        view.showScan(test::keyScan(false));
        QVERIFY(test::wordsOn(view).contains(u"62 %"_s));
    }

    void aScanFits() {
        test::everywhere([](const QSize& size) {
            views::KeysView view;
            view.setTarget(test::noTarget());
            view.showScan(test::keyScan(false));
            test::picture(view, u"keys-scan"_s, size - QSize(64, 67));
            QCOMPARE(test::squeezed(view), QString());
            QVERIFY(test::wordsOn(view).contains(u"62 %"_s));
            view.showScan(test::keyScan(true));
            test::picture(view, u"keys-scanned"_s, size - QSize(64, 67));
            QCOMPARE(test::squeezed(view), QString());
            QVERIFY(test::wordsOn(view).contains(u"All 1\u00a0204\u00a0118 keys"_s));
        });
    }

    void nothingShownHasHelp() {
        test::everywhere([](const QSize& size) {
            views::KeysView view;
            test::picture(view, u"keys-detached"_s, size - QSize(64, 67));
            QVERIFY(test::wordsOn(view).contains(u"Nothing is attached"_s));
            view.setTarget(test::noTarget());
            test::picture(view, u"keys-empty"_s, size - QSize(64, 67));
            QCOMPARE(test::squeezed(view), QString());
            QVERIFY(test::wordsOn(view).contains(u"idempotency key"_s));
            engine::KeyReport none;
            none.asked = postId;
            none.kind = u"unknown"_s;
            none.sources = {{u"redis"_s, u"refused"_s, u"Redis refused: NOPERM this user has no permissions"_s}};
            view.showReport(none);
            test::picture(view, u"keys-unknown"_s, size - QSize(64, 67));
            QCOMPARE(test::squeezed(view), QString());
            QVERIFY(test::wordsOn(view).contains(u"Nothing is known of "_s + postId));
            QVERIFY(test::wordsOn(view).contains(u"NOPERM"_s));
        });
    }

    void timesRunDown() {
        const auto report = test::keyReport();
        const auto now = views::keyRows(report, 0), later = views::keyRows(report, 3'600);
        QCOMPARE(now.rows[0].cells[views::keyTimeColumn].text, u"6 d 23 h 52 m"_s);
        QCOMPARE(later.rows[0].cells[views::keyTimeColumn].text, u"6 d 22 h 52 m"_s);
        QCOMPARE(now.rows[2].cells[views::keyTimeColumn].text, u"12 s"_s);
        QCOMPARE(later.rows[2].cells[views::keyTimeColumn].text, u"run out"_s);
        QVERIFY(now.fractions.value(now.rows[0].id) > later.fractions.value(later.rows[0].id));
    }

    void eachStateHasItsShapeAndReason() {
        const auto rows = views::keyRows(test::keyReport(), 0).rows;
        constexpr int state = 2, suppressed = 4, result = 7;
        QCOMPARE(rows[0].cells[state].status, theme::Status::Ok);
        QCOMPARE(rows[1].cells[state].status, theme::Status::Off);
        QVERIFY(rows[1].cells[state].toolTip.startsWith(u"lost"));
        QCOMPARE(rows[1].cells[result].text, u"lost"_s);
        QCOMPARE(rows[2].cells[state].status, theme::Status::Starting);
        QCOMPARE(rows[0].cells[suppressed].text, u"2"_s);
        QCOMPARE(rows[1].cells[suppressed].text, u"unknown"_s);
        QCOMPARE(rows[0].cells[result].text, u"done · feed 1284"_s);
        QCOMPARE(rows[3].cells[result].tone, models::CellTone::err);
        QCOMPARE(rows[3].cells[result].text, u"same key, other payload"_s);
    }

    void worstDriftStandsFirst() {
        views::KeysView view;
        view.setTarget(test::noTarget());
        view.showReport(test::keyReport());
        auto* table = tableNamed(view, u"Versions and their drift"_s);
        QVERIFY(table);
        QCOMPARE(cell(*table->model(), 0, 3), u"ahead by 1: impossible order"_s);
        QCOMPARE(cell(*table->model(), 1, 3), u"behind by 1"_s);
        QCOMPARE(cell(*table->model(), 2, 3), u"missing (expired or lost)"_s);
    }

    void deliveriesFollowTheSelection() {
        views::KeysView view;
        view.setTarget(test::noTarget());
        view.showReport(test::keyReport());
        auto* strip = view.findChild<charts::DeliveryStrip*>();
        QCOMPARE(strip->marks().size(), std::size_t{3});
        QCOMPARE(strip->marks()[0].title, u"applied"_s);
        QCOMPARE(strip->marks()[1].status, theme::Status::Duplicate);
        tableNamed(view, u"Idempotency keys"_s)->selectRow(1);
        QVERIFY(strip->marks().empty());
        QVERIFY(strip->accessibleDescription().contains(u"No span"_s));
    }

    void jumpsNameTheEvent() {
        views::KeysView view;
        view.setTarget(test::noTarget());
        view.showReport(test::keyReport());
        QSignalSpy event(&view, &views::View::eventWanted), record(&view, &views::View::recordWanted),
            timeline(&view, &views::View::timelineWanted);
        auto* table = tableNamed(view, u"Idempotency keys"_s);
        Q_EMIT table->activated(table->model()->index(0, 0));
        QCOMPARE(event.size(), 1);
        QCOMPARE(event[0][0].toString(), eventId);
        for (auto* button : view.findChildren<QPushButton*>()) {
            if (button->text().contains(u"p3 @"_s) || button->text() == u"Timeline"_s) button->click();
        }
        QCOMPARE(record.size(), 1);
        QCOMPARE(record[0][2].toLongLong(), 51'880);
        QCOMPARE(timeline.size(), 1);
        QCOMPARE(view.subject().eventId, eventId);
        QCOMPARE(view.subject().group, u"feed-service"_s);
    }

    void theKindOfWhatIsTypedIsShown() {
        views::KeysView view;
        view.setTarget(test::noTarget());
        auto* field = view.findChild<QLineEdit*>();
        auto* tag = field->findChild<QLabel*>();
        for (const auto& [typed, kind] : {std::pair(eventId, u"id"_s),
                                          {u"processed:a:b"_s, u"key"_s},
                                          {u"alice"_s, u"handle"_s},
                                          {u"processed:*"_s, u"pattern"_s},
                                          {QString(), QString()}}) {
            field->setText(typed);
            QCOMPARE(tag->text(), kind);
        }
    }

    // Nobody listens there: the answer says so and the view stays usable.
    void aRequestThatNobodyAnswers() {
        views::KeysView view;
        view.setTarget(test::noTarget());
        view.resize(1200, 800);
        view.show();
        view.lookUp(eventId);
        QTRY_VERIFY_WITH_TIMEOUT(test::wordsOn(view).contains(u"Kafka does not answer"_s), 20'000);
        QVERIFY(test::wordsOn(view).contains(u"Redis: not in this profile"_s));
        QTRY_VERIFY(test::wordsOn(view).contains(u"Not all could be asked"_s));
    }
};

QTEST_MAIN(KeysTest)
#include "tst_keys.moc"
