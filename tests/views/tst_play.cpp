// Scenarios played from the Services view: the menu, the pane with what a program prints, the keyboard. The program is
// a script.
#include <QApplication>
#include <QDockWidget>
#include <QFile>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

#include "app/engine/plays/play_process.h"
#include "app/views/play_menu.h"
#include "app/views/play_pane.h"
#include "app/views/play_words.h"
#include "app/views/services_view.h"
#include "tests/support/strict_log.h"
#include "tests/views/fakes.h"
#include "tests/views/look.h"
#include "tests/views/service_samples.h"
#include "widgets/models/cell_table_model.h"
#include "widgets/tables/table_view.h"
#include "widgets/theme/status_label.h"
#include "widgets/theme/theme.h"

using namespace nova;
using namespace Qt::StringLiterals;
using engine::PlayNews;
using engine::PlayTold;
using stack::Phase;
using End = PlayTold::End;
using Kind = PlayNews::Kind;

namespace {

constexpr int patienceMs = 20'000;
const QSize inWindow{64, 67};  // what the rail and the bars take

QByteArray finding(const QByteArray& what, const QByteArray& designed, const QByteArray& measured,
                   const QByteArray& kept, const QByteArray& remark = {}, const QByteArray& unit = "ms") {
    return R"({"what":")" + what + R"(","designed":)" + designed + R"(,"measured":)" + measured + R"(,"unit":")" +
           unit + R"(","kept":)" + kept + R"(,"remark":")" + remark + R"("})";
}

QByteArray action(const QString& trace, const QByteArray& name, const QByteArray& more = {}) {
    return R"({"trace_id":")" + trace.toUtf8() + R"(","action":")" + name +
           R"(","client_ack_ms":12.4,"ack_ms":9.0,"visible_ms":41.5,"complete":true,"hops":[])" + more + '}';
}

const QByteArray answered = finding("Alice is answered while feed-service is dead", "null", "null", "true",
                                    "12 of 12 posts answered, the slowest after 18.2 ms", "");
const QByteArray arrived = finding("all posts in Bob's feed after feed-service is ready", "500", "41.2", "true");
const QByteArray late = finding("answered, 99 % of them within", "245", "1204.5", "false");
const QByteArray peak = finding("highest backlog (waiting calls, outbox and lag)", "null", "128", "null", "", "");

QByteArray feedKilled(bool toTheEnd) {
    QByteArray lines = R"x(say '{"step":"alice-7f3a and bob-7f3a sign up; bob-7f3a follows alice-7f3a"}'
say '{"action":)x" + action(u"1bf92f3577b34da6a3ce929d0e0e4731"_s, "signUp") +
                       R"x(}'
say '{"step":"alice-7f3a posts 12 times; after the third, feed-service is killed (kill -9)"}'
say "{\"step\":\"Bob's feed lacked 9 of them when it was asked for at once; waiting until feed-service is ready\"}"
)x";
    if (!toTheEnd) return lines + "exec sleep 600\n";
    lines += "say '{\"action\":" + action(test::completeTrace, "createPost") + "}'\n";
    lines += "out \"$(cat <<'END'\n" +
             action(test::slowTrace, "createPost",
                    ",\"result\":{\"scenario\":\"kill-feed\",\"problem\":null,\"findings\":[" + answered + ',' +
                        arrived + ',' + late + ',' + peak + "]}") +
             "\nEND\n)\"\n";
    return lines;
}

QPushButton* buttonNamed(QWidget& widget, const QString& text) {
    for (auto* button : widget.findChildren<QPushButton*>())
        if (button->text() == text) return button;
    return nullptr;
}

QAction* actionOf(QMenu& menu, const QString& name) {
    for (auto* one : menu.actions())
        if (one->text().section(u'\t', 0, 0) == name) return one;
    return nullptr;
}

// The Services view over a Nova that is none and a program that prints what it is told to.
struct Room {
    QTemporaryDir folder;
    test::FakeStack stack;
    std::unique_ptr<engine::PlayProcess> plays;
    std::unique_ptr<views::ServicesView> view;

    explicit Room(const QByteArray& lines, Phase phase = Phase::ready) {
        const auto program = folder.filePath(u"program"_s);
        QFile file(program);
        if (file.open(QIODevice::WriteOnly))
            file.write("#!/bin/sh\nsay() { printf '%s\\n' \"$1\" >&2; }\nout() { printf '%s\\n' \"$1\"; }\n" + lines);
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        file.close();
        plays = std::make_unique<engine::PlayProcess>(program, folder.path());
        view = std::make_unique<views::ServicesView>(stack);
        view->setPlays(*plays);
        view->restoreLayout({});
        view->setRates(test::eveningRates());
        stack.become(phase, phase == Phase::stopped ? QVector<stack::PartStatus>{} : test::allReady());
        for (const auto& part : test::allReady())
            for (const auto& line : test::someLog(part.id())) stack.write(line);
    }
    QPushButton& button() { return *buttonNamed(*view, u"Play…"_s); }
    QMenu& menu() { return *button().findChild<QMenu*>(); }
    views::PlayPane& pane() { return *view->findChild<views::PlayPane*>(); }
    int rows() { return pane().table()->model()->rowCount(); }
    QString cell(int row, int column) { return pane().table()->model()->index(row, column).data().toString(); }
    bool logShown() { return !view->findChild<QDockWidget*>(u"log"_s)->isHidden(); }
    QString verdict() { return pane().findChild<theme::StatusLabel*>()->text(); }
    // Qt's offscreen platform says so of every menu.
    static void expectMenu() {
        test::expectLogged(u"This plugin does not support raise()"_s);
        test::expectLogged(u"This plugin does not support grabbing the keyboard"_s);
    }
    void openMenu() {
        expectMenu();
        button().click();
    }
    void openMenuByKey() {
        expectMenu();
        QApplication::setActiveWindow(view.get());  // there a menu that is closed stays the active window
        QTest::keyClick(view.get(), Qt::Key_P, Qt::ControlModifier);
    }
    // From the menu, as a person does.
    void play(const QString& scenario) {
        openMenu();
        actionOf(menu(), scenario)->trigger();
        menu().close();
    }
    bool awaitEnd() {
        return QTest::qWaitFor([this] { return !plays->isPlaying(); }, patienceMs);
    }
};

PlayTold told(End end, const QString& why = {}) {
    PlayTold made;
    made.scenario = u"kill-feed"_s;
    made.end = end;
    made.why = why;
    return made;
}

}  // namespace

class PlayTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        test::failOnLoggedErrors();
        theme::Theme::instance().apply(*qApp, theme::Choice::Dark);
    }

    void everyScenarioIsInTheMenu();
    void withoutANovaItSaysWhatToDo();
    void whatComesIsShownWhileItPlays();
    void theVerdictAndTheFindingsFit();
    void aFailedPlaySaysWhyInTheWindow();
    void eachEndHasItsWords_data();
    void eachEndHasItsWords();
    void figuresHaveTheirUnits();
    void theKeyboardPlaysStopsOpensAndCloses();
    void thePaletteFindsScenarios();
    void theLogGivesWayAndComesBack();
    void aWindowThatCannotPlayHasNoButton();
};

void PlayTest::everyScenarioIsInTheMenu() {
    test::everywhere([](const QSize& size) {
        Room room({});
        test::picture(*room.view, u"play-button"_s, size - inWindow);
        QVERIFY(room.button().isEnabled());
        room.openMenu();
        auto& menu = room.menu();
        QVERIFY(menu.isVisible());
        for (const auto& scenario : engine::scenarios()) {
            auto* item = actionOf(menu, scenario.name);
            QVERIFY2(item && item->isEnabled(), qPrintable(scenario.name));
            QVERIFY(item->toolTip().startsWith(scenario.shows));
            QCOMPARE(item->toolTip().contains(u"Hurts parts of this Nova"_s), scenario.faults);
            QVERIFY(!item->text().section(u'\t', 1).isEmpty());
        }
        test::picture(menu, u"play-menu"_s, menu.sizeHint());
        menu.close();
    });
}

void PlayTest::withoutANovaItSaysWhatToDo() {
    Room room({}, Phase::stopped);
    test::picture(*room.view, u"play-stopped"_s, test::small - inWindow);
    const auto& button = room.button();
    QVERIFY(!button.isEnabled());
    QCOMPARE(button.toolTip(), u"No Nova is running: start all first (Enter)"_s);
    for (const auto& [phase, words] : {std::pair{Phase::starting, u"wait until its parts are ready"_s},
                                       {Phase::stopping, u"start all once it has"_s},
                                       {Phase::failed, u"start all first"_s}}) {
        room.stack.become(phase, test::halfStarted());
        QVERIFY(!button.isEnabled());
        QVERIFY2(button.toolTip().contains(words), qPrintable(button.toolTip()));
    }
    for (const auto& item : room.view->find(u"Play kill-feed"_s)) QVERIFY(!item.blocked.isEmpty());
    room.stack.become(Phase::degraded, test::kafkaDown());
    QVERIFY(button.isEnabled());
    room.view->hide();  // and while another view is shown
    room.stack.become(Phase::stopped, {});
    QVERIFY(!button.isEnabled());
}

void PlayTest::whatComesIsShownWhileItPlays() {
    test::everywhere([](const QSize& size) {
        Room room(feedKilled(false));
        test::picture(*room.view, u"play-running"_s, size - inWindow);
        room.play(u"kill-feed"_s);
        QVERIFY(QTest::qWaitFor([&] { return room.rows() == 4; }, patienceMs));
        test::picture(*room.view, u"play-running"_s, size - inWindow);
        QCOMPARE(test::squeezed(*room.view), QString());
        const auto words = test::wordsOn(*room.view);
        QVERIFY2(words.contains(u"kill-feed"_s), qPrintable(words));
        QCOMPARE(room.verdict(), u"Playing"_s);
        QVERIFY(words.contains(engine::scenarioOf(u"kill-feed"_s)->shows));
        QStringList rows;
        for (int row = 0; row < room.rows(); ++row) rows << room.cell(row, 0);
        QVERIFY2(rows.contains(u"alice-7f3a posts 12 times; after the third, feed-service is killed (kill -9)"_s),
                 qPrintable(rows.join(u'\n')));
        // Nothing else is played meanwhile, and it is said why.
        room.openMenu();
        auto* chat = actionOf(room.menu(), u"chat"_s);
        QVERIFY(!chat->isEnabled() && chat->toolTip().contains(u"kill-feed is being played"_s));
        QVERIFY(actionOf(room.menu(), u"Stop kill-feed"_s)->isEnabled());
        room.menu().close();
        buttonNamed(*room.view, u"Stop play"_s)->click();
        QVERIFY(room.awaitEnd());
        QCOMPARE(room.verdict(), u"Stopped"_s);
    });
}

void PlayTest::theVerdictAndTheFindingsFit() {
    test::everywhere([](const QSize& size) {
        Room room(feedKilled(true));
        test::picture(*room.view, u"play-ended"_s, size - inWindow);
        room.play(u"kill-feed"_s);
        QVERIFY(room.awaitEnd());
        QCOMPARE(room.rows(), 10);
        test::picture(*room.view, u"play-ended"_s, size - inWindow);
        QCOMPARE(test::squeezed(*room.view), QString());
        const auto words = test::wordsOn(*room.view);
        QVERIFY2(words.contains(u"All effects came within their class; 1 of 3 promised figures were missed."_s),
                 qPrintable(words));
        QMap<QString, QStringList> found;
        for (int row = 0; row < room.rows(); ++row)
            found.insert(room.cell(row, 1),
                         {room.cell(row, 0), room.cell(row, 2), room.cell(row, 3), room.cell(row, 4)});
        QCOMPARE(found.value(u"all posts in Bob's feed after feed-service is ready"_s).mid(0, 3),
                 (QStringList{u"kept"_s, u"41.2\u00a0ms"_s, u"500\u00a0ms"_s}));
        QCOMPARE(found.value(u"answered, 99 % of them within"_s).at(0), u"missed"_s);
        QCOMPARE(found.value(u"highest backlog (waiting calls, outbox and lag)"_s),
                 (QStringList{u"told"_s, u"128"_s, u"–"_s, QString()}));
        QCOMPARE(found.value(u"createPost"_s),
                 (QStringList{u"action"_s, u"12.4\u00a0ms"_s, QString(), u"in effect after 41.5\u00a0ms"_s}));
        QVERIFY(buttonNamed(*room.view, u"Play again"_s)->isVisible());
    });
}

void PlayTest::aFailedPlaySaysWhyInTheWindow() {
    Room room("echo 'nova-console: 2 posts were refused' >&2; exit 1");
    test::picture(*room.view, u"play-failed"_s, test::small - inWindow);
    room.play(u"kill-feed"_s);
    QVERIFY(room.awaitEnd());
    test::picture(*room.view, u"play-failed"_s, test::small - inWindow);
    const auto words = test::wordsOn(*room.view);
    QCOMPARE(room.verdict(), u"Not kept"_s);
    QVERIFY2(words.contains(u"2 posts were refused"_s), qPrintable(words));
}

void PlayTest::eachEndHasItsWords_data() {
    QTest::addColumn<int>("end");
    QTest::addColumn<QString>("words");
    QTest::addColumn<int>("status");
    const auto row = [](const char* name, End end, const QString& words, theme::Status status) {
        QTest::newRow(name) << int(end) << words << int(status);
    };
    row("kept", End::kept, u"Kept It went through."_s, theme::Status::Ok);
    row("broken", End::broken, u"Not kept why"_s, theme::Status::Err);
    row("stopped", End::stopped, u"Stopped why"_s, theme::Status::Off);
    row("refused", End::refused, u"Refused why"_s, theme::Status::Err);
    row("unreachable", End::unreachable, u"No connection why. Start all parts, then play it again."_s,
        theme::Status::Err);
    row("failed", End::failed, u"Failed why"_s, theme::Status::Err);
}

void PlayTest::eachEndHasItsWords() {
    QFETCH(int, end);
    QFETCH(QString, words);
    QFETCH(int, status);
    auto play = told(End(end), u"why"_s);
    const auto verdict = views::verdictOf(play, false);
    QCOMPARE(verdict.word + u' ' + verdict.text, words);
    QCOMPARE(int(verdict.status), status);
    play.dropped = 1'007;
    QVERIFY(views::verdictOf(play, false).text.endsWith(u"1\u00a0007 further lines are not shown."_s));
}

void PlayTest::figuresHaveTheirUnits() {
    auto play = told(End::kept);
    const auto add = [&](std::optional<double> measured, const QString& unit) {
        PlayNews news;
        news.kind = Kind::finding;
        news.finding = {u"it"_s, 100.0, measured, unit, true, {}};
        play.news << news;
    };
    add(0.4167, u"s"_s);
    add(99.95, u"%"_s);
    add(12'345, {});
    add({}, u"ms"_s);
    const auto rows = views::playRows(play);
    QStringList shown;
    for (const auto& row : rows) shown << row.cells[views::PlayColumn::Measured].text;
    QCOMPARE(shown, (QStringList{u"0.42\u00a0s"_s, u"100.0\u00a0%"_s, u"12\u00a0345"_s, u"–"_s}));
    QCOMPARE(views::verdictOf(play, false).text, u"All 4 promises were kept."_s);
}

void PlayTest::theKeyboardPlaysStopsOpensAndCloses() {
    Room room(feedKilled(true) + "exec sleep 600");
    room.view->resize(test::wide);
    room.view->show();
    QVERIFY(QTest::qWaitForWindowActive(room.view.get()));
    QSignalSpy timeline(room.view.get(), &views::View::timelineWanted);
    room.view->setFocus();
    room.openMenuByKey();
    QTRY_VERIFY(room.menu().isVisible());
    QCOMPARE(room.menu().activeAction(), room.menu().actions().first());
    QTest::keyClick(&room.menu(), Qt::Key_Down);
    const auto second = room.menu().activeAction()->text().section(u'\t', 0, 0);
    QCOMPARE(second, u"upload-media"_s);
    QTest::keyClick(&room.menu(), Qt::Key_Return);
    QVERIFY(room.plays->isPlaying());
    QCOMPARE(room.plays->told().scenario, second);
    auto* table = room.pane().table();
    QVERIFY(table->isVisible() && table->hasFocus());
    QTRY_COMPARE_WITH_TIMEOUT(room.rows(), 10, patienceMs);
    // An action leads to its timeline, a step nowhere.
    int row = 0;
    const auto traceAt = [&](int at) {
        return views::traceOfRow(table->model()->index(at, 0).data(models::CellTableModel::IdRole).toString());
    };
    while (row < room.rows() && traceAt(row) != test::completeTrace) ++row;
    QCOMPARE(room.cell(row, 1), u"createPost"_s);
    table->setCurrentIndex(table->model()->index(row, 1));
    QVERIFY(buttonNamed(*room.view, u"Timeline"_s)->isEnabled());
    QTest::keyClick(table, Qt::Key_Return);
    QCOMPARE(timeline.size(), 1);
    QCOMPARE(timeline.first().first().toString(), test::completeTrace);
    row = 0;
    while (row < room.rows() && !room.cell(row, 0).contains(u"sign up"_s)) ++row;
    table->setCurrentIndex(table->model()->index(row, 0));
    QTest::keyClick(table, Qt::Key_Return);
    QCOMPARE(timeline.size(), 1);
    QVERIFY(!buttonNamed(*room.view, u"Timeline"_s)->isEnabled());
    // Esc closes the pane, the play goes on; the menu shows it again and stops it.
    QVERIFY(room.view->clear());
    QVERIFY(!room.pane().isVisible() && room.plays->isPlaying());
    QVERIFY(!room.view->clear());
    room.openMenuByKey();
    QVERIFY(room.menu().isVisible());
    QCOMPARE(room.menu().activeAction()->text(), u"Show upload-media"_s);
    QTest::keyClick(&room.menu(), Qt::Key_Return);
    QVERIFY(room.pane().isVisible());
    QCOMPARE(room.rows(), 10);
    room.openMenuByKey();
    QTest::keyClick(&room.menu(), Qt::Key_Down);
    QTest::keyClick(&room.menu(), Qt::Key_Return);
    QVERIFY(room.plays->isStopping() || !room.plays->isPlaying());
    QVERIFY(room.awaitEnd());
    QCOMPARE(int(room.plays->told().end), int(End::stopped));
    QVERIFY(!room.view->keys().isEmpty() && room.view->keys().at(1).keys == u"Ctrl+P");
}

void PlayTest::thePaletteFindsScenarios() {
    Room room("exec sleep 600");
    test::picture(*room.view, u"play-palette"_s, test::small - inWindow);
    QSignalSpy wanted(room.view.get(), &views::ServicesView::wanted);
    const auto titled = [&](const QString& text, const QString& title) -> std::optional<views::Found> {
        const auto found = room.view->find(text);
        if (found.size() > 8) return std::nullopt;
        for (const auto& item : found)
            if (item.title == title) return item;
        return std::nullopt;
    };
    QVERIFY(titled(u"play"_s, u"Play a scenario…"_s));
    QVERIFY(titled(u"scenario"_s, u"Play create-post"_s));
    const auto lose = titled(u"lose-r"_s, u"Play lose-redis"_s);
    QVERIFY(lose && lose->blocked.isEmpty() && lose->detail == u"Redis loses all it has");
    lose->run();
    QCOMPARE(wanted.size(), 1);
    QVERIFY(room.plays->isPlaying() && room.pane().isVisible());
    QVERIFY(titled(u"play chat"_s, u"Play chat"_s)->blocked.contains(u"lose-redis is being played"_s));
    titled(u"stop playing"_s, u"Stop playing lose-redis"_s)->run();
    QVERIFY(room.awaitEnd());
}

void PlayTest::theLogGivesWayAndComesBack() {
    Room room("exec sleep 600");
    test::picture(*room.view, u"play-log"_s, test::wide - inWindow);
    QVERIFY(room.logShown());
    room.play(u"chat"_s);
    QVERIFY(!room.logShown() && room.pane().isVisible());
    auto* log = buttonNamed(*room.view, u"Log"_s);
    QVERIFY(log->isVisible());
    log->click();
    QVERIFY(room.logShown());
    const auto layout = room.view->saveLayout();
    QVERIFY(room.view->clear());
    QVERIFY(room.logShown() && !log->isVisible());
    // What was played is not remembered.
    Room next({});
    next.view->restoreLayout(layout);
    test::picture(*next.view, u"play-log-next"_s, test::wide - inWindow);
    QVERIFY(next.logShown() && !next.pane().isVisible());
}

void PlayTest::aWindowThatCannotPlayHasNoButton() {
    test::FakeStack stack;
    views::ServicesView view(stack);
    stack.become(Phase::ready, test::allReady());
    test::picture(view, u"play-none"_s, test::small - inWindow);
    QVERIFY(!buttonNamed(view, u"Play…"_s));
    for (const auto& item : view.find(u"play"_s)) QVERIFY(!item.title.startsWith(u"Play "_s));
}

QTEST_MAIN(PlayTest)
#include "tst_play.moc"
