// The window over a stack that is none: every page in both themes and sizes, first run, palette, keys, closing.
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

#include "app/shell/command_palette.h"
#include "app/shell/key_sheet.h"
#include "app/shell/main_window.h"
#include "app/shell/status_strip.h"
#include "tests/support/strict_log.h"
#include "tests/views/fakes.h"
#include "tests/views/look.h"
#include "widgets/theme/theme.h"

using namespace nova;
using namespace Qt::StringLiterals;
using shell::MainWindow;
using stack::Phase;

namespace {

struct Desk {
    QTemporaryDir folder;
    test::FakeStack* stack = nullptr;
    QVector<stack::Requirement> requirements{{u"PostgreSQL"_s, true, true, u"15, /usr/lib/postgresql/15/bin"_s, {}}};
    bool owner = true;
    shell::Settings settings{folder.filePath(u"window.ini"_s)};
    shell::Session session{folder.path(),
                           {[this](const stack::StackOptions&) {
                                auto made = std::make_unique<test::FakeStack>(owner);
                                stack = made.get();
                                return made;
                            },
                            [this](const stack::StackOptions&) { return requirements; }}};
    MainWindow window{session, settings};

    void open(const QSize& size = test::wide) {
        test::picture(window, u"window-opening"_s, size);
        session.lookAt();
    }
    void becomeReady() {
        for (const auto& part : test::allReady()) {
            for (const auto& line : test::someLog(part.id())) stack->write(line);
        }
        stack->become(Phase::ready, test::allReady());
        test::fillActions(session.observers().actions);
    }
};

}  // namespace

class WindowTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        test::failOnLoggedErrors();
        theme::Theme::instance().apply(*qApp, theme::Choice::Dark);
    }

    void everyPageFits_data() {
        QTest::addColumn<QString>("page");
        for (const char* page : {"services", "traffic", "actions", "people"})
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

    void keysAreShownAndWork() {
        test::everywhere([&](const QSize& size) {
            Desk desk;
            desk.open(size);
            desk.becomeReady();
            desk.window.showView(u"actions"_s);
            desk.window.activateWindow();
            for (auto* action : desk.window.actions()) {
                if (action->shortcut() == QKeySequence(Qt::Key_Question)) action->trigger();
            }
            test::picture(desk.window, u"window-keys"_s, size);
            auto* sheet = desk.window.findChild<shell::KeySheet*>();
            QVERIFY(sheet && sheet->isVisible());
            QCOMPARE(test::squeezed(*sheet), QString());
            QTest::keyClick(sheet, Qt::Key_Escape);
            QVERIFY(!sheet->isVisible());
        });
    }

    void keysReachWhatTheyName() {
        Desk desk;
        desk.window.show();
        desk.session.lookAt();
        desk.becomeReady();
        desk.window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&desk.window));
        const auto press = [&](Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
            QTest::keyClick(desk.window.focusWidget() ? desk.window.focusWidget() : &desk.window, key, modifiers);
        };
        const auto shown = [&] { return QString::fromLatin1(desk.window.currentView()->metaObject()->className()); };
        press(Qt::Key_2, Qt::ControlModifier);
        QCOMPARE(shown(), u"nova::views::TrafficView"_s);
        press(Qt::Key_Slash);
        auto* filter = qobject_cast<QLineEdit*>(desk.window.focusWidget());
        QVERIFY(filter);
        press(Qt::Key_Slash);  // now a letter like others
        QCOMPARE(filter->text(), u"/"_s);
        press(Qt::Key_Escape);
        QVERIFY(filter->text().isEmpty());
        press(Qt::Key_3, Qt::ControlModifier);
        QCOMPARE(shown(), u"nova::views::ActionsView"_s);
        press(Qt::Key_4, Qt::ControlModifier);
        QCOMPARE(shown(), u"nova::views::ActAsView"_s);
        press(Qt::Key_K, Qt::ControlModifier);
        QVERIFY(desk.window.palette().isVisible());
        press(Qt::Key_Escape);
        QVERIFY(!desk.window.palette().isVisible());
        press(Qt::Key_1, Qt::ControlModifier);
        QCOMPARE(shown(), u"nova::views::ServicesView"_s);
        auto* before = desk.window.focusWidget();
        press(Qt::Key_F6);
        QVERIFY(desk.window.focusWidget() && desk.window.focusWidget() != before);
        press(Qt::Key_F6, Qt::ShiftModifier);
        press(Qt::Key_F11);
        QVERIFY(desk.window.isFullScreen());
        press(Qt::Key_Escape);
        QVERIFY(!desk.window.isFullScreen());
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
