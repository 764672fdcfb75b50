// The Keys view over reports made by hand: pictures, what each state says, times that run down, a scan, words of help.
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QtTest>

#include "app/views/keys_rows.h"
#include "app/views/keys_view.h"
#include "tests/support/strict_log.h"
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

const QString eventId = u"0193a8e3-1c52-7d04-9b3e-7c2a81f04e91"_s, postId = u"0193a8e3-1c40-7d04-9b3e-7c2a81f04e91"_s;
constexpr qint64 atMs = 1'795'392'712'901;

engine::KeyState key(const QString& group, const QString& state, std::optional<double> left) {
    engine::KeyState key;
    key.key = u"processed:%1:%2"_s.arg(group, eventId);
    key.group = group;
    key.state = state;
    key.ttlSeconds = left;
    key.ttlOfSeconds = state == u"done" ? 604'800 : 0;
    key.keyTemplate = u"processed:{group}:{event_id}"_s;
    key.eventId = eventId;
    return key;
}

engine::Delivery delivery(const QString& outcome, qint64 afterMs, const QString& effect = {}) {
    engine::Delivery one;
    one.eventId = eventId;
    one.group = u"feed-service"_s;
    one.member = u"feed-service/2"_s;
    one.outcome = outcome;
    one.topic = u"nova.content.events"_s;
    one.partition = 3;
    one.offset = 51'880;
    one.startUs = (atMs + afterMs) * 1'000;
    one.endUs = one.startUs + 41'300;
    one.tries = 1;
    one.effect = effect;
    return one;
}

engine::KeyReport sampleReport() {
    engine::KeyReport report;
    report.asked = eventId;
    report.kind = u"event"_s;
    engine::Event event;
    event.topic = engine::Names::topic("nova.content.events");
    event.type = engine::Names::type("PostCreated");
    event.partition = 3;
    event.offset = 51'880;
    event.timestampMs = atMs;
    event.version = 1;
    event.eventId = eventId.toStdString();
    event.user = "0193a8e3-0000-7d04-9b3e-7c2a81f04e91";
    report.event = event;
    report.user = u"alice"_s;
    report.traceId = u"4bf92f3577b34da6a3ce929d0e0e4736"_s;
    auto feed = key(u"feed-service"_s, u"done"_s, 604'320);
    feed.duplicates = 2;
    feed.staleSkips = 0;
    feed.setBy = u"feed-service/2"_s;
    feed.setAt = u"nova.content.events p3 @ 51880"_s;
    feed.outcome = u"done"_s;
    auto social = key(u"social-service"_s, u"absent"_s, {});
    social.why = u"lost: it was set less than 7 days ago, and Redis no longer has it"_s;
    auto search = key(u"search-lab"_s, u"leased"_s, 12);
    auto other = key(u"audit"_s, u"done"_s, 86'400);
    other.otherPayload = true;
    report.keys = {feed, social, search, other};
    report.deliveries = {delivery(u"done"_s, 46, u"feed 1284"_s), delivery(u"duplicate"_s, 15'212),
                         delivery(u"duplicate"_s, 227'601)};
    report.records = {{eventId, u"PostCreated"_s, u"nova.content.events"_s, report.traceId, 3, 51'880, atMs, 1}};
    report.versions = {{u"postgres posts"_s, postId, 3, u"equal"_s, 3, true},
                       {u"feed-service gate"_s, postId, 3, u"equal"_s, 3, false},
                       {u"redis"_s, u"post:%1:version"_s.arg(postId), 2, u"behind by 1"_s, 3, false},
                       {u"redis"_s, u"audit:post:%1:version"_s.arg(postId), 4, u"ahead by 1"_s, 3, false},
                       {u"redis"_s, u"lab:post:%1:version"_s.arg(postId), {}, u"missing"_s, 3, false}};
    report.effects = {{u"row"_s, u"posts %1"_s.arg(postId), u"version 3, by alice"_s, u"there"_s},
                      {u"feed"_s, u"feed:%1"_s.arg(postId), u"bob, score 1795392712901, rank 0 of 12"_s, u"there"_s},
                      {u"snapshot"_s, u"snapshot:%1"_s.arg(postId), {}, u"absent"_s},
                      {u"likes"_s, u"likes:%1"_s.arg(postId), u"Redis is not in this profile"_s, u"unknown"_s}};
    engine::ConsumerState consumer;
    consumer.group = u"feed-service"_s;
    consumer.lagAtEvent = 12;
    consumer.committed = 51'900;
    consumer.passed = true;
    consumer.outcome = u"done"_s;
    engine::ConsumerState waiting;
    waiting.group = u"social-service"_s;
    waiting.lagWhy = u"no commit and no span tells"_s;
    report.consumers = {consumer, waiting};
    report.sources = {{u"kafka"_s, u"ok"_s, u"records read: 4120"_s},
                      {u"spans"_s, u"ok"_s, {}},
                      {u"redis"_s, u"ok"_s, {}},
                      {u"postgres"_s, u"not-configured"_s, {}}};
    report.events = {atMs - 2'000, atMs + 600'000, 4'120, false, {}};
    return report;
}

engine::KeyScan sampleScan(bool ended) {
    engine::KeyScan scan;
    scan.pattern = u"processed:feed-service:*"_s;
    scan.fraction = ended ? 1 : 0.62;
    scan.walked = 1'204'118;
    scan.matched = 3;
    scan.perSecond = 48'000;
    scan.ended = scan.complete = ended;
    scan.templates = {
        {u"processed:{group}:{event_id}"_s, 1'942'207}, {u"processed:{post_id}:{timestamp}"_s, 3'118}, {QString(), 17}};
    scan.keys = {key(u"feed-service"_s, u"done"_s, 604'320), key(u"feed-service"_s, u"leased"_s, 3)};
    scan.versions = {{u"redis"_s, u"post:%1:version"_s.arg(postId), 2, u"ahead by 1"_s, 1, false}};
    scan.sources = {{u"redis"_s, u"ok"_s, {}}, {u"postgres"_s, u"ok"_s, {}}};
    return scan;
}

engine::Target noTarget() {
    engine::Profile profile;
    profile.name = u"nowhere"_s;
    profile.kafka["bootstrap.servers"] = "127.0.0.1:1";
    return engine::Target::of(profile);
}

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
            view.setTarget(noTarget());
            view.findChild<QLineEdit*>()->setText(eventId);
            view.showReport(sampleReport());
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
        view.setTarget(noTarget());
        view.showReport(sampleReport());
        auto* sides = view.findChild<theme::Segmented*>();
        const QStringList names{u"effects"_s, u"consumers"_s, u"events"_s};
        for (int i = 0; i < names.size(); ++i) {
            sides->setCurrent(i);
            Q_EMIT sides->chosen(i);
            test::picture(view, u"keys-side-"_s + names[i], test::small - QSize(64, 67));
            QCOMPARE(test::squeezed(view), QString());
        }
    }

    void aScanFits() {
        test::everywhere([](const QSize& size) {
            views::KeysView view;
            view.setTarget(noTarget());
            view.showScan(sampleScan(false));
            test::picture(view, u"keys-scan"_s, size - QSize(64, 67));
            QCOMPARE(test::squeezed(view), QString());
            QVERIFY(test::wordsOn(view).contains(u"62 %"_s));
            view.showScan(sampleScan(true));
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
            view.setTarget(noTarget());
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
        const auto report = sampleReport();
        const auto now = views::keyRows(report, 0), later = views::keyRows(report, 3'600);
        QCOMPARE(now.rows[0].cells[views::keyTimeColumn].text, u"6 d 23 h 52 m"_s);
        QCOMPARE(later.rows[0].cells[views::keyTimeColumn].text, u"6 d 22 h 52 m"_s);
        QCOMPARE(now.rows[2].cells[views::keyTimeColumn].text, u"12 s"_s);
        QCOMPARE(later.rows[2].cells[views::keyTimeColumn].text, u"run out"_s);
        QVERIFY(now.fractions.value(now.rows[0].id) > later.fractions.value(later.rows[0].id));
    }

    void eachStateHasItsShapeAndReason() {
        const auto rows = views::keyRows(sampleReport(), 0).rows;
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
        view.setTarget(noTarget());
        view.showReport(sampleReport());
        auto* table = tableNamed(view, u"Versions and their drift"_s);
        QVERIFY(table);
        QCOMPARE(cell(*table->model(), 0, 3), u"ahead by 1: impossible order"_s);
        QCOMPARE(cell(*table->model(), 1, 3), u"behind by 1"_s);
        QCOMPARE(cell(*table->model(), 2, 3), u"missing (expired or lost)"_s);
    }

    void deliveriesFollowTheSelection() {
        views::KeysView view;
        view.setTarget(noTarget());
        view.showReport(sampleReport());
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
        view.setTarget(noTarget());
        view.showReport(sampleReport());
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
        view.setTarget(noTarget());
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
        view.setTarget(noTarget());
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
