// Text of records, groups and clients is shown as it is: no tag in it is obeyed, and no "%2" in it is filled in.
#include <QSignalSpy>
#include <QTextDocument>
#include <QtTest>

#include "app/shell/lag_alarms.h"
#include "app/shell/status_strip.h"
#include "app/views/event_words.h"
#include "app/views/lag_figures.h"
#include "app/views/lag_summary_pane.h"
#include "tests/support/strict_log.h"

using namespace nova;
using namespace Qt::StringLiterals;

namespace {

const QString markup = u"<img src=\"x\">"_s, places = u"a%1b%2c%3d%4"_s;

QString plain(const QString& tip) {
    QTextDocument document;
    Qt::mightBeRichText(tip) ? document.setHtml(tip) : document.setPlainText(tip);
    return document.toPlainText();
}

}  // namespace

class StrangersTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { test::failOnLoggedErrors(); }

    void aStuckRecordIsNoMarkup() {
        engine::Diagnosed diagnosed;
        diagnosed.group = markup;
        diagnosed.atMs = 2'000;
        auto& record = diagnosed.record;
        record.offset = 7;
        record.timeMs = 1'000;
        record.spansKnown = true;
        record.polledAtMs = 1'500;
        record.type = record.key = record.replica = record.outcome = record.error = markup;
        record.attempts = {{1'600, 1.5, markup, markup, markup}};
        const QString text = views::recordText(diagnosed);
        QVERIFY(!text.contains(u"<img"_s));
        QCOMPARE(plain(text).count(markup), 9);
    }

    void namesKeepTheirSigns() {
        engine::LagRow row;
        row.group = places;
        row.topic = u"orders"_s;
        row.partition = 5;
        row.lag = 12;
        row.alarmReason = u"lag 12"_s;
        shell::LagAlarms alarms;
        QSignalSpy told(&alarms, &shell::LagAlarms::notified);
        alarms.begin(row);
        QVERIFY(told.wait());
        QCOMPARE(told.first().at(1).toString(), u"a%1b%2c%3d%4 on orders p5: lag 12"_s);
        QVERIFY(plain(views::cellTip(row, 0)).startsWith(u"a%1b%2c%3d%4 · orders · p5"_s));
        engine::Event event;
        event.topic = engine::Names::topic("orders");
        event.type = engine::Names::type(places.toStdString());
        event.partition = 5;
        event.offset = 7;
        QCOMPARE(views::titleOf(event), u"a%1b%2c%3d%4 p5 @ 7"_s);
    }

    void aBrokersWordsAreNoMarkup() {
        shell::StatusStrip strip;
        strip.setStores({{u"Kafka"_s, theme::Status::Err, markup}});
        const auto segments = strip.findChildren<shell::StoreSegment*>();
        QCOMPARE(segments.size(), 1);
        QCOMPARE(plain(segments.first()->toolTip()), u"Kafka: "_s + markup);
    }
};

QTEST_MAIN(StrangersTest)
#include "tst_strangers.moc"
