// How the Traffic view is put together; what it does is in traffic_view.cpp and its neighbours.
#include <QDockWidget>
#include <QHBoxLayout>
#include <QLabel>
#include <QMainWindow>
#include <QMenu>
#include <QPushButton>
#include <QShortcut>
#include <QSplitter>
#include <QVBoxLayout>

#include "app/engine/keys/key_lookup.h"
#include "app/views/event_detail.h"
#include "app/views/filter_field.h"
#include "app/views/kept_rows.h"
#include "app/views/lower_pane.h"
#include "app/views/notice_bar.h"
#include "app/views/pane.h"
#include "app/views/ring_rows.h"
#include "app/views/scan_bar.h"
#include "app/views/topic_chooser.h"
#include "app/views/touched_pane.h"
#include "app/views/traffic_view.h"
#include "widgets/tables/event_table.h"
#include "widgets/theme/metrics.h"

namespace nova::views {

using namespace Qt::StringLiterals;
namespace metrics = theme::metrics;
using models::EventTableModel;

namespace {

constexpr int lookupAfterMs = 150;  // walking through rows asks for the last one only

}  // namespace

TrafficView::TrafficView(const engine::EventRing& ring, QWidget* parent)
    : View(parent),
      m_liveRing(ring),
      m_live(new RingRows(ring, this)),
      m_kept(new KeptRows(this)),
      m_scan(new engine::ScanJob(this)),
      m_found(new RingRows(m_scan->ring(), this)),
      m_rows(m_live) {
    setFocusPolicy(Qt::StrongFocus);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_notice = new NoticeBar(this);
    column->addWidget(m_notice);
    buildBar();
    buildScan();
    buildRates();
    m_plan = new QMainWindow(this);
    m_plan->setWindowFlags(Qt::Widget);
    m_plan->setCentralWidget(buildTable());
    buildDetail();
    column->addWidget(m_plan, 1);
    buildMenu();
    connectKeys();
    setFocusProxy(m_table);
    restoreLayout({});
    tellTopics();
    refreshFoot();
}

void TrafficView::buildBar() {
    auto* bar = new ViewBar(tr("Traffic"), this);
    m_topicsButton = bar->addButton({}, theme::Icon::List, tr("Topics that are followed, and from where (T)"));
    m_chooser = new TopicChooser(this);
    m_filter = new FilterField(bar);
    bar->addWidget(m_filter, 1);
    auto* help = bar->addButton({}, theme::Icon::Info, tr("Help: the filter language, and this view"));
    auto* pages = new QMenu(help);
    const auto page = [this, pages](const QString& title, const QString& resource) {
        pages->addAction(title, this, [this, title, resource] { m_lower->showHelp(resource, title); });
    };
    page(tr("The filter language"), u":/nova/help/filter.md"_s);
    page(tr("This view"), u":/nova/help/traffic.md"_s);
    help->setMenu(pages);
    help->setProperty("menu", true);
    m_scanButton = bar->addButton(tr("Scan history…"), theme::Icon::Search, tr("Search what lies in the topics (S)"));
    m_exportButton = bar->addButton(tr("Export"), theme::Icon::Export,
                                    tr("Write what is shown to a file, or open such a file (JSON Lines, CSV)"));
    layout()->addWidget(bar);
    m_problem = new QFrame(this);
    m_problem->setProperty("banner", u"err"_s);
    auto* row = new QHBoxLayout(m_problem);
    row->setContentsMargins(metrics::panePadding, 4, metrics::panePadding, 5);
    m_problemText = newLabel({}, u"second"_s, m_problem);
    m_problemText->setProperty("status", u"err"_s);
    m_problemText->setWordWrap(true);
    row->addWidget(m_problemText, 1);
    m_problem->hide();
    layout()->addWidget(m_problem);
    m_filter->setSeen([this] {
        auto seen = m_rows->index().seen();
        for (const auto& topic : m_followed) {
            if (!seen.topics.contains(topic)) seen.topics << topic;
        }
        return seen;
    });
    connect(m_filter, &QLineEdit::textChanged, this, &TrafficView::applyFilter);
    connect(m_topicsButton, &QPushButton::clicked, this, [this] { chooseTopics(*m_topicsButton); });
    connect(m_chooser, &TopicChooser::wanted, this, [this](const QStringList& topics, const engine::Place& from) {
        if (m_choosingForScan) {
            m_scanTopics = topics;
            return tellTopics();
        }
        engine::TailChoice choice;
        choice.from = from;
        // All of a Nova of one's own: those, too, that are made later.
        choice.all = (!m_target || m_target->local) && topics.size() == m_chooser->topics();
        if (!choice.all) {
            for (const auto& topic : topics) choice.topics.push_back(topic.toStdString());
        }
        setFollowed(choice.all ? QStringList() : topics);
        backToLive();
        m_table->setFocus(Qt::OtherFocusReason);
        Q_EMIT tailWanted(choice);
    });
    auto* exports = new QMenu(this);
    exports->addAction(theme::icon(theme::Icon::Export), tr("Export what is shown…\tX"), this,
                       &TrafficView::askExport);
    exports->addAction(theme::icon(theme::Icon::External), tr("Open an export…"), this, &TrafficView::askOpen);
    m_exportButton->setProperty("menu", true);
    m_exportButton->setMenu(exports);
    connect(m_notice, &NoticeBar::acted, this, [this] { chooseTopics(*m_topicsButton); });
}

void TrafficView::buildScan() {
    m_scanBar = new ScanBar(this);
    m_scanBar->hide();
    layout()->addWidget(m_scanBar);
    connect(m_scanButton, &QPushButton::clicked, this, [this] {
        m_scanBar->show();
        if (!m_scan->isRunning()) m_scanBar->openForm();
    });
    connect(m_scanBar, &ScanBar::scanWanted, this, &TrafficView::startScan);
    connect(m_scanBar, &ScanBar::stopWanted, m_scan, &engine::ScanJob::stop);
    connect(m_scanBar, &ScanBar::continueWanted, this, [this] {
        m_scan->continueOn();
        scanOn();
    });
    connect(m_scanBar, &ScanBar::searchedWanted, this, [this] { m_lower->showSearched(m_scan->report()); });
    connect(m_scanBar, &ScanBar::topicsWanted, this, [this] { chooseTopics(m_scanBar->topicsButton(), true); });
    connect(m_scanBar, &ScanBar::exportWanted, this, &TrafficView::askExport);
    connect(m_scanBar, &ScanBar::closed, this, &TrafficView::backToLive);
    connect(m_scan, &engine::ScanJob::progressed, this, &TrafficView::scanOn);
    connect(m_scan, &engine::ScanJob::reordered, this, &TrafficView::followReordered);
    connect(m_scan, &engine::ScanJob::finished, this, &TrafficView::scanOn);
}

void TrafficView::buildRates() {
    auto* box = new QFrame(this);
    box->setProperty("bar", u"view"_s);
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(metrics::panePadding, 6, metrics::panePadding, 7);
    row->setSpacing(5 * metrics::grid);
    m_strip = new charts::RateStrip(box);
    row->addWidget(m_strip, 1);
    auto* numbers = new QVBoxLayout;
    numbers->setSpacing(0);
    m_in = newLabel({}, u"hint"_s, box);
    m_in->setToolTip(tr("Events a second that come in, and how many rows the table has"));
    m_held = newLabel({}, u"hint"_s, box);
    m_held->setToolTip(tr("Events in memory, and the time from the oldest to the newest of them"));
    m_lost = newLabel({}, u"hint"_s, box);
    m_lost->setToolTip(
        tr("Events that left the memory since the start, and the age of the newest event while the reading is "
           "behind. Byte budget: reading waits, so that it does not hurt the cluster"));
    for (auto* label : {m_in, m_held, m_lost}) {
        label->setTextFormat(Qt::RichText);
        label->setMinimumWidth(190);
        numbers->addWidget(label);
    }
    numbers->addStretch(1);
    row->addLayout(numbers);
    layout()->addWidget(box);
    connect(m_strip, &charts::RateStrip::topicActivated, this,
            [this](const QString& topic) { m_filter->setText(u"topic:"_s + topic); });
    connect(&m_second, &QTimer::timeout, this, &TrafficView::sampleRates);
    m_second.start(1000);
    refreshRates();
}

QWidget* TrafficView::buildTable() {
    auto* split = new QSplitter(Qt::Vertical, m_plan);
    split->setChildrenCollapsible(false);
    auto* pane = new QWidget(split);
    auto* column = new QVBoxLayout(pane);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_table = new tables::EventTable(pane);
    m_table->setAccessibleName(tr("Events"));
    m_table->model()->setSource(m_rows);
    column->addWidget(m_table, 1);
    buildFoot(pane);
    split->addWidget(pane);
    m_lower = new LowerPane(split);
    split->addWidget(m_lower);
    split->setSizes({420, 260});
    connect(m_table, &tables::EventTable::rowSelected, this, &TrafficView::select);
    connect(m_table, &tables::EventTable::rowActivated, this, [this](quint64 row) {
        select(row);
        m_detail->focusPayload();
    });
    connect(m_table, &tables::EventTable::rowMarked, this, &TrafficView::compareWith);
    connect(m_table, &tables::EventTable::sortWanted, this, &TrafficView::sortBy);
    connect(m_table, &tables::EventTable::menuWanted, this, [this](const QPoint& place) { m_menu->popup(place); });
    connect(m_table, &tables::EventTable::hiddenColumnsChanged, this, &TrafficView::refreshFoot);
    connect(m_table->model(), &EventTableModel::followingChanged, this, &TrafficView::refreshFoot);
    connect(m_table->model(), &EventTableModel::windowChanged, this, &TrafficView::refreshFoot);
    connect(m_lower, &LowerPane::eventChosen, this, [this](const engine::Event& event) {
        m_selected.reset();
        showEvent(event);
    });
    for (auto* rows : {m_live, m_found}) {
        connect(rows, &RingRows::searchedOn, this, [this, rows] {
            if (rows != m_rows || !isVisible() || (rows == m_live && !m_isLive)) return;
            m_table->model()->refresh();
            refreshFoot();
        });
    }
    connect(m_kept, &KeptRows::ready, this, &TrafficView::showKept);
    connect(m_found, &RingRows::sorted, this, &TrafficView::refresh);
    return split;
}

void TrafficView::buildFoot(QWidget* pane) {
    auto* foot = new QFrame(pane);
    foot->setProperty("bar", u"foot"_s);
    foot->setFixedHeight(metrics::paneHeader);
    auto* row = new QHBoxLayout(foot);
    row->setContentsMargins(metrics::panePadding, 1, metrics::panePadding, 0);
    m_following = newLabel({}, u"hint"_s, foot);
    m_hidden = newLabel({}, u"hint"_s, foot);
    m_newer = new QPushButton(foot);
    m_newer->setProperty("small", true);
    m_newer->setProperty("kind", u"link"_s);
    m_newer->setToolTip(tr("Return to the newest and follow (End)"));
    row->addWidget(m_following);
    row->addStretch(1);
    row->addWidget(m_hidden);
    row->addWidget(m_newer);
    pane->layout()->addWidget(foot);
    connect(m_newer, &QPushButton::clicked, this, [this] {
        if (m_isLive || m_sheet == Sheet::found) return goNewest();
        Q_EMIT pauseToggled();
    });
}

void TrafficView::buildDetail() {
    m_detail = new EventDetail(m_plan);
    connect(m_detail, &EventDetail::wholeWanted, this, &TrafficView::loadWhole);
    m_detailDock = newDock(u"event"_s, tr("Event"), m_detail->header(), m_detail, m_plan);
    m_detailDock->setFeatures(QDockWidget::DockWidgetMovable | QDockWidget::DockWidgetFloatable);
    m_plan->addDockWidget(Qt::RightDockWidgetArea, m_detailDock);
    connect(m_detail, &EventDetail::timelineWanted, this, &View::timelineWanted);
    connect(m_detail->touched(), &TouchedPane::readAgainWanted, this, &TrafficView::lookUp);
    connect(m_detail->touched(), &TouchedPane::activated, this, &TrafficView::goToTarget);
    m_lookupSoon.setSingleShot(true);
    m_lookupSoon.setInterval(lookupAfterMs);
    connect(&m_lookupSoon, &QTimer::timeout, this, &TrafficView::lookUp);
}

void TrafficView::buildMenu() {
    m_menu = new QMenu(this);
    const auto add = [this](const QString& text, const QString& keys, theme::Icon icon, void (TrafficView::*act)()) {
        m_menu->addAction(theme::icon(icon), keys.isEmpty() ? text : QString(text + u'\t' + keys), this, act);
    };
    add(tr("Copy as JSON"), {}, theme::Icon::Copy, &TrafficView::copyJson);
    add(tr("Copy as kcat command"), tr("Ctrl+Shift+C"), theme::Icon::Terminal, &TrafficView::copyKcat);
    add(tr("Copy as link"), {}, theme::Icon::External, &TrafficView::copyLink);
    m_menu->addSeparator();
    add(tr("History of this key"), tr("H"), theme::Icon::Undo, &TrafficView::showHistory);
    m_menu->addAction(theme::icon(theme::Icon::Columns), tr("Compare with another…\tCtrl+click it, or D"), this,
                      [this] {
                          if (const auto row = m_table->selectedSequence()) m_table->model()->setMarked(row);
                          m_said = tr("Choose another event and press D, or Ctrl+click it.");
                          refreshFoot();
                      });
    m_menu->addSeparator();
    m_menu->addAction(theme::icon(theme::Icon::Keys), tr("Its keys\tG then K"), this, [this] {
        if (!m_detail->eventId().isEmpty()) Q_EMIT keyWanted(m_detail->eventId());
    });
    m_menu->addAction(theme::icon(theme::Icon::Actions), tr("Its timeline\tG then A"), this, [this] {
        if (!m_detail->traceId().isEmpty()) Q_EMIT timelineWanted(m_detail->traceId());
    });
    m_detail->setCopyMenu(m_menu);
}

void TrafficView::key(const QKeySequence& keys, const std::function<void()>& act) {
    auto* shortcut = new QShortcut(keys, m_table, nullptr, nullptr, Qt::WidgetWithChildrenShortcut);
    connect(shortcut, &QShortcut::activated, this, act);
}

void TrafficView::connectKeys() {
    for (const auto pause : {Qt::Key_P, Qt::Key_Space}) key(QKeySequence(pause), [this] { Q_EMIT pauseToggled(); });
    key(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C), [this] { copyKcat(); });
    key(QKeySequence(Qt::Key_H), [this] { showHistory(); });
    key(QKeySequence(Qt::Key_T), [this] { chooseTopics(*m_topicsButton); });
    key(QKeySequence(Qt::Key_S), [this] { m_scanButton->click(); });
    key(QKeySequence(Qt::CTRL | Qt::Key_G), [this] { askTime(); });
    key(QKeySequence(Qt::Key_X), [this] { askExport(); });
    key(QKeySequence(Qt::Key_D), [this] {
        const auto marked = m_table->model()->marked();
        if (marked && marked != m_table->selectedSequence()) return compareWith(*marked);
        m_table->model()->setMarked(m_table->selectedSequence());
        m_said = tr("Choose another event and press D, or Ctrl+click it.");
        refreshFoot();
    });
}

}  // namespace nova::views
