// One record in Traffic: its detail, what it touched, compared with another, its key's history, copies and links.
#include <QAbstractItemModelTester>
#include <QJsonDocument>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QToolButton>
#include <QtTest>

#include "app/views/event_detail.h"
#include "app/views/event_diff.h"
#include "app/views/lower_pane.h"
#include "app/views/record_copy.h"
#include "app/views/record_link.h"
#include "app/views/touched_pane.h"
#include "app/views/traffic_view.h"
#include "nova/events/v1/events.pb.h"
#include "tests/support/strict_log.h"
#include "tests/views/look.h"
#include "tests/views/traffic_samples.h"
#include "widgets/tables/event_table.h"
#include "widgets/tables/header_view.h"
#include "widgets/tables/json_view.h"
#include "widgets/theme/theme.h"

using namespace nova;
using namespace Qt::StringLiterals;
using test::batchOf;
using test::button;
using test::eventAt;
using test::json;
using test::sampleReport;

class TrafficRecordsTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        test::failOnLoggedErrors();
        theme::Theme::instance().apply(*qApp, theme::Choice::Dark);
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
        QVERIFY2(plain.startsWith(
                     u"kcat -b 127.0.0.1:9092 -C -t nova.content.events -p %1 -o %2 -c 1 "_s.arg(event.partition)
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

    // Wish 15: "omitted" was read as lost. The ring holds the beginning, the pane says so and loads the whole on
    // demand.
    void aValueTooLargeForTheRingIsLoadedWholeOnDemand() {
        views::EventDetail pane;
        engine::Event event;
        event.topic = engine::Names::topic("orders");
        event.value = "{\"text\": \"" + std::string(300'000, 'a') + "\"}";
        const auto whole = event;
        engine::cutValue(event);
        pane.setEvent(event);
        QSignalSpy wanted(&pane, &views::EventDetail::wholeWanted);
        const auto says = [&](const QString& text) {
            const auto labels = pane.findChildren<QLabel*>();
            return std::any_of(labels.begin(), labels.end(), [&](const auto* label) {
                return label->text().replace(QChar::Nbsp, u' ').contains(text);
            });
        };
        QVERIFY(says(u"Cut: 64 KiB of 293 KiB are held"_s) && says(u"Nothing is lost"_s));
        auto* load = button(pane, u"Load whole"_s);
        load->click();
        QCOMPARE(wanted.count(), 1);
        pane.setNotLoaded(u"There is no cluster"_s);
        QVERIFY(says(u"There is no cluster"_s) && load->isEnabled());
        auto other = whole;
        other.offset = 5;
        pane.setWhole(other);  // of another record: too late
        QVERIFY(pane.event()->isCut());
        pane.setWhole(whole);
        QVERIFY(!pane.event()->isCut());
        QTRY_VERIFY(json(pane, u"Decoded event"_s)->toPlainText().size() > 300'000);
    }

    void headersKeepTheirOrderTheirDoublesAndTheirBytes() {
        engine::EventRing ring;
        test::fillRing(ring, 20);
        auto event = *ring.snapshot().at(4);
        event.headerBlob = engine::packHeaders({{"b", "1"}, {"a", "2"}, {"b", std::string("\xff\x00", 2)}, {"c", ""}});
        views::EventDetail detail;
        detail.setEvent(event);
        auto* headers = detail.findChild<tables::HeaderView*>();
        const auto lines = [&] { return headers->toPlainText().simplified(); };
        QVERIFY2(lines().startsWith(u"b 1 a 2 b 0xff00 c (key) "_s), qPrintable(lines()));
        const auto press = [&](const QString& form) {
            for (auto* segment : detail.findChildren<QToolButton*>()) {
                if (segment->text() == form) segment->click();
            }
        };
        press(u"Hex"_s);
        QVERIFY2(lines().startsWith(u"b 0x31 a 0x32 b 0xff00 c 0x (key) 0x"_s), qPrintable(lines()));
        press(u"Base64"_s);
        QVERIFY2(lines().startsWith(u"b MQ== a Mg== b /wA= c (key) "_s), qPrintable(lines()));
    }
};

QTEST_MAIN(TrafficRecordsTest)
#include "tst_traffic_records.moc"
