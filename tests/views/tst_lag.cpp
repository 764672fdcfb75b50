// The Lag view over samples made by hand: pictures, the worst first, filters and pins, what is never shown as a number,
// "Why?", and clusters of thousands of partitions.
#include <QAbstractItemView>
#include <QClipboard>
#include <QElapsedTimer>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QtTest>

#include "app/views/lag_figures.h"
#include "app/views/lag_summary_pane.h"
#include "app/views/lag_view.h"
#include "tests/support/slowness.h"
#include "tests/support/strict_log.h"
#include "tests/views/lag_samples.h"
#include "tests/views/look.h"
#include "widgets/charts/history_chart.h"
#include "widgets/theme/segmented.h"
#include "widgets/theme/theme.h"

using namespace nova;
using namespace Qt::StringLiterals;
using engine::LagStatus;

namespace {

const QSize frame(64, 67);  // what the window takes of a screen

charts::HeatMap* heatOf(views::LagView& view) {
    return view.findChild<charts::HeatMap*>();
}

QStringList titles(views::LagView& view) {
    QStringList names;
    for (const auto& row : heatOf(view)->rows()) names << row.title + u'|' + row.subtitle;
    return names;
}

QPushButton* button(QWidget& view, const QString& text) {
    for (auto* b : view.findChildren<QPushButton*>())
        if (b->text().startsWith(text) && b->isVisibleTo(&view)) return b;
    return nullptr;
}

}  // namespace

class LagTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        test::failOnLoggedErrors();
        theme::Theme::instance().apply(*qApp, theme::Choice::Dark);
    }

    void aHistoryThatIsNotSavedIsSaid() {
        views::LagView view;
        view.setPast({{}, {}, [] { return u"unable to open database file"_s; }});
        view.takeSample(test::lagEvening());
        test::picture(view, u"lag-unsaved"_s, test::wide);
        QVERIFY(test::wordsOn(view).contains(u"The history is not saved."_s));
        QVERIFY(test::wordsOn(view).contains(u"unable to open database file"_s));
        test::showEvening(view, test::lagEvening());
        QVERIFY(!test::wordsOn(view).contains(u"not saved"_s));
    }

    void groupsThatABrokerDidNotListAreSaidToBeMissing() {
        views::LagView view;
        auto sample = test::lagEvening();
        sample.missing = u"1 of the brokers did not list their groups: Local: Timed out"_s;
        test::showEvening(view, sample);
        test::picture(view, u"lag-missing"_s, test::wide);
        QVERIFY(test::wordsOn(view).contains(u"Not all groups are known."_s));
        QVERIFY(test::wordsOn(view).contains(u"Timed out"_s));
        QVERIFY(!heatOf(view)->rows().empty());
    }

    void anEveningFits() {
        test::everywhere([&](const QSize& size) {
            views::LagView view;
            test::showEvening(view, test::lagEvening());
            test::picture(view, u"lag"_s, size - frame);
            view.goToGroup(u"feed-service"_s, u"nova.content.events"_s);
            test::picture(view, u"lag"_s, size - frame);
            QCOMPARE(test::squeezed(view), QString());
            QVERIFY(test::wordsOn(view).contains(u"6\u00a0002"_s));
            QVERIFY(test::wordsOn(view).contains(u"p2, p3 growing"_s));
            QVERIFY(test::wordsOn(view).contains(u"sampled"_s));
        });
    }

    void theAnswerToWhyFits() {
        test::everywhere([&](const QSize& size) {
            views::LagView view;
            test::showEvening(view, test::lagEvening());
            test::picture(view, u"lag-why"_s, size - frame);
            view.goToGroup(u"feed-service"_s, u"nova.content.events"_s, 2);
            view.takeDiagnosed(test::slowDiagnosis());
            test::picture(view, u"lag-why"_s, size - frame);
            QCOMPARE(test::squeezed(view), QString());
            QVERIFY(test::wordsOn(view).contains(u"PostgreSQL is slow"_s));
            QVERIFY(test::wordsOn(view).contains(u"PostCreated"_s));
        });
    }

    void secondsReadAsSeconds() {
        views::LagView view;
        test::showEvening(view, test::lagEvening());
        test::picture(view, u"lag-seconds"_s, test::wide - frame);
        auto* unit = view.findChildren<theme::Segmented*>().first();
        unit->setCurrent(1);
        Q_EMIT unit->chosen(1);
        view.goToGroup(u"realtime-chat-service"_s);
        test::picture(view, u"lag-seconds"_s, test::wide - frame);
        QVERIFY(test::wordsOn(view).contains(u"Oldest unread, seconds"_s));
        const auto& row = heatOf(view)->rows().at(0);
        QCOMPARE(row.title, u"realtime-chat-service"_s);
        QCOMPARE(row.cells.at(5).value, 42.0);
    }

    void emptyWaitingAndDisconnectedSayWhatIs() {
        test::everywhere([&](const QSize& size) {
            views::LagView view;
            test::picture(view, u"lag-waiting"_s, size - frame);
            QCOMPARE(test::squeezed(view), QString());
            engine::LagSample none;
            none.atMs = test::lagEveningMs;
            view.takeSample(none);
            test::picture(view, u"lag-empty"_s, size - frame);
            QVERIFY(test::wordsOn(view).contains(u"No group reads these topics."_s));
            QCOMPARE(test::squeezed(view), QString());
            view.setDisconnected(u"127.0.0.1:9092/1: Connect to ipv4#127.0.0.1:9092 failed: Connection refused"_s);
            test::picture(view, u"lag-disconnected"_s, size - frame);
            QVERIFY(test::wordsOn(view).contains(u"Connection refused"_s));
            QCOMPARE(test::squeezed(view), QString());
        });
    }

    void oneBadGroupSpoilsNothing() {
        auto sample = test::lagEvening();
        for (auto& group : sample.groups) {
            if (group.listing.group != u"analytics"_s) continue;
            group.description.membersKnown = false;
            group.description.trouble = u"Broker: Coordinator not available"_s;
        }
        sample.groupsAsked = 7;
        sample.groupsAnswered = 6;
        views::LagView view;
        test::showEvening(view, sample);
        test::picture(view, u"lag-one-bad-group"_s, test::wide - frame);
        const QString words = test::wordsOn(view);
        QVERIFY(words.contains(u"analytics: Broker: Coordinator not available"_s));
        QVERIFY(words.contains(u"Asking 7 groups, 6 answered"_s));
        QCOMPARE(titles(view).size(), 7);
        view.goToGroup(u"analytics"_s);
        test::picture(view, u"lag-one-bad-group"_s, test::wide - frame);
        QVERIFY(test::wordsOn(view).contains(u"Members unknown"_s));
        QCOMPARE(test::squeezed(view), QString());
    }

    void theWorstComeFirstAndConsoleGroupsAreHidden() {
        views::LagView view;
        test::showEvening(view, test::lagEvening());
        test::picture(view, u"lag-order"_s, test::wide - frame);
        const auto names = titles(view);
        QCOMPARE(names.at(0), u"realtime-chat-service|nova.message.events"_s);
        QCOMPARE(names.at(1), u"feed-service|nova.content.events"_s);
        QVERIFY(!names.join(u' ').contains(u"console-lab"_s));
        QVERIFY(test::wordsOn(view).contains(u"hidden: 1 × console-*"_s));
    }

    void whatIsNotKnownIsNoNumber() {
        views::LagIndex index;
        index.take(test::lagEvening());
        const auto shown = views::shownRows(index, {}, {}, false, [](const QString&) { return engine::LagRule(); });
        using Kind = charts::HeatCell::Kind;
        for (const auto& row : shown.rows) {
            if (row.title == u"reporting"_s) {
                QCOMPARE(row.cells.at(0).kind, Kind::never);
                QCOMPARE(row.side, u"–"_s);
                QCOMPARE(row.word, u"never committed"_s);
            }
            if (row.title == u"analytics"_s) {
                QCOMPARE(row.cells.at(3).kind, Kind::unknown);
                QCOMPARE(row.cells.at(3).ageSeconds, 12.0);
            }
        }
        const auto rows = index.rowsOf(views::LagIndex::keyOf(u"reporting"_s, u"nova.identity.events"_s));
        const auto sum = views::summaryOf(rows, index.group(u"reporting"_s));
        QCOMPARE(sum.never, 6);
        QVERIFY(!sum.oldest);
        const auto table = views::partitionRowOf(rows.at(0), nullptr, {}, test::lagEveningMs);
        models::LagPartitionModel model;
        model.setRows({table});
        QCOMPARE(model.index(0, models::LagPartitionModel::Lag).data().toString(), u"–"_s);
        QCOMPARE(model.index(0, models::LagPartitionModel::Committed).data().toString(), u"–"_s);
    }

    // The rule counts the topic's offsets; ▲ stands where they wait.
    void onlyThePartitionThatIsOverIsMarked() {
        auto sample = test::lagEvening();
        for (auto& row : sample.rows)
            if (row.group == u"feed-service"_s && row.topic == u"nova.content.events"_s) row.alarm = true;
        views::LagIndex index;
        index.take(sample);
        const auto shown = views::shownRows(index, {}, {}, false, [](const QString&) { return engine::LagRule(); });
        for (const auto& row : shown.rows) {
            if (row.title != u"feed-service"_s || row.subtitle != u"nova.content.events"_s) continue;
            QVERIFY(!row.cells.at(0).alarm);
            QVERIFY(row.cells.at(2).alarm);
            return;
        }
        QFAIL("the row is missing");
    }

    void filtersNarrowTheList_data() {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QStringList>("groups");
        QTest::newRow("text") << u"text"_s << u"FEED"_s << QStringList{u"feed-service"_s, u"feed-service"_s};
        QTest::newRow("holder") << u"text"_s << u"spark"_s << QStringList{u"analytics"_s};
        QTest::newRow("topic") << u"topic"_s << u"nova.social.events"_s
                               << QStringList{u"analytics"_s, u"feed-service"_s, u"notification-service"_s};
        QTest::newRow("state") << u"state"_s << u"Empty"_s << QStringList{u"reporting"_s};
        QTest::newRow("status") << u"status"_s << u"stop"_s << QStringList{u"realtime-chat-service"_s};
        QTest::newRow("owner") << u"owner"_s << u"notification-service-0"_s << QStringList{u"notification-service"_s};
        QTest::newRow("idle") << u"idle"_s << QString()
                              << QStringList{u"analytics"_s,    u"content-service"_s,      u"feed-service"_s,
                                             u"feed-service"_s, u"notification-service"_s, u"realtime-chat-service"_s};
    }
    void filtersNarrowTheList() {
        QFETCH(QString, field);
        QFETCH(QString, value);
        QFETCH(QStringList, groups);
        views::LagIndex index;
        index.take(test::lagEvening());
        views::LagFilter filter;
        if (field == u"text"_s) filter.text = value;
        if (field == u"topic"_s) filter.topic = value;
        if (field == u"state"_s) filter.state = value;
        if (field == u"status"_s) filter.status = engine::statusOf(value);
        if (field == u"owner"_s) filter.owner = value;
        filter.hideIdle = field == u"idle"_s;
        const auto shown = views::shownRows(index, filter, {}, false, [](const QString&) { return engine::LagRule(); });
        QStringList names;
        for (const auto& row : shown.rows) names << row.title;
        names.sort();
        QCOMPARE(names, groups);
    }

    // Where commits expired there is news, though nothing lags: such a group is shown.
    void aGroupWhoseCommitsAreGoneIsNotIdle() {
        auto sample = test::lagEvening();
        views::LagFilter filter;
        filter.hideIdle = true;
        const auto isShown = [&] {
            views::LagIndex index;
            index.take(sample);
            const auto shown =
                views::shownRows(index, filter, {}, false, [](const QString&) { return engine::LagRule(); });
            return std::any_of(shown.rows.begin(), shown.rows.end(),
                               [](const auto& row) { return row.title == u"reporting"_s; });
        };
        QVERIFY(!isShown());
        for (auto& row : sample.rows) {
            if (row.group != u"reporting"_s) continue;
            row.lastCommitted = 40;
            row.committed.reset();
            row.lag.reset();
            row.status = engine::LagStatus::noCommit;
        }
        QVERIFY(isShown());
        for (auto& row : sample.rows) row.lastCommitted.reset();
        QVERIFY(!isShown());
    }

    void aRowWithoutACommitSaysWhatAResetWouldGive() {
        engine::LagRow row;
        row.partition = 3;
        row.status = engine::LagStatus::noCommit;
        row.logStart = 200;
        row.logEnd = 300;
        QVERIFY(views::lagSentence(row).contains(u"earliest it would read 100 offsets, with latest none"_s));
        QVERIFY(views::cellTip(row, 0).contains(u"earliest it would read 100 offsets, with latest none"_s));
        row.logStart = 300;
        QVERIFY(views::lagSentence(row).contains(u"holds nothing"_s));
        row.lastCommitted = 40;
        QVERIFY(views::lagSentence(row).contains(u"the last was 40"_s));
        QVERIFY(!views::cellTip(row, 0).contains(u"never"_s));
    }

    void theStatusOfAGroupWithoutACommitIsSaidOnce() {
        auto sample = test::lagEvening();
        for (auto& row : sample.rows)
            if (row.group == u"reporting"_s) row.statusReason = u"nothing committed yet; earliest would read"_s;
        test::everywhere([&](const QSize& size) {
            views::LagView view;
            test::showEvening(view, sample);
            test::picture(view, u"lag-never"_s, size - frame);
            view.goToGroup(u"reporting"_s, {}, 2);
            test::picture(view, u"lag-never"_s, size - frame);
            QCOMPARE(test::squeezed(view), QString());
            const QString words = test::wordsOn(view);
            QVERIFY2(words.contains(u"earliest it would read"_s), qPrintable(words));
            QVERIFY2(!words.contains(u"othing committed yet"_s), qPrintable(words));
        });
    }

    void searchClearsByEsc() {
        views::LagView view;
        test::showEvening(view, test::lagEvening());
        test::picture(view, u"lag-search"_s, test::wide - frame);
        view.findChild<QLineEdit*>()->setText(u"no such group"_s);
        QVERIFY(heatOf(view)->rows().empty());
        test::picture(view, u"lag-search"_s, test::wide - frame);
        QVERIFY(view.clear());
        QCOMPARE(titles(view).size(), 7);
    }

    void aPinStaysOnTopAndInTheLayout() {
        views::LagView view;
        test::showEvening(view, test::lagEvening());
        test::picture(view, u"lag-pin"_s, test::wide - frame);
        view.goToGroup(u"content-service"_s);
        button(view, u"Pin"_s)->click();
        QCOMPARE(titles(view).at(0), u"content-service|nova.media.events"_s);
        const auto layout = view.saveLayout();
        views::LagView other;
        other.restoreLayout(layout);
        test::showEvening(other, test::lagEvening());
        test::picture(other, u"lag-pin"_s, test::wide - frame);
        QCOMPARE(titles(other).at(0), u"content-service|nova.media.events"_s);
    }

    void theSelectionStaysWhileSamplesCome() {
        views::LagView view;
        auto sample = test::lagEvening();
        test::showEvening(view, sample);
        test::picture(view, u"lag-selection"_s, test::wide - frame);
        view.goToGroup(u"notification-service"_s, {}, 3);
        for (auto& row : sample.rows) {
            if (row.group != u"analytics"_s || !row.lag) continue;
            row.lag = *row.lag + 90'000;
            row.alarm = true;
        }
        sample.atMs += 1'000;
        view.takeSample(sample);
        QCOMPARE(titles(view).at(0), u"realtime-chat-service|nova.message.events"_s);
        QCOMPARE(heatOf(view)->selectedKey(),
                 views::LagIndex::keyOf(u"notification-service"_s, u"nova.social.events"_s));
        QCOMPARE(heatOf(view)->selectedCell(), 3);
    }

    void whyAsksOfTheWorstPartition() {
        views::LagView view;
        test::showEvening(view, test::lagEvening());
        test::picture(view, u"lag-ask"_s, test::wide - frame);
        view.goToGroup(u"feed-service"_s, u"nova.content.events"_s);
        QSignalSpy asked(&view, &views::LagView::whyWanted), record(&view, &views::View::recordWanted);
        button(view, u"Why"_s)->click();
        QCOMPARE(asked.size(), 1);
        QCOMPARE(asked.first().at(0).toString(), u"feed-service"_s);
        QCOMPARE(asked.first().at(2).toInt(), 2);
        QVERIFY(test::wordsOn(view).contains(u"Asking what holds it up"_s));
        view.takeDiagnosed(test::slowDiagnosis());
        QVERIFY(!test::wordsOn(view).contains(u"Asking what holds it up"_s));
        button(view, u"Show in Traffic"_s)->click();
        QCOMPARE(record.size(), 1);
        QCOMPARE(record.first().at(1).toInt(), 2);
        QCOMPARE(record.first().at(2).toLongLong(), 50'422);
        view.goToGroup(u"feed-service"_s, u"nova.content.events"_s, 0);
        QVERIFY2(!test::wordsOn(view).contains(u"PostgreSQL is slow"_s), "an answer about another partition");
    }

    void neverCommittedCannotBeAsked() {
        views::LagView view;
        test::showEvening(view, test::lagEvening());
        test::picture(view, u"lag-never"_s, test::wide - frame);
        view.goToGroup(u"reporting"_s);
        QVERIFY(!button(view, u"Why"_s)->isEnabled());
        test::picture(view, u"lag-never"_s, test::wide - frame);
        QCOMPARE(test::squeezed(view), QString());
    }

    void aReplicaIsOfferedToALocalNovaAlone() {
        views::LagView view;
        test::showEvening(view, test::lagEvening());
        test::picture(view, u"lag-replica"_s, test::wide - frame);
        view.goToGroup(u"feed-service"_s, u"nova.content.events"_s);
        QVERIFY(!button(view, u"Add replica"_s));
        view.setScalable({u"feed-service"_s});
        QSignalSpy wanted(&view, &views::LagView::addReplicaWanted);
        button(view, u"Add replica"_s)->click();
        QCOMPARE(wanted.first().first().toString(), u"feed-service"_s);
        view.goToGroup(u"analytics"_s);
        QVERIFY(!button(view, u"Add replica"_s));
    }

    void pausedNothingMoves() {
        views::LagView view;
        auto sample = test::lagEvening();
        test::showEvening(view, sample);
        test::picture(view, u"lag-paused"_s, test::wide - frame);
        view.setLive(false);
        sample.rows.clear();
        view.takeSample(sample);
        QCOMPARE(titles(view).size(), 7);
        QVERIFY(test::wordsOn(view).contains(u"Paused at 23:47:30.000"_s));
    }

    void whatIsOverItsLimitIsCountedInTheRail() {
        views::LagView view;
        QSignalSpy badge(&view, &views::View::openProblems);
        test::showEvening(view, test::lagEvening());
        QCOMPARE(badge.last().first().toInt(), 2);
    }

    void aTopicAloneLeadsToTheGroupFurthestBehind() {
        views::LagView view;
        views::Subject wanted;
        wanted.topic = u"nova.content.events"_s;
        wanted.partition = 2;
        view.showSubject(wanted);  // nothing was sampled yet: done as soon as it is
        test::showEvening(view, test::lagEvening());
        QCOMPARE(heatOf(view)->selectedKey(), views::LagIndex::keyOf(u"feed-service"_s, wanted.topic));
        const auto shown = view.subject();
        QCOMPARE(shown.group, u"feed-service"_s);
        QCOMPARE(shown.partition, 2);
        QCOMPARE(shown.offset, 50'422);
    }

    void mutedAndConsoleGroupsAreNoProblem() {
        auto sample = test::lagEvening();
        for (auto& group : sample.groups) group.muted = group.listing.group == u"feed-service"_s;
        views::LagView view;
        QSignalSpy badge(&view, &views::View::openProblems);
        test::showEvening(view, sample);
        QCOMPARE(badge.last().first().toInt(), 1);
        test::picture(view, u"lag-muted"_s, test::wide - frame);
        QCOMPARE(titles(view).at(0), u"realtime-chat-service|nova.message.events"_s);
    }

    void tableCopiesWithPlainSpaces() {
        views::LagView view;
        test::showEvening(view, test::lagEvening());
        test::picture(view, u"lag-copy"_s, test::wide - frame);
        view.goToGroup(u"feed-service"_s, u"nova.content.events"_s);
        button(view, u"Copy"_s)->click();
        const QStringList lines = QGuiApplication::clipboard()->text().split(u'\n', Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), 7);
        QVERIFY(lines.at(3).startsWith(u"p2\tfeed-service-2\t50 422\t52 626\t52 626\t0\t2 204"_s));
    }

    // What was not measured is told apart, and whose history is drawn is told to the engine; nothing is while hidden.
    void pointsFromCommitsAreNamed() {
        const auto sample = test::lagEvening();
        views::LagView view;
        QSignalSpy selected(&view, &views::LagView::selectedChanged);
        test::showEvening(view, sample);
        view.setPast({[&sample](const QString& group, const QString& topic, int partition, qint64 fromMs) {
                          QVector<engine::LagPoint> points;
                          for (const auto& row : sample.rows)
                              if (row.group == group && row.topic == topic && row.partition == partition)
                                  points = test::lagEveningHistory(row, fromMs);
                          for (auto& point : points) point.fromCommit = point.atMs < sample.atMs - 120'000;
                          return points;
                      },
                      {},
                      {}});
        view.goToGroup(u"feed-service"_s, u"nova.content.events"_s);
        for (const bool dark : {true, false}) {
            test::setDark(dark);
            test::picture(view, u"lag-from-commits"_s, test::wide - frame);
        }
        const auto labels = view.findChildren<QLabel*>();
        const auto legend = std::find_if(labels.begin(), labels.end(),
                                         [](const auto* label) { return label->text().contains(u" from commits"_s); });
        QVERIFY(legend != labels.end());
        QVERIFY((*legend)->toolTip().contains(u"__consumer_offsets"_s));
        QCOMPARE(selected.last().at(0).toString(), u"feed-service"_s);
        QCOMPARE(selected.last().at(1).toString(), u"nova.content.events"_s);
        view.hide();
        QCOMPARE(selected.last().at(0).toString(), QString());
    }

    void onlyWhatIsOnScreenIsMeasured() {
        const auto big = test::bigLag(500, 6);
        views::LagView view;
        QSignalSpy told(&view, &views::LagView::onScreenChanged);
        test::showEvening(view, big);
        QVERIFY(told.isEmpty());
        test::picture(view, u"lag-500-groups"_s, test::wide - frame);
        const auto rows = told.last().first().value<QVector<std::pair<QString, QString>>>();
        QVERIFY2(!rows.isEmpty() && rows.size() < 30, qPrintable(QString::number(rows.size())));
        view.hide();
        QVERIFY((told.last().first().value<QVector<std::pair<QString, QString>>>().isEmpty()));
    }

    void aThousandPartitionsAtAGlance() {
        for (const bool dark : {true, false}) {
            test::setDark(dark);
            views::LagView view;
            test::showEvening(view, test::bigLag(170, 6));
            test::picture(view, u"lag-1000-list"_s, test::wide - frame);
            auto* heat = heatOf(view);
            auto* shape = view.findChildren<theme::Segmented*>().at(2);
            shape->setCurrent(1);
            Q_EMIT shape->chosen(1);
            test::picture(view, u"lag-1000-map"_s, test::wide - frame);
            const auto& layout = heat->currentLayout();
            QVERIFY2(layout.height() <= heat->viewport()->height(), "all 1,020 partitions are seen at once");
            QCOMPARE(heat->visibleKeys().size(), 170);
            views::LagView one;
            test::showEvening(one, test::bigLag(3, 1'000));
            test::picture(one, u"lag-1000-one-topic"_s, test::wide - frame);
            test::picture(one, u"lag-1000-one-topic"_s, test::small - frame);
            QCOMPARE(test::squeezed(one), QString());
        }
    }

    // Wish 7: tens of thousands of partitions do not stall the window.
    void aHugeSampleIsTakenInAFrameOrTwo() {
        const auto big = test::bigLag(5'000, 6);
        views::LagView view;
        test::showEvening(view, big);
        test::picture(view, u"lag-5000-groups"_s, test::wide - frame);
        auto next = big;
        next.atMs += 1'000;
        for (auto& row : next.rows)
            if (row.lag) row.lag = *row.lag + 1;
        QElapsedTimer timer;
        timer.start();
        view.takeSample(next);
        view.grab();
        const auto took = timer.elapsed();
        qInfo("30,000 partitions taken and painted in %lld ms", took);
        QVERIFY2(took < 500 * test::slowness(), qPrintable(QString::number(took)));
    }

    void groupsAreFoundByThePalette() {
        views::LagView view;
        test::showEvening(view, test::lagEvening());
        const auto found = view.find(u"chat"_s);
        QCOMPARE(found.size(), 1);
        found.first().run();
        QCOMPARE(heatOf(view)->selectedKey().section(u'\n', 0, 0), u"realtime-chat-service"_s);
    }
};

QTEST_MAIN(LagTest)
#include "tst_lag.moc"
