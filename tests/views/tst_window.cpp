// The window over a stack that is none: every page in both themes and sizes, first run, palette, keys, closing.
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

#include "app/shell/cluster_chip.h"
#include "app/shell/command_palette.h"
#include "app/shell/key_sheet.h"
#include "app/shell/rail.h"
#include "app/shell/reads_button.h"
#include "app/shell/stack_marks.h"
#include "app/shell/status_strip.h"
#include "app/views/notice_bar.h"
#include "app/views/play_pane.h"
#include "tests/support/strict_log.h"
#include "tests/views/desk.h"
#include "widgets/theme/theme.h"

using namespace nova;
using namespace Qt::StringLiterals;
using shell::MainWindow;
using stack::Phase;
using test::Desk;

class WindowTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        test::failOnLoggedErrors();
        theme::Theme::instance().apply(*qApp, theme::Choice::Dark);
    }

    void cleanupTestCase() { shell::Observers::awaitEnded(); }

    void everyPageFits_data() {
        QTest::addColumn<QString>("page");
        for (const char* page : {"services", "traffic", "lag", "actions", "keys", "people"})
            QTest::newRow(page) << QString::fromLatin1(page);
    }
    void everyPageFits() {
        QFETCH(QString, page);
        test::everywhere([&](const QSize& size) {
            Desk desk;
            desk.open(size);
            desk.becomeReady();
            desk.window.showView(page);
            test::picture(desk.window, u"window-"_s + page, size);
            QTest::qWait(0);
            test::picture(desk.window, u"window-"_s + page, size);
            QCOMPARE(test::squeezed(desk.window), QString());
        });
    }

    void firstRunNamesWhatIsMissingWithItsCommand() {
        test::everywhere([&](const QSize& size) {
            Desk desk;
            desk.requirements = {{u"Java"_s, false, true, u"no java in the path"_s,
                                  u"sudo apt-get install -y openjdk-17-jre-headless"_s},
                                 {u"Kafka"_s, false, true, u"not in the cache yet"_s, u"nova-console prepare"_s},
                                 {u"PostgreSQL"_s, true, true, u"15, /usr/lib/postgresql/15/bin"_s, {}},
                                 {u"Redis"_s, true, true, u"7.0.15"_s, {}},
                                 {u"5 services"_s, true, true, u"built"_s, {}},
                                 {u"Disk"_s, false, false, u"1.2 GiB free, 2 GiB are better"_s, {}}};
            desk.open(size);
            test::picture(desk.window, u"window-first-run"_s, size);
            QCOMPARE(test::squeezed(desk.window), QString());
            const QString words = test::wordsOn(desk.window);
            QVERIFY(words.contains(u"sudo apt-get install -y openjdk-17-jre-headless"_s));
            QVERIFY(desk.stack->asked.isEmpty());
            for (auto& requirement : desk.requirements) requirement.found = true;
            QTest::keyClick(desk.window.focusWidget() ? desk.window.focusWidget() : &desk.window, Qt::Key_F5);
            test::picture(desk.window, u"window-first-run-complete"_s, size);
            for (auto* button : desk.window.findChildren<QPushButton*>()) {
                if (button->text() == u"Start"_s && button->isVisible() && button->property("kind") == u"primary"_s)
                    button->click();
            }
            QCOMPARE(desk.stack->asked, QStringList{u"start"_s});
        });
    }

    void aCompleteMachineStartsByItself() {
        Desk desk;
        desk.open();
        QCOMPARE(desk.stack->asked, QStringList{u"start"_s});
    }

    void anAttachedWindowSaysWhoOwnsTheNovaAndLeavesItRunning() {
        Desk desk;
        desk.owner = false;
        desk.open();
        QVERIFY(desk.stack->asked.isEmpty());
        desk.stack->become(Phase::ready, test::allReady());
        test::picture(desk.window, u"window-attached"_s, test::wide);
        bool said = false;
        for (const auto* figure : desk.window.findChildren<shell::Figure*>())
            said |= figure->text().contains(u"pid 4711"_s);
        QVERIFY(said);
        QSignalSpy ended(&desk.session, &shell::Session::ended);
        desk.session.end();
        QVERIFY(ended.wait());
        QVERIFY(desk.stack->asked.isEmpty());
    }

    void anAttachedWindowWhoseOwnerEndedStartsANovaOfItsOwn() {
        test::everywhere([&](const QSize& size) {
            Desk desk;
            desk.owner = false;
            desk.open(size);
            desk.becomeReady();
            desk.window.showView(u"services"_s);
            const auto startAll = [&]() -> QPushButton* {
                for (auto* button : desk.window.findChildren<QPushButton*>())
                    if (button->isVisible() && button->text() == u"Start all"_s) return button;
                return nullptr;
            };
            QVERIFY(startAll() && !startAll()->isEnabled());
            desk.stack->loseOwner();
            test::picture(desk.window, u"window-owner-ended"_s, size);
            QVERIFY(test::wordsOn(desk.window).contains(u"Start all (Enter)."_s));
            QCOMPARE(test::squeezed(desk.window), QString());
            const QPointer<stack::Stack> former = desk.stack;
            desk.owner = true;
            QVERIFY(startAll()->isEnabled());
            startAll()->click();
            QTRY_VERIFY(!former);
            QCOMPARE(desk.session.stack(), desk.stack);
            QCOMPARE(desk.stack->asked, QStringList{u"start"_s});
            desk.becomeReady();
            test::picture(desk.window, u"window-owner-anew"_s, size);
            QVERIFY(startAll() && !startAll()->isEnabled());  // a page of the new one
            QVERIFY(!test::wordsOn(desk.window).contains(u"attached"_s));
            QSignalSpy ended(&desk.session, &shell::Session::ended);
            desk.session.end();
            QCOMPARE(desk.stack->asked.last(), u"stop"_s);  // it is this window's own now
            Q_EMIT desk.stack->stopped();
            QCOMPARE(ended.size(), 1);
        });
    }

    void closingHidesAtOnceAndStopsItsNova() {
        Desk desk;
        desk.open();
        desk.becomeReady();
        QSignalSpy closed(&desk.window, &MainWindow::closed), ended(&desk.session, &shell::Session::ended);
        connect(&desk.window, &MainWindow::closed, &desk.session, &shell::Session::end);
        QVERIFY(desk.window.close());
        QVERIFY(!desk.window.isVisible());
        QCOMPARE(closed.size(), 1);
        QCOMPARE(desk.stack->asked.last(), u"stop"_s);
        QVERIFY(ended.isEmpty());
        Q_EMIT desk.stack->stopped();
        QCOMPARE(ended.size(), 1);
    }

    void thePaletteFindsViewsCommandsAndIds() {
        test::everywhere([&](const QSize& size) {
            Desk desk;
            desk.open(size);
            desk.becomeReady();
            auto& palette = desk.window.palette();
            palette.open();
            test::picture(desk.window, u"window-palette"_s, size);
            QVERIFY(palette.model().foundCount() > 8);
            palette.setText(test::slowTrace.left(12));
            test::picture(desk.window, u"window-palette-id"_s, size);
            QCOMPARE(palette.model().foundCount(), 1);
            auto* field = palette.findChild<QLineEdit*>();
            QTest::keyClick(field, Qt::Key_Return);
            QVERIFY(!palette.isVisible());
            palette.open();
            palette.setText(u"> theme"_s);
            QCOMPARE(palette.model().foundCount(), 1);
            palette.setText(u"traffic"_s);
            QVERIFY(palette.model().foundCount() >= 1);
            QTest::keyClick(field, Qt::Key_Return);
            QCOMPARE(QString::fromLatin1(desk.window.currentView()->metaObject()->className()),
                     u"nova::views::TrafficView"_s);
            palette.open();
            palette.setText(u"zzzz"_s);
            QCOMPARE(palette.model().foundCount(), 0);
            QTest::keyClick(field, Qt::Key_Escape);
            QVERIFY(!palette.isVisible());
        });
    }

    void aPauseStopsTheViewsAndIsShown() {
        Desk desk;
        desk.window.show();
        desk.session.lookAt();
        desk.becomeReady();
        desk.window.showView(u"traffic"_s);
        QVERIFY(QTest::qWaitForWindowActive(&desk.window));
        QTest::keyClick(desk.window.focusWidget(), Qt::Key_P);
        QVERIFY2(test::wordsOn(*desk.window.currentView()).contains(u"Paused."_s),
                 qPrintable(test::wordsOn(*desk.window.currentView())));
        QTest::keyClick(desk.window.focusWidget(), Qt::Key_P);
        QVERIFY(!test::wordsOn(*desk.window.currentView()).contains(u"Paused."_s));
    }

    void anAttachedWindowShowsItsClusterAndNothingThatActs_data() {
        QTest::addColumn<QString>("environment");
        QTest::addColumn<QString>("word");
        QTest::newRow("staging") << u"staging"_s << u"STAGING"_s;
        QTest::newRow("production") << u"production"_s << u"PRODUCTION"_s;
    }
    void anAttachedWindowShowsItsClusterAndNothingThatActs() {
        QFETCH(QString, environment);
        QFETCH(QString, word);
        test::everywhere([&](const QSize& size) {
            Desk desk;
            desk.attach(u"nova-"_s + environment, size);
            for (const char* page : {"services", "traffic", "lag", "actions", "keys"}) {
                desk.window.showView(QString::fromLatin1(page));
                const QString name = u"window-%1-%2"_s.arg(environment, QString::fromLatin1(page));
                test::picture(desk.window, name, size);
                QTest::qWait(0);
                test::picture(desk.window, name, size);
                QCOMPARE(test::squeezed(desk.window), QString());
            }
            QVERIFY(!desk.session.stack());
            QVERIFY(!desk.session.observers().traffic.isRunning());
            QVERIFY(!desk.session.observers().followsSpans);
            QVERIFY(desk.window.findChild<shell::ClusterChip*>()->accessibleName().contains(word + u" nova-"_s));
            QVERIFY(desk.window.findChild<shell::ReadOnlyChip*>()->isVisible());
            QVERIFY(test::wordsOn(desk.window).contains(word));
            QVERIFY(desk.railButton(u"Act as"_s)->isHidden());
            desk.window.showView(u"people"_s);
            QCOMPARE(QString::fromLatin1(desk.window.currentView()->metaObject()->className()),
                     u"nova::views::ClusterView"_s);
            QCOMPARE(desk.window.windowTitle(), u"nova-"_s + environment);
        });
    }

    void scenariosArePlayedOnTheLocalNovaAlone() {
        Desk desk;
        desk.open();
        desk.becomeReady();
        desk.window.showView(u"services"_s);
        auto* pane = desk.window.findChild<views::PlayPane*>();
        const auto playButton = [&]() -> QPushButton* {
            for (auto* button : desk.window.findChildren<QPushButton*>())
                if (button->text() == u"Play…"_s) return button;
            return nullptr;
        };
        QVERIFY(pane && playButton() && playButton()->isEnabled());
        Q_EMIT pane->timelineWanted(test::completeTrace);
        QCOMPARE(desk.window.currentView()->subject().traceId, test::completeTrace);
        desk.session.lookAt(u"nova-staging"_s);
        desk.window.showView(u"services"_s);
        QVERIFY(!desk.window.findChild<views::PlayPane*>() && !playButton());
    }

    void aProfileThatCannotBeOpenedSaysWhyAndWhereAndIsTriedAgain() {
        test::everywhere([&](const QSize& size) {
            Desk desk;
            test::picture(desk.window, u"window-opening"_s, size);
            desk.session.lookAt(u"nova-wrong"_s);
            test::picture(desk.window, u"window-refused"_s, size);
            QCOMPARE(test::squeezed(desk.window), QString());
            const QString words = test::wordsOn(desk.window);
            QVERIFY2(words.contains(u"line 7: kafka.bootstrap is missing"_s), qPrintable(words));
            QVERIFY(words.contains(u"nova-staging"_s));
            QVERIFY(!desk.window.currentView());
            desk.profiles.insert(u"nova-wrong"_s, test::sampleProfile(u"staging"_s));
            auto* page = desk.window.findChild<QWidget*>(u"profiles"_s);
            QVERIFY(page);
            QSignalSpy opened(&desk.session, &shell::Session::opened);
            QTest::keyClick(page, Qt::Key_F5);
            QVERIFY(opened.wait());
            QVERIFY(desk.window.currentView());
        });
    }

    void withoutAProfileTheChooserShowsHowToWriteOne() {
        test::everywhere([&](const QSize& size) {
            Desk desk;
            desk.profiles.clear();
            test::picture(desk.window, u"window-opening"_s, size);
            desk.session.lookAt(u"nowhere"_s);
            test::picture(desk.window, u"window-no-profile"_s, size);
            QCOMPARE(test::squeezed(desk.window), QString());
            QVERIFY(test::wordsOn(desk.window).contains(u"bootstrap = "_s));
        });
    }

    void anotherClusterOpensInPlaceAndNothingOfTheFormerStays() {
        Desk desk;
        desk.open();
        desk.becomeReady();
        desk.window.showView(u"actions"_s);
        QVERIFY(!desk.session.observers().actions.traceIds().isEmpty());
        desk.session.lookAt(u"nova-production"_s);
        QVERIFY(desk.session.observers().actions.traceIds().isEmpty());
        QCOMPARE(desk.window.windowTitle(), u"nova-production"_s);
        QVERIFY(desk.stack->asked.size() == 1);  // the local Nova goes on
        desk.stack->become(Phase::ready, test::allReady());
        QVERIFY(!desk.session.isLocal());
        desk.session.lookAt();
        QCOMPARE(desk.window.windowTitle(), u"nova-local"_s);
        QVERIFY(!desk.railButton(u"Act as"_s)->isHidden());
        QVERIFY(desk.window.findChild<shell::ReadOnlyChip*>()->isHidden());
        QSignalSpy ended(&desk.session, &shell::Session::ended);
        desk.session.lookAt(u"nova-staging"_s);
        desk.session.end();
        QCOMPARE(desk.stack->asked.last(), u"stop"_s);
        Q_EMIT desk.stack->stopped();
        QCOMPARE(ended.size(), 1);
    }

    void theMenuOfClustersListsProfilesAndSaysWhichCannotBeOpened() {
        Desk desk;
        desk.attach(u"nova-staging"_s);
        auto* menu = desk.window.findChild<shell::ClusterChip*>()->choices();
        Q_EMIT menu->aboutToShow();
        QStringList texts;
        for (const auto* action : menu->actions()) texts << action->text();
        QVERIFY(texts.contains(u"Local Nova"_s));
        QVERIFY2(texts.contains(u"nova-production\u2002PRODUCTION"_s), qPrintable(texts.join(u'|')));
        QAction* production = nullptr;
        for (auto* action : menu->actions()) {
            if (action->text().startsWith(u"nova-production"_s)) production = action;
        }
        QSignalSpy opened(&desk.session, &shell::Session::opened);
        production->trigger();
        QVERIFY(opened.wait());
        QCOMPARE(desk.session.profile().environment, u"production"_s);
    }

    void theReadBudgetIsShownAndChanged() {
        Desk desk;
        desk.attach(u"nova-staging"_s);
        auto* reads = desk.window.findChild<shell::ReadsButton*>();
        QTRY_VERIFY2(reads->text().contains(u"of 8 MiB/s"_s), qPrintable(reads->text()));
        QVERIFY(reads->isVisible());
        for (auto* action : reads->choices().actions()) {
            if (action->text().startsWith(u"2 MiB/s"_s)) action->trigger();
        }
        QTRY_COMPARE(desk.session.target()->kafka.budget()->bytesPerSecond(), qint64(2) << 20);
        QTRY_VERIFY(reads->text().contains(u"of 2 MiB/s"_s));
        desk.session.lookAt();
        QTRY_VERIFY(!reads->isVisible());
    }

    void aClusterThatDoesNotAnswerIsSaidInTheBrokersWords() {
        Desk desk;
        test::picture(desk.window, u"window-opening"_s, test::wide);
        desk.session.lookAt(u"nova-staging"_s);
        desk.window.showView(u"services"_s);
        QTRY_VERIFY_WITH_TIMEOUT(!desk.session.trouble().isEmpty(), 20'000);
        QVERIFY2(test::wordsOn(desk.window).contains(u"127.0.0.1:1"_s),
                 qPrintable(test::wordsOn(desk.window)));
        test::picture(desk.window, u"window-unreachable"_s, test::wide);
        desk.window.showView(u"actions"_s);
        test::picture(desk.window, u"window-unreachable-actions"_s, test::wide);
        QVERIFY(desk.window.currentView()->isVisible());
    }

    void alarmsAreToldOverTheViewsTogether() {
        shell::LagAlarms alarms;
        QSignalSpy notified(&alarms, &shell::LagAlarms::notified);
        engine::LagRow row;
        row.group = u"feed-service"_s;
        row.topic = u"nova.content.events"_s;
        row.alarm = true;
        engine::LagSample sample;
        for (int partition = 0; partition < 3; ++partition) {
            row.partition = partition;
            row.lag = 1'000 + 204 * partition;
            row.alarmReason = u"lag %1 > 1 000"_s.arg(*row.lag);
            alarms.begin(row);
            sample.rows.append(row);
        }
        alarms.take(sample);
        QCOMPARE(alarms.count(), 1);  // one group on one topic
        QVERIFY(notified.wait(5'000));
        QCOMPARE(notified.size(), 1);
        QCOMPARE(alarms.line(), u"feed-service on nova.content.events p2: lag 1408 > 1 000, and 2 more"_s);
        alarms.take({});
        QCOMPARE(alarms.count(), 0);
        QVERIFY(alarms.line().isEmpty());
    }

    void crashesAndStartsAreMarkedOnTheGroupTheStartOfNovaIsNot() {
        using stack::PartState;
        shell::StackMarks marks;
        auto parts = test::allReady();
        const auto feed =
            std::find_if(parts.begin(), parts.end(), [](const auto& p) { return p.name == u"feed-service"_s; });
        QVERIFY(marks.take(parts, Phase::starting, 1).isEmpty());
        QVERIFY(marks.take(parts, Phase::ready, 2).isEmpty());
        feed->pid = 0;
        feed->state = PartState::failed;
        feed->lastError = u"signal 9"_s;
        auto told = marks.take(parts, Phase::degraded, 3);
        QCOMPARE(told.size(), 1);
        QCOMPARE(told[0].kind, engine::LagMark::Kind::crash);
        QCOMPARE(told[0].group, u"feed-service"_s);
        QVERIFY(told[0].text.contains(u"signal 9"_s));
        feed->pid = 58'731;
        feed->state = PartState::starting;
        told = marks.take(parts, Phase::degraded, 4);
        QCOMPARE(told.size(), 1);
        QCOMPARE(told[0].kind, engine::LagMark::Kind::deploy);
        feed->state = PartState::stopping;
        QVERIFY(marks.take(parts, Phase::ready, 5).isEmpty());
        feed->pid = 0;
        QVERIFY(marks.take(parts, Phase::degraded, 6).isEmpty());  // it was asked for
    }

    void aLinkOpensInTheClusterThatItNames() {
        Desk desk;
        desk.attach(u"nova-staging"_s);
        desk.window.showView(u"services"_s);
        QVERIFY(!desk.window.openLink(u"nova://nova-staging/orders"_s));
        QVERIFY(desk.window.openLink(u"nova://nova-staging/orders/3/51880"_s));
        const auto shown = [&] { return QString::fromLatin1(desk.window.currentView()->metaObject()->className()); };
        QCOMPARE(shown(), u"nova::views::TrafficView"_s);
        auto& palette = desk.window.palette();
        palette.open();
        palette.setText(u"nova://nova-production/orders/3/51880"_s);
        QVERIFY(palette.model().at(palette.model().index(1))->title.contains(u"nova-production"_s));
        palette.close();
        QSignalSpy opened(&desk.session, &shell::Session::opened);
        QVERIFY(desk.window.openLink(u"nova://nova-production/orders/3/51880"_s));
        QVERIFY(opened.wait());
        QCOMPARE(desk.session.profile().environment, u"production"_s);
        QCOMPARE(shown(), u"nova::views::TrafficView"_s);
        QVERIFY(!desk.session.observers().traffic.isRunning());  // one record is read, nothing is followed
    }

    void theRecordsOfATopicAreFollowedOnlyOnceItIsChosen() {
        Desk desk;
        desk.attach(u"nova-staging"_s);
        desk.window.showView(u"services"_s);
        QVERIFY(!desk.session.observers().traffic.isRunning());
        Q_EMIT desk.window.currentView()->recordWanted(u"orders"_s, -1, -1);
        QVERIFY(desk.session.observers().traffic.isRunning());
        QCOMPARE(QString::fromLatin1(desk.window.currentView()->metaObject()->className()),
                 u"nova::views::TrafficView"_s);
    }

    void settingsAreRemembered() {
        QTemporaryDir folder;
        const QString file = folder.filePath(u"window.ini"_s);
        {
            shell::Settings settings(file);
            settings.setThemeChoice(theme::Choice::Light);
            settings.setUtc(false);
            settings.setView(u"traffic"_s);
            settings.setLayout(u"traffic"_s, "abc");
        }
        shell::Settings settings(file);
        QCOMPARE(settings.themeChoice(), theme::Choice::Light);
        QVERIFY(!settings.utc());
        QCOMPARE(settings.view(), u"traffic"_s);
        QCOMPARE(settings.layout(u"traffic"_s), QByteArray("abc"));
        settings.forgetLayouts();
        QCOMPARE(settings.layout(u"traffic"_s), QByteArray());
    }
};

QTEST_MAIN(WindowTest)
#include "tst_window.moc"
