// How the Services view is put together; what it does is in services_view.cpp.
#include <QDockWidget>
#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QShortcut>
#include <QSplitter>
#include <QVBoxLayout>

#include "app/views/alert_strip.h"
#include "app/views/notice_bar.h"
#include "app/views/pane.h"
#include "app/views/play_menu.h"
#include "app/views/play_pane.h"
#include "app/views/services_view.h"
#include "widgets/models/log_model.h"
#include "widgets/models/process_table_model.h"
#include "widgets/tables/delegates.h"
#include "widgets/tables/log_view.h"
#include "widgets/tables/table_view.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/segmented.h"
#include "widgets/theme/status_label.h"
#include "widgets/topology/topology_widget.h"

namespace nova::views {

using namespace Qt::StringLiterals;
namespace metrics = theme::metrics;

ServicesView::ServicesView(stack::Stack& stack, QWidget* parent) : View(parent), m_stack(stack) {
    setFocusPolicy(Qt::StrongFocus);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_noticeBar = new NoticeBar(this);
    column->addWidget(m_noticeBar);
    m_alerts = new AlertStrip(this);
    column->addWidget(m_alerts);
    buildBar();
    column->addWidget(m_bar);
    buildPlan();
    column->addWidget(m_split, 1);
    connectStack();
    restoreLayout({});
}

void ServicesView::buildBar() {
    auto* bar = new ViewBar(tr("Services"), this);
    m_summary = bar->addText();
    bar->addStretch();
    m_startAll = bar->addButton(tr("Start all"), theme::Icon::Play, tr("Starts every part, the stores first (Enter)"));
    m_stopAll = bar->addButton(tr("Stop all"), theme::Icon::Stop, tr("Stops every part; what it stored stays"));
    m_bar = bar;
}

void ServicesView::setPlays(engine::PlayProcess& plays) {
    auto* button = new QPushButton(theme::icon(theme::Icon::Lab), tr("Play…"), m_bar);
    auto* row = m_bar->row();
    row->insertWidget(row->indexOf(m_startAll), button);
    setTabOrder(m_startAll, button);
    setTabOrder(button, m_startAll);  // both trade places
    m_plays = new PlayMenu(plays, *button);
    m_plays->setPhase(m_stack.phase());
    m_play = new PlayPane(plays, m_lower);
    m_playDock = newDock(u"play"_s, tr("Play"), m_play->header(), m_play, m_lower);
    m_lower->addDockWidget(Qt::RightDockWidgetArea, m_playDock);
    m_lower->splitDockWidget(m_playDock, m_logDock, Qt::Horizontal);
    m_playDock->hide();
    auto* open = new QShortcut(Qt::CTRL | Qt::Key_P, this, nullptr, nullptr, Qt::WidgetWithChildrenShortcut);
    connect(open, &QShortcut::activated, m_plays, &PlayMenu::popup);
    connect(m_plays, &PlayMenu::opened, this, &ServicesView::wanted);
    connect(m_plays, &PlayMenu::shown, this, [this] { showPlay(true); });
    connect(m_play, &PlayPane::closeWanted, this, [this] { showPlay(false); });
    connect(m_play, &PlayPane::timelineWanted, this, &View::timelineWanted);
}

void ServicesView::buildPlan() {
    m_split = new QSplitter(Qt::Vertical, this);
    m_split->setChildrenCollapsible(false);
    m_map = new topology::TopologyWidget(m_split);
    m_map->setEmptyText(tr("Nova is not running. Start all (Enter)."));
    m_lower = new QMainWindow(m_split);
    m_lower->setWindowFlags(Qt::Widget);
    m_lower->setCentralWidget(buildProcesses());
    buildLog();
    m_split->addWidget(m_map);
    m_split->addWidget(m_lower);
    m_split->setStretchFactor(1, 1);
}

QWidget* ServicesView::buildProcesses() {
    auto* pane = new QWidget(m_lower);
    auto* column = new QVBoxLayout(pane);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* header = new PaneHeader(tr("Processes"), pane);
    header->addStretch();
    m_partName = header->addText();
    m_fewer =
        header->addButton(u"−"_s, tr("One replica less (−): the highest one stops, its partitions go to the others"));
    m_fewer->setAccessibleName(tr("One replica less"));
    m_replicas = header->addText();
    m_replicas->setToolTip(tr("Replicas of the selected service"));
    m_more =
        header->addButton(u"+"_s, tr("One replica more (+): it takes over some partitions; those beyond them idle"));
    m_more->setAccessibleName(tr("One replica more"));
    m_pausePart =
        header->addButton(tr("Pause"), tr("Freezes the selected process (P); what it consumes waits in Kafka"));
    m_resumePart = header->addButton(tr("Resume"), tr("Lets the selected process go on (P)"));
    m_startPart = header->addButton(tr("Start"), tr("Starts the selected process"));
    m_restartPart = header->addButton(tr("Restart"), tr("Stops the selected process and starts it again"));
    m_stopPart = header->addButton(tr("Stop"), tr("Stops the selected process; it stays stopped until it is started"));
    m_killPart = header->addButton(
        tr("Kill −9"), tr("Ends the selected process at once (Ctrl+Shift+K); the supervisor starts it again"));
    m_killPart->setProperty("kind", u"danger"_s);
    auto* kill =
        new QShortcut(Qt::CTRL | Qt::SHIFT | Qt::Key_K, this, nullptr, nullptr, Qt::WidgetWithChildrenShortcut);
    connect(kill, &QShortcut::activated, m_killPart, &QPushButton::click);
    m_showLog = header->addButton(tr("Log"), tr("Shows the log of the selected process"));
    m_showLog->setCheckable(true);
    m_showLog->hide();
    column->addWidget(header);

    m_processModel = new models::ProcessTableModel(this);
    m_processes = new tables::TableView(pane);
    m_processes->setModel(m_processModel);
    m_processes->setItemDelegate(new tables::ProcessDelegate(m_processes));
    m_processes->setColumns({{176}, {36}, {92}, {68}, {104}, {80}, {64}, {72}, {60}, {120, true}});
    m_processes->setEmptyText(tr("No process yet."));
    m_processes->setAccessibleName(tr("Processes"));
    m_processes->installEventFilter(this);
    m_processes->setMinimumHeight(4 * metrics::row);
    column->addWidget(m_processes, 1);
    connect(m_processes->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& now) {
                if (now.isValid())
                    selectPart(now.siblingAtColumn(0).data(models::ProcessTableModel::IdRole).toString());
            });
    return pane;
}

void ServicesView::buildLog() {
    auto* header = new PaneHeader(tr("Log"), m_lower);
    m_logPart = header->addTag();
    header->addStretch();
    m_logSearch = header->addField(tr("Find in log"), 132);
    m_logLevel = new theme::Segmented(header);
    m_logLevel->setSmall(true);
    m_logLevel->addSegment(tr("Info+"), {}, tr("All lines"));
    m_logLevel->addSegment(tr("Warn+"), {}, tr("Warnings and errors"));
    header->addWidget(m_logLevel);

    auto* pane = new QWidget(m_lower);
    auto* column = new QVBoxLayout(pane);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_logModel = new models::LogModel(this);
    m_log = new tables::LogView(pane);
    m_log->setModel(m_logModel);
    m_log->setEmptyText(tr("No line yet. Select a process to see what it writes."));
    column->addWidget(m_log, 1);
    auto* foot = new QFrame(pane);
    foot->setProperty("bar", u"foot"_s);
    foot->setFixedHeight(metrics::row + 1);
    auto* row = new QHBoxLayout(foot);
    row->setContentsMargins(metrics::panePadding, 1, metrics::panePadding, 0);
    m_readiness = new theme::StatusLabel(foot);
    row->addWidget(m_readiness);
    row->addStretch(1);
    column->addWidget(foot);
    m_logDock = newDock(u"log"_s, tr("Log"), header, pane, m_lower);
    m_lower->addDockWidget(Qt::RightDockWidgetArea, m_logDock);

    connect(m_logSearch, &QLineEdit::textChanged, m_log, &tables::LogView::setSearch);
    connect(m_logSearch, &QLineEdit::returnPressed, m_log, [this] { m_log->findNext(); });
    connect(m_logLevel, &theme::Segmented::chosen, m_log, [this](int index) {
        m_log->setMinimumLevel(index == 0 ? models::LogLevel::Trace : models::LogLevel::Warn);
    });
    connect(m_showLog, &QPushButton::toggled, m_logDock, &QDockWidget::setVisible);
}

}  // namespace nova::views
