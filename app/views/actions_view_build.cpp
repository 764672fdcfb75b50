// How the Actions view is put together; what it does is in actions_view.cpp.
#include <QDockWidget>
#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMainWindow>
#include <QPushButton>
#include <QShortcut>
#include <QSplitter>
#include <QVBoxLayout>

#include "app/views/action_inspector.h"
#include "app/views/actions_view.h"
#include "app/views/notice_bar.h"
#include "app/views/pane.h"
#include "app/views/timeline_legend.h"
#include "widgets/models/action_list_model.h"
#include "widgets/tables/delegates.h"
#include "widgets/theme/metrics.h"
#include "widgets/timeline/timeline_widget.h"

namespace nova::views {

using namespace Qt::StringLiterals;
namespace metrics = theme::metrics;

ActionsView::ActionsView(const engine::ActionStore& store, QWidget* parent) : View(parent), m_store(store) {
    setFocusPolicy(Qt::StrongFocus);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_notice = new NoticeBar(this);
    column->addWidget(m_notice);
    connect(m_notice, &NoticeBar::acted, this, [this] {
        m_notice->clearNotice();
        m_offer = tr("Waiting for spans.");
        Q_EMIT offerTaken();
    });
    m_plan = new QMainWindow(this);
    m_plan->setWindowFlags(Qt::Widget);
    m_split = new QSplitter(Qt::Horizontal, m_plan);
    m_split->setChildrenCollapsible(false);
    m_split->addWidget(buildList());
    m_split->addWidget(buildMiddle());
    m_split->setStretchFactor(1, 1);
    m_plan->setCentralWidget(m_split);
    buildInspector();
    column->addWidget(m_plan, 1);
    connectStore();
    connectKeys();
    setFocusProxy(m_list);
    restoreLayout({});
    refreshAction();
}

QWidget* ActionsView::buildList() {
    m_listPane = new QWidget(m_split);
    m_listPane->setMinimumWidth(200);
    auto* column = new QVBoxLayout(m_listPane);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* head = new QFrame(m_listPane);
    head->setProperty("bar", u"view"_s);
    head->setFixedHeight(metrics::viewBar);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(8, 0, 8, 1);
    m_filter = new QLineEdit(head);
    m_filter->setPlaceholderText(tr("Action, user or trace"));
    m_filter->setAccessibleName(tr("Filter of actions"));
    m_filter->setClearButtonEnabled(true);
    row->addWidget(m_filter);
    column->addWidget(head);
    auto* caption = new QWidget(m_listPane);
    auto* words = new QHBoxLayout(caption);
    words->setContentsMargins(metrics::panePadding, 4, metrics::panePadding, 4);
    m_count = newLabel({}, u"hint"_s, caption);
    words->addWidget(m_count);
    words->addStretch(1);
    words->addWidget(newLabel(tr("visible, ms"), u"hint"_s, caption));
    column->addWidget(caption);
    m_model = new models::ActionListModel(this);
    m_list = new QListView(m_listPane);
    m_list->setModel(m_model);
    m_list->setItemDelegate(new tables::ActionDelegate(m_list));
    m_list->setUniformItemSizes(true);
    m_list->setAccessibleName(tr("Actions, newest first"));
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    column->addWidget(m_list, 1);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, &ActionsView::chooseRow);
    connect(m_filter, &QLineEdit::textChanged, this, [this] { refreshList(); });
    return m_listPane;
}

QWidget* ActionsView::buildMiddle() {
    auto* pane = new QWidget(m_split);
    auto* column = new QVBoxLayout(pane);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_bar = new ViewBar(tr("Actions"), pane);
    m_showList = new QPushButton(theme::icon(theme::Icon::List), {}, m_bar);
    m_showList->setProperty("kind", u"ghost"_s);
    m_showList->setCheckable(true);
    m_showList->setToolTip(tr("List of actions (L)"));
    m_showList->setAccessibleName(tr("List of actions"));
    m_showList->hide();
    m_bar->row()->insertWidget(0, m_showList);
    m_user = m_bar->addText();
    m_id = m_bar->addMono();
    m_state = m_bar->addTag(u"warn"_s);
    m_bar->addStretch();
    m_export = m_bar->addButton({}, theme::Icon::Export, tr("Export the timeline (X)"));
    m_whole = m_bar->addButton({}, theme::Icon::Fit, tr("Whole action (0)"));
    column->addWidget(m_bar);
    column->addWidget(new TimelineLegend(pane));
    m_timeline = new timeline::TimelineWidget(pane);
    m_timeline->setAccessibleName(tr("Timeline"));
    column->addWidget(m_timeline, 1);
    m_run = new QPushButton(tr("Run Alice to Bob (Ctrl+Enter)"), m_timeline);
    m_run->setProperty("kind", u"primary"_s);
    m_run->setToolTip(tr("Alice posts, and Bob likes it as soon as his feed shows it"));
    m_run->hide();
    auto* middle = new QVBoxLayout(m_timeline);
    middle->addStretch(3);
    middle->addWidget(m_run, 0, Qt::AlignHCenter);
    middle->addStretch(2);
    m_foot = new QFrame(pane);
    m_foot->setProperty("bar", u"foot"_s);
    m_foot->setFixedHeight(metrics::paneHeader);
    auto* row = new QHBoxLayout(m_foot);
    row->setContentsMargins(metrics::panePadding, 1, metrics::panePadding, 0);
    m_hopLine = newLabel({}, u"strong"_s, m_foot);
    row->addWidget(m_hopLine);
    row->addStretch(1);
    m_details = new QPushButton(tr("Details"), m_foot);
    m_details->setProperty("small", true);
    m_details->setCheckable(true);
    m_details->setToolTip(tr("Inspector (I)"));
    row->addWidget(m_details);
    m_foot->hide();
    column->addWidget(m_foot);
    connect(m_showList, &QPushButton::toggled, m_listPane, &QWidget::setVisible);
    connect(m_run, &QPushButton::clicked, this, &ActionsView::run);
    connect(m_export, &QPushButton::clicked, this, &ActionsView::askExport);
    connect(m_whole, &QPushButton::clicked, m_timeline, &timeline::TimelineWidget::showWholeAction);
    connect(m_timeline, &timeline::TimelineWidget::hopSelected, this, &ActionsView::refreshHop);
    return pane;
}

void ActionsView::buildInspector() {
    m_inspectorHeader = new PaneHeader(tr("Inspector"), m_plan);
    m_inspectorHeader->addStretch();
    auto* close = m_inspectorHeader->addButton({}, tr("Close the inspector (I)"));
    close->setIcon(theme::icon(theme::Icon::Close));
    close->setProperty("kind", u"ghost"_s);
    close->setAccessibleName(tr("Close the inspector"));
    m_inspector = new ActionInspector(m_plan);
    m_inspector->setAccessibleName(tr("Inspector"));
    m_inspector->setMinimumWidth(240);
    m_inspectorDock = newDock(u"inspector"_s, tr("Inspector"), m_inspectorHeader, m_inspector, m_plan);
    m_plan->addDockWidget(Qt::RightDockWidgetArea, m_inspectorDock);
    connect(close, &QPushButton::clicked, m_inspectorDock, &QDockWidget::close);
    connect(m_details, &QPushButton::toggled, m_inspectorDock, &QDockWidget::setVisible);
    connect(m_inspector, &ActionInspector::eventWanted, this, &View::eventWanted);
    connect(m_inspector, &ActionInspector::hopWanted, this, &ActionsView::selectHop);
}

void ActionsView::connectKeys() {
    const auto on = [this](const QKeySequence& keys, const std::function<void()>& act) {
        for (QWidget* place : std::initializer_list<QWidget*>{m_list, m_timeline}) {
            auto* shortcut = new QShortcut(keys, place, nullptr, nullptr, Qt::WidgetShortcut);
            connect(shortcut, &QShortcut::activated, this, act);
        }
    };
    on(Qt::Key_I, [this] { m_inspectorDock->setVisible(m_inspectorDock->isHidden()); });
    on(Qt::Key_L, [this] { m_listPane->setVisible(m_listPane->isHidden()); });
    on(Qt::Key_Space, [this] { Q_EMIT pauseToggled(); });
    on(Qt::Key_X, [this] { askExport(); });
    for (const auto enter : {Qt::Key_Return, Qt::Key_Enter}) {
        auto* shortcut = new QShortcut(Qt::CTRL | enter, this, nullptr, nullptr, Qt::WidgetWithChildrenShortcut);
        connect(shortcut, &QShortcut::activated, this, &ActionsView::run);
    }
}

}  // namespace nova::views
