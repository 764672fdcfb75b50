// How the window is put together: bars, pages, commands, menu, palette.
#include <QAction>
#include <QActionGroup>
#include <QCoreApplication>
#include <QLabel>
#include <QMenu>
#include <QToolBar>
#include <QVBoxLayout>
#include <algorithm>
#include <tuple>

#include "app/shell/command_palette.h"
#include "app/shell/key_sheet.h"
#include "app/shell/main_window.h"
#include "app/shell/rail.h"
#include "app/shell/status_strip.h"
#include "app/shell/top_bar.h"
#include "app/views/notice_bar.h"
#include "widgets/theme/theme.h"

namespace nova::shell {

using namespace Qt::StringLiterals;
using theme::Icon;
using views::Found;

MainWindow::MainWindow(Session& session, Settings& settings)
    : m_session(session),
      m_settings(settings),
      m_plays(QCoreApplication::applicationFilePath(), session.dataDir()) {
    setWindowTitle(m_session.profile().name);
    setMinimumSize(960, 600);
    resize(1440, 900);
    buildBars();
    buildPages();
    buildActions();
    buildMenu();
    buildClusters();
    buildAlarms();
    buildPalette();
    connectSession();
    restoreGeometry(m_settings.geometry());
    setUtc(m_settings.utc());
}

void MainWindow::buildBars() {
    m_top = new TopBar(this);
    setMenuWidget(m_top);
    m_rail = new Rail(this);
    auto* side = new QToolBar(tr("Views"), this);
    side->setObjectName(u"rail"_s);
    side->setProperty("bar", u"rail"_s);
    side->setMovable(false);
    side->setFloatable(false);
    side->setContextMenuPolicy(Qt::PreventContextMenu);
    side->addWidget(m_rail);
    addToolBar(Qt::LeftToolBarArea, side);
    m_side = side;
    setContextMenuPolicy(Qt::NoContextMenu);

    auto* centre = new QWidget(this);
    auto* column = new QVBoxLayout(centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_alarmLine = new views::NoticeBar(centre);
    column->addWidget(m_alarmLine);
    m_stack = new QStackedWidget(centre);
    column->addWidget(m_stack, 1);
    setCentralWidget(centre);
    m_opening = new QLabel(tr("Opening %1 …").arg(m_session.dataDir()), m_stack);
    m_opening->setProperty("role", u"second"_s);
    m_opening->setAlignment(Qt::AlignCenter);
    m_stack->addWidget(m_opening);

    m_status = new StatusStrip(this);
    auto* foot = new QToolBar(tr("Status"), this);
    foot->setObjectName(u"status"_s);
    foot->setMovable(false);
    foot->setContextMenuPolicy(Qt::PreventContextMenu);
    m_status->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    foot->addWidget(m_status);
    addToolBar(Qt::BottomToolBarArea, foot);
    m_foot = foot;
    connect(m_top, &TopBar::liveChosen, this, &MainWindow::setLive);
    connect(m_top, &TopBar::utcChosen, this, &MainWindow::setUtc);
}

void MainWindow::buildPages() {
    m_pages = {{u"services"_s, tr("Services"), Icon::Services},
               {u"traffic"_s, tr("Traffic"), Icon::Traffic},
               {u"lag"_s, tr("Lag"), Icon::Lag},
               {u"actions"_s, tr("Actions"), Icon::Actions},
               {u"keys"_s, tr("Keys"), Icon::Keys},
               {u"people"_s, tr("Act as"), Icon::User, true}};
    for (int i = 0; i < m_pages.size(); ++i) {
        m_rail->addView(m_pages[i].icon, m_pages[i].title, tr("%1 (Ctrl+%2)").arg(m_pages[i].title).arg(i + 1));
    }
    connect(m_rail, &Rail::chosen, this, &MainWindow::showPage);
}

void MainWindow::addAction(const QString& text, Icon icon, const QList<QKeySequence>& keys,
                           const std::function<void()>& act) {
    auto* action = new QAction(text, this);
    action->setShortcuts(keys);
    connect(action, &QAction::triggered, this, act);
    QWidget::addAction(action);
    m_commands.append({text, icon, action});
}

void MainWindow::buildActions() {
    for (int i = 0; i < m_pages.size(); ++i) {
        addAction(m_pages[i].title, m_pages[i].icon, {QKeySequence(Qt::CTRL | Qt::Key(Qt::Key_1 + i))},
                  [this, i] { showPage(i); });
        m_pages[i].action = m_commands.last().action;
    }
    for (const auto& [key, name, text] : {std::tuple{Qt::Key_T, u"traffic"_s, tr("The same in Traffic")},
                                          {Qt::Key_L, u"lag"_s, tr("The same in Lag")},
                                          {Qt::Key_A, u"actions"_s, tr("The same in Actions")},
                                          {Qt::Key_K, u"keys"_s, tr("The same in Keys")}}) {
        addAction(text, m_pages[indexOf(name)].icon, {QKeySequence(Qt::Key_G, key)},
                  [this, name = name] { jump(name); });
    }
    addAction(tr("Back"), Icon::Left, {Qt::ALT | Qt::Key_Left}, [this] { stepBack(1); });
    addAction(tr("Forward"), Icon::Right, {Qt::ALT | Qt::Key_Right}, [this] { stepBack(-1); });
    addAction(tr("Command palette"), Icon::Search, {Qt::CTRL | Qt::Key_K, Qt::CTRL | Qt::SHIFT | Qt::Key_P},
              [this] { m_palette->open(); });
    addAction(tr("Filter of this view"), Icon::Filter, {Qt::CTRL | Qt::Key_F, Qt::Key_Slash}, [this] {
        closeOverlays();
        if (auto* view = currentView()) view->focusFilter();
    });
    addAction(tr("Next pane"), Icon::Columns, {Qt::Key_F6}, [this] { nextPane(false); });
    addAction(tr("Previous pane"), Icon::Columns, {Qt::SHIFT | Qt::Key_F6}, [this] { nextPane(true); });
    addAction(tr("Live or pause"), Icon::Pause, {}, [this] { setLive(!m_live); });
    addAction(tr("Full screen"), Icon::Screen, {Qt::Key_F11},
              [this] { setWindowState(windowState() ^ Qt::WindowFullScreen); });
    addAction(tr("Keys of this view"), Icon::Keys, {Qt::Key_Question}, [this] {
        const auto* view = currentView();
        m_keys->show(view ? m_pages[m_current].title : QString(), view ? view->keys() : QVector<views::KeyHint>{},
                     keysEverywhere());
    });
    addAction(tr("Another cluster…"), Icon::Cloud, {}, [this] { showChooser(); });
    addAction(tr("Reset layout"), Icon::Undo, {}, [this] { resetLayout(); });
    addAction(tr("Quit"), Icon::Close, {Qt::CTRL | Qt::Key_Q}, [this] { close(); });
    connect(m_top, &TopBar::searchWanted, this, [this] { m_palette->open(); });
}

void MainWindow::buildMenu() {
    auto* menu = m_top->menu();
    auto* look = menu->addMenu(tr("Theme"));
    auto* group = new QActionGroup(this);
    const QVector<QPair<QString, theme::Choice>> choices{
        {tr("System"), theme::Choice::System}, {tr("Dark"), theme::Choice::Dark}, {tr("Light"), theme::Choice::Light}};
    for (const auto& [text, choice] : choices) {
        auto* action = look->addAction(text);
        action->setCheckable(true);
        action->setChecked(m_settings.themeChoice() == choice);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, wanted = choice] {
            m_settings.setThemeChoice(wanted);
            theme::Theme::instance().setChoice(wanted);
        });
    }
    auto* window = menu->addMenu(tr("Window"));
    for (const auto& command : m_commands) {
        const bool ofWindow = command.text == tr("Reset layout") || command.text == tr("Full screen");
        if (ofWindow)
            window->addAction(command.action);
        else if (command.text == tr("Keys of this view"))
            menu->addAction(command.action);
    }
    menu->addSeparator();
    menu->addAction(m_commands.last().action);
}

void MainWindow::buildClusters() {
    connect(m_top->clusters(), &QMenu::aboutToShow, this, &MainWindow::fillClusters);
}

void MainWindow::buildAlarms() {
    connect(&m_alarms, &LagAlarms::changed, this, &MainWindow::showAlarms);
    const auto show = [this] {
        const auto row = m_alarms.worst();
        m_alarms.dismiss();
        if (!isVisible()) return;
        showLag(row.group, row.topic, row.partition);
        activateWindow();
    };
    connect(m_alarmLine, &views::NoticeBar::acted, this, show);
    connect(&m_alarms, &LagAlarms::opened, this, show);
}

// Read anew each time: profiles are files, edited elsewhere.
void MainWindow::fillClusters() {
    auto* menu = m_top->clusters();
    menu->clear();
    auto* group = new QActionGroup(menu);
    const auto add = [&](const QString& text, const QString& profile) {
        auto* action = menu->addAction(text);
        action->setCheckable(true);
        action->setChecked(profile == m_session.asked());
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, profile] { lookAt(profile); });
    };
    add(tr("Local Nova"), {});
    menu->addSeparator();
    for (const auto& name : m_session.profiles()) {
        const auto profile = m_session.load(name);
        add(profile ? name + u"\u2002"_s + environmentWord(profile.value().environment)
                    : tr("%1 cannot be opened").arg(name),
            name);
    }
    menu->addSeparator();
    connect(menu->addAction(tr("All profiles…")), &QAction::triggered, this, &MainWindow::showChooser);
}

void MainWindow::buildPalette() {
    m_palette = new CommandPalette(this);
    m_keys = new KeySheet(this);
    m_palette->addFinder([this](const QString& text) { return findLinks(text); });
    m_palette->addFinder([this](const QString& text) { return findCommands(text); });
    for (int i = 0; i < m_pages.size(); ++i) {
        m_palette->addFinder([this, i](const QString& text) {
            return isOffered(i) && !text.isEmpty() ? findIn(i, text) : QVector<Found>{};
        });
    }
}

// A link of another cluster opens that cluster; one of this cluster is Traffic's.
QVector<Found> MainWindow::findLinks(const QString& text) {
    const auto link = views::RecordLink::parse(text.trimmed());
    const QString here = m_session.isLocal() ? u"local"_s : m_session.profile().name;
    if (!link || (link->profile == here && m_session.isConnected())) return {};
    const QString cluster = link->profile == "local"_L1 ? tr("the local Nova") : link->profile;
    return {{Found::Section::go,
             Icon::External,
             tr("Open the record in %1").arg(cluster),
             u"%1 p%2 @ %3"_s.arg(link->topic, QString::number(link->partition), QString::number(link->offset)),
             {},
             {},
             text,
             [this, text] { openLink(text.trimmed()); }}};
}

// What a view finds is shown there.
QVector<Found> MainWindow::findIn(int page, const QString& text) {
    auto found = viewOf(page)->find(text);
    for (auto& item : found) {
        if (item.section != Found::Section::go || !item.run) continue;
        item.run = [this, page, run = item.run] {
            showPage(page);
            run();
        };
    }
    return found;
}

QVector<Found> MainWindow::findCommands(const QString& text) {
    QVector<Found> found;
    const auto add = [&](const Found& item) {
        if (CommandPalette::matches(item, text)) found.append(item);
    };
    for (int i = 0; i < m_commands.size(); ++i) {
        const auto& command = m_commands[i];
        if (command.text == tr("Command palette")) continue;
        const bool page = i < m_pages.size();
        if (page && m_pages[i].localOnly && !m_session.isLocal()) continue;
        add({page ? Found::Section::go : Found::Section::run,
             command.icon,
             command.text,
             {},
             command.action->shortcut().toString(),
             page && !m_session.isOpen() ? tr("Nothing is looked at yet") : QString(),
             {},
             [action = command.action] { action->trigger(); }});
    }
    auto& look = theme::Theme::instance();
    add({Found::Section::set,
         look.isDark() ? Icon::Sun : Icon::Moon,
         look.isDark() ? tr("Theme: light") : tr("Theme: dark"),
         {},
         {},
         {},
         tr("dark light colours"),
         [this] {
             const auto choice = theme::Theme::instance().isDark() ? theme::Choice::Light : theme::Choice::Dark;
             m_settings.setThemeChoice(choice);
             theme::Theme::instance().setChoice(choice);
         }});
    add({Found::Section::set,
         Icon::Gear,
         m_utc ? tr("Time zone: local") : tr("Time zone: UTC"),
         {},
         {},
         {},
         {},
         [this] { setUtc(!m_utc); }});
    return found;
}

QVector<views::KeyHint> MainWindow::keysEverywhere() const {
    return {{tr("Ctrl+1 … %1").arg(m_pages.size()), tr("views")},
            {tr("Ctrl+K"), tr("find an id, go to, run")},
            {tr("Ctrl+F or /"), tr("filter of this view")},
            {tr("G then T, L, A, K"), tr("the same thing in Traffic, Lag, Actions, Keys")},
            {tr("Alt+←, Alt+→"), tr("back, forward")},
            {tr("Ctrl+C, Ctrl+Shift+C"), tr("copy the value; what is selected as a command")},
            {tr("F6, Shift+F6"), tr("next and previous pane")},
            {tr("Home, End"), tr("oldest; newest, and follow")},
            {tr("Esc"), tr("close, clear")},
            {tr("F11"), tr("full screen")},
            {tr("?"), tr("this page")},
            {tr("Ctrl+Q"), tr("close the window and stop its Nova")}};
}

}  // namespace nova::shell
