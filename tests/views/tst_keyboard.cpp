// Everything by keyboard: the keys of the design, where the focus goes, what a screen reader hears.
#include <QAccessible>
#include <QClipboard>
#include <QFileDialog>
#include <QLineEdit>
#include <QSignalSpy>
#include <QtTest>

#include "app/shell/as_command.h"
#include "app/shell/command_palette.h"
#include "app/shell/key_sheet.h"
#include "app/views/action_inspector.h"
#include "app/views/actions_view.h"
#include "tests/support/strict_log.h"
#include "tests/views/desk.h"
#include "widgets/theme/theme.h"
#include "widgets/timeline/timeline_widget.h"

using namespace nova;
using namespace Qt::StringLiterals;
using test::Desk;

namespace {

void pages() {
    QTest::addColumn<QString>("page");
    for (const char* page : {"services", "traffic", "lag", "actions", "keys", "people"})
        QTest::newRow(page) << QString::fromLatin1(page);
}

void press(Desk& desk, Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    QTest::keyClick(desk.window.focusWidget() ? desk.window.focusWidget() : &desk.window, key, modifiers);
}

// Those that Tab reaches, in its order.
QVector<QWidget*> focusChain(QWidget& window) {
    QVector<QWidget*> chain;
    for (auto* widget = window.nextInFocusChain(); widget && widget != &window; widget = widget->nextInFocusChain()) {
        if ((widget->focusPolicy() & Qt::TabFocus) && widget->isVisible() && widget->isEnabled() &&
            !widget->focusProxy())
            chain.append(widget);
    }
    return chain;
}

QString nameOf(const QWidget& widget) {
    return QString::fromLatin1(widget.metaObject()->className()) + u" “"_s + widget.accessibleName() + u'”';
}

QRect placeOf(const QWidget& widget) {
    return {widget.mapTo(widget.window(), QPoint(0, 0)), widget.size()};
}

}  // namespace

class KeyboardTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        test::failOnLoggedErrors();
        theme::Theme::instance().apply(*qApp, theme::Choice::Dark);
    }

    void cleanupTestCase() { shell::Observers::awaitEnded(); }

    void theKeysOfEachViewAreShown_data() { pages(); }
    void theKeysOfEachViewAreShown() {
        QFETCH(QString, page);
        test::everywhere([&](const QSize& size) {
            Desk desk;
            desk.open(size);
            desk.becomeReady();
            desk.window.showView(page);
            desk.window.activateWindow();
            for (auto* action : desk.window.actions()) {
                if (action->shortcut() == QKeySequence(Qt::Key_Question)) action->trigger();
            }
            test::picture(desk.window, u"window-keys-of-"_s + page, size);
            auto* sheet = desk.window.findChild<shell::KeySheet*>();
            QVERIFY(sheet && sheet->isVisible());
            QCOMPARE(test::squeezed(*sheet), QString());
            for (const auto& hint : desk.window.currentView()->keys())
                QVERIFY2(test::wordsOn(*sheet).contains(hint.does), qPrintable(hint.keys));
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
        QCOMPARE(shown(), u"nova::views::LagView"_s);
        press(Qt::Key_4, Qt::ControlModifier);
        QCOMPARE(shown(), u"nova::views::ActionsView"_s);
        press(Qt::Key_5, Qt::ControlModifier);
        QCOMPARE(shown(), u"nova::views::KeysView"_s);
        press(Qt::Key_6, Qt::ControlModifier);
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

    void theSameThingIsShownInAnotherViewByG() {
        Desk desk;
        desk.window.show();
        desk.session.lookAt();
        desk.becomeReady();
        desk.window.showTimeline(test::completeTrace);
        QVERIFY(QTest::qWaitForWindowActive(&desk.window));
        const auto press = [&](Qt::Key key) {
            QTest::keyClick(desk.window.focusWidget() ? desk.window.focusWidget() : &desk.window, key);
        };
        const auto shown = [&] { return QString::fromLatin1(desk.window.currentView()->metaObject()->className()); };
        const auto subject = desk.window.currentView()->subject();
        QCOMPARE(subject.traceId, test::completeTrace);
        QVERIFY(!subject.eventId.isEmpty());
        press(Qt::Key_G);
        press(Qt::Key_K);
        QCOMPARE(shown(), u"nova::views::KeysView"_s);
        press(Qt::Key_Escape);
        desk.window.currentView()->setFocus();
        desk.window.showTimeline(test::slowTrace);
        press(Qt::Key_G);
        press(Qt::Key_L);
        QCOMPARE(shown(), u"nova::views::LagView"_s);
    }

    void eachViewLeadsOnByG() {
        Desk desk;
        QVERIFY(desk.openReady());
        const QVector<std::pair<Qt::Key, QString>> views{{Qt::Key_T, u"nova::views::TrafficView"_s},
                                                         {Qt::Key_L, u"nova::views::LagView"_s},
                                                         {Qt::Key_A, u"nova::views::ActionsView"_s},
                                                         {Qt::Key_K, u"nova::views::KeysView"_s}};
        for (const QString& from : {u"traffic"_s, u"lag"_s, u"actions"_s}) {
            for (const auto& [key, name] : views) {
                desk.window.showView(from);
                auto* focus = desk.window.focusWidget();
                QVERIFY(focus);
                QTest::keyClick(focus, Qt::Key_G);
                QTest::keyClick(focus, key);
                QCOMPARE(QString::fromLatin1(desk.window.currentView()->metaObject()->className()), name);
            }
        }
    }

    void altAndTheArrowsGoBackAndForward() {
        Desk desk;
        QVERIFY(desk.openReady());
        const auto is = [&](const char* name) { return desk.window.currentView()->inherits(name); };
        for (const char* page : {"services", "traffic", "lag", "actions"}) desk.window.showView(QLatin1String(page));
        press(desk, Qt::Key_Left, Qt::AltModifier);
        QVERIFY(is("nova::views::LagView"));
        press(desk, Qt::Key_Left, Qt::AltModifier);
        QVERIFY(is("nova::views::TrafficView"));
        press(desk, Qt::Key_Right, Qt::AltModifier);
        QVERIFY(is("nova::views::LagView"));
        desk.window.showView(u"keys"_s);  // what was ahead is ahead no longer
        press(desk, Qt::Key_Right, Qt::AltModifier);
        QVERIFY(is("nova::views::KeysView"));
        for (int i = 0; i < 9; ++i) press(desk, Qt::Key_Left, Qt::AltModifier);
        QVERIFY(is("nova::views::ServicesView"));
    }

    void whatIsSelectedIsCopiedAsACommand() {
        Desk desk;
        QVERIFY(desk.openReady());
        desk.window.showTimeline(test::completeTrace);
        QGuiApplication::clipboard()->clear();
        press(desk, Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(),
                 u"nova-console actions --data %1 %2"_s.arg(desk.session.dataDir(), test::completeTrace));
        views::Subject subject;
        QCOMPARE(shell::asCommand(u"lag"_s, subject, u"--profile x"_s), QString());
        subject.group = u"it's mine"_s;
        subject.topic = u"nova.content.events"_s;
        QCOMPARE(shell::asCommand(u"lag"_s, subject, u"--profile x"_s),
                 u"nova-console lag --profile x --group 'it'\\''s mine' --topic nova.content.events"_s);
        subject.eventId = u"0193a8e3-1c52-7d04-9b3e-7c2a81f04e91"_s;
        QCOMPARE(shell::asCommand(u"keys"_s, subject, u"--profile x"_s),
                 u"nova-console keys --profile x 0193a8e3-1c52-7d04-9b3e-7c2a81f04e91"_s);
    }

    void aPanelIsLeftByWhatGoesElsewhereAlone() {
        Desk desk;
        desk.window.show();
        desk.window.palette().open();  // nothing is looked at yet
        QVERIFY(desk.window.palette().isVisible());
        desk.session.lookAt();
        desk.becomeReady();
        QVERIFY(QTest::qWaitForWindowActive(&desk.window));
        auto* sheet = desk.window.findChild<shell::KeySheet*>();
        for (auto* action : desk.window.actions()) {
            if (action->shortcut() == QKeySequence(Qt::Key_Question)) action->trigger();
        }
        QVERIFY(sheet->isVisible());
        auto* panel = sheet->findChild<QFrame*>(QString(), Qt::FindDirectChildrenOnly);
        QTest::mouseClick(panel, Qt::LeftButton, {}, {4, 4});
        QVERIFY(sheet->isVisible());
        press(desk, Qt::Key_Tab);
        QVERIFY(sheet->isAncestorOf(desk.window.focusWidget()));
        QTest::mouseClick(sheet, Qt::LeftButton, {}, {4, 4});
        QVERIFY(!sheet->isVisible());
        press(desk, Qt::Key_K, Qt::ControlModifier);
        QVERIFY(desk.window.palette().isVisible());
        press(desk, Qt::Key_2, Qt::ControlModifier);
        QVERIFY(!desk.window.palette().isVisible());
        QVERIFY(desk.window.currentView()->inherits("nova::views::TrafficView"));
    }

    void theTimelineIsWalkedByKeys() {
        Desk desk;
        QVERIFY(desk.openReady());
        desk.window.showTimeline(test::completeTrace);
        auto* view = qobject_cast<views::ActionsView*>(desk.window.currentView());
        QVERIFY(view);
        view->timeline()->setFocus();
        press(desk, Qt::Key_Right, Qt::ShiftModifier);
        QCOMPARE(view->timeline()->chosenFlag(), 0);
        press(desk, Qt::Key_Right, Qt::ShiftModifier);
        QCOMPARE(view->timeline()->chosenFlag(), 1);
        press(desk, Qt::Key_Left, Qt::ShiftModifier);
        QCOMPARE(view->timeline()->chosenFlag(), 0);
        press(desk, Qt::Key_Right);
        QVERIFY(!view->timeline()->selectedHop().isEmpty());
        const double before = view->timeline()->view().end;
        press(desk, Qt::Key_Z);
        QVERIFY(view->timeline()->view().end < before);
        press(desk, Qt::Key_0);
        QCOMPARE(view->timeline()->view().end, before);
    }

    void xExportsInActionsAndTraffic_data() {
        QTest::addColumn<QString>("page");
        QTest::newRow("actions") << u"actions"_s;
        QTest::newRow("traffic") << u"traffic"_s;
    }
    void xExportsInActionsAndTraffic() {
        QFETCH(QString, page);
        Desk desk;
        QVERIFY(desk.openReady());
        if (page == u"actions") desk.window.showTimeline(test::completeTrace);
        desk.window.showView(page);
        int asked = 0;
        QTimer answer;
        connect(&answer, &QTimer::timeout, this, [&] {
            auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
            if (!dialog) return;
            ++asked;
            dialog->reject();
        });
        answer.start(10);
        press(desk, Qt::Key_X);  // returns once the dialog is closed
        QCOMPARE(asked, 1);
    }

    void theTimelineIsWrittenToAFile() {
        Desk desk;
        desk.open();
        desk.becomeReady();
        desk.window.showTimeline(test::completeTrace);
        auto* view = qobject_cast<views::ActionsView*>(desk.window.currentView());
        const QString svg = desk.folder.filePath(u"action.svg"_s), png = desk.folder.filePath(u"action.png"_s);
        view->exportTo(svg);
        const auto written = [&svg] {
            QFile file(svg);
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        };
        QVERIFY(written().contains("<svg") && written().contains("same clock"));
        view->inspector()->setOneClock(false);
        view->exportTo(svg);
        QVERIFY(written().contains("clocks of several machines"));
        view->exportTo(png);
        QCOMPARE(QImage(png).width(), 2'800);
        QVERIFY(test::wordsOn(desk.window).contains(png));
        view->exportTo(desk.folder.filePath(u"no/such/folder/action.svg"_s));
        QVERIFY(test::wordsOn(desk.window).contains(u"Not exported"_s));
    }

    void ctrlEnterRunsAliceToBob() {
        Desk desk;
        desk.window.show();
        desk.session.lookAt();
        QVERIFY(QTest::qWaitForWindowActive(&desk.window));
        desk.window.showView(u"actions"_s);
        auto* view = qobject_cast<views::ActionsView*>(desk.window.currentView());
        QSignalSpy run(view, &views::ActionsView::runWanted);
        press(desk, Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(run.count(), 0);  // nobody could act
        QVERIFY(!test::wordsOn(desk.window).contains(u"Run Alice to Bob"_s));
        view->setConnected();
        press(desk, Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(run.count(), 1);
        test::everywhere([&](const QSize& size) {
            test::picture(desk.window, u"window-actions-none"_s, size);
            QVERIFY(test::wordsOn(desk.window).contains(u"Run Alice to Bob (Ctrl+Enter)"_s));
            QCOMPARE(test::squeezed(*view), QString());
        });
        Desk away;
        away.attach(u"nova-staging"_s);
        away.window.showView(u"actions"_s);
        QVERIFY(!test::wordsOn(away.window).contains(u"Run Alice to Bob"_s));  // of a cluster that is not ours
    }

    void f6VisitsEveryPaneInReadingOrder_data() { pages(); }
    void f6VisitsEveryPaneInReadingOrder() {
        QFETCH(QString, page);
        Desk desk;
        desk.window.show();
        desk.session.lookAt();
        desk.becomeReady();
        desk.window.showView(page);
        QVERIFY(QTest::qWaitForWindowActive(&desk.window));
        QVector<QWidget*> visited;
        for (int i = 0; i < 12; ++i) {
            press(desk, Qt::Key_F6);
            auto* now = desk.window.focusWidget();
            QVERIFY(now);
            if (visited.contains(now)) break;
            visited.append(now);
        }
        if (visited.size() < 2) return;
        press(desk, Qt::Key_F6, Qt::ShiftModifier);
        QCOMPARE(desk.window.focusWidget(), visited.last());
    }

    void whatTabReachesHasANameAndComesInReadingOrder_data() { pages(); }
    void whatTabReachesHasANameAndComesInReadingOrder() {
        QFETCH(QString, page);
        Desk desk;
        desk.open(test::wide);
        desk.becomeReady();
        desk.window.showView(page);
        test::picture(desk.window, u"window-tab-"_s + page, test::wide);
        const auto chain = focusChain(desk.window);
        QVERIFY(chain.size() > 4);
        QStringList faults;
        for (auto* widget : chain) {
            auto* accessible = QAccessible::queryAccessibleInterface(widget);
            if (!accessible || accessible->text(QAccessible::Name).isEmpty())
                faults << u"no name: "_s + nameOf(*widget);
        }
        for (qsizetype i = 1; i < chain.size(); ++i) {
            const QRect from = placeOf(*chain[i - 1]), to = placeOf(*chain[i]);
            const bool sideBySide =
                chain[i]->parentWidget() == chain[i - 1]->parentWidget() && from.bottom() > to.top();
            const bool above = to.bottom() < from.top() && to.left() <= from.right() && from.left() <= to.right();
            if (above || (sideBySide && to.right() < from.left()))
                faults << u"back from %1 to %2"_s.arg(nameOf(*chain[i - 1]), nameOf(*chain[i]));
        }
        QVERIFY2(faults.isEmpty(), qPrintable(faults.join(u'\n')));
    }
};

QTEST_MAIN(KeyboardTest)
#include "tst_keyboard.moc"
