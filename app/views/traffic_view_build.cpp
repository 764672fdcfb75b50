// How the Traffic view is put together; what it does is in traffic_view.cpp.
#include <QDockWidget>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMainWindow>
#include <QPushButton>
#include <QShortcut>
#include <QVBoxLayout>

#include "app/views/event_detail.h"
#include "app/views/notice_bar.h"
#include "app/views/pane.h"
#include "app/views/ring_rows.h"
#include "app/views/traffic_view.h"
#include "widgets/tables/event_table.h"
#include "widgets/theme/metrics.h"

namespace nova::views {

using namespace Qt::StringLiterals;
namespace metrics = theme::metrics;

TrafficView::TrafficView(const engine::EventRing& ring, QWidget* parent)
    : View(parent), m_rows(new RingRows(ring, this)) {
    setFocusPolicy(Qt::StrongFocus);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_notice = new NoticeBar(this);
    column->addWidget(m_notice);
    buildBar();
    buildRates();
    m_plan = new QMainWindow(this);
    m_plan->setWindowFlags(Qt::Widget);
    m_plan->setCentralWidget(buildTable());
    buildDetail();
    column->addWidget(m_plan, 1);
    connectKeys();
    setFocusProxy(m_table);
    restoreLayout({});
    refreshFoot();
}

void TrafficView::buildBar() {
    auto* bar = new ViewBar(tr("Traffic"), this);
    m_filter = new QLineEdit(bar);
    m_filter->setPlaceholderText(tr("Filter by text: key, type, user, header values, decoded payload"));
    m_filter->setAccessibleName(tr("Filter"));
    m_filter->setClearButtonEnabled(true);
    bar->addWidget(m_filter, 1);
    m_matches = bar->addText();
    m_matches->hide();
    layout()->addWidget(bar);
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_rows->setFilter(text.trimmed());
        m_table->selectSequence(std::nullopt);
        m_table->model()->setFollowing(true);
        m_detail->setSearch(text.trimmed());
        refresh();
    });
    connect(m_rows, &RingRows::searchedOn, this, [this] {
        if (!isVisible() || !m_live) return;
        m_table->model()->refresh();
        refreshFoot();
    });
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
    m_lost = newLabel({}, u"hint"_s, box);
    for (auto* label : {m_in, m_lost}) {
        label->setTextFormat(Qt::RichText);
        label->setMinimumWidth(190);
        numbers->addWidget(label);
    }
    numbers->addStretch(1);
    row->addLayout(numbers);
    layout()->addWidget(box);
    connect(m_strip, &charts::RateStrip::topicActivated, m_filter, &QLineEdit::setText);
    connect(&m_second, &QTimer::timeout, this, &TrafficView::sampleRates);
    m_second.start(1000);
    refreshRates();
}

QWidget* TrafficView::buildTable() {
    auto* pane = new QWidget(m_plan);
    auto* column = new QVBoxLayout(pane);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_table = new tables::EventTable(pane);
    m_table->setAccessibleName(tr("Events"));
    m_table->model()->setSource(m_rows);
    column->addWidget(m_table, 1);
    auto* foot = new QFrame(pane);
    foot->setProperty("bar", u"foot"_s);
    foot->setFixedHeight(metrics::paneHeader);
    auto* row = new QHBoxLayout(foot);
    row->setContentsMargins(metrics::panePadding, 1, metrics::panePadding, 0);
    m_following = newLabel({}, u"hint"_s, foot);
    m_newer = new QPushButton(foot);
    m_newer->setProperty("small", true);
    m_newer->setProperty("kind", u"link"_s);
    row->addWidget(m_following);
    row->addStretch(1);
    row->addWidget(m_newer);
    column->addWidget(foot);
    connect(m_newer, &QPushButton::clicked, this, &TrafficView::goNewest);
    connect(m_table, &tables::EventTable::rowSelected, this, &TrafficView::select);
    connect(m_table, &tables::EventTable::rowActivated, this, [this] {
        if (!m_detail->traceId().isEmpty()) Q_EMIT timelineWanted(m_detail->traceId());
    });
    connect(m_table->model(), &models::EventTableModel::followingChanged, this, &TrafficView::refreshFoot);
    connect(m_table->model(), &models::EventTableModel::windowChanged, this, &TrafficView::refreshFoot);
    return pane;
}

void TrafficView::buildDetail() {
    m_detail = new EventDetail(m_plan);
    m_detailDock = newDock(u"event"_s, tr("Event"), m_detail->header(), m_detail, m_plan);
    m_detailDock->setFeatures(QDockWidget::DockWidgetMovable | QDockWidget::DockWidgetFloatable);
    m_plan->addDockWidget(Qt::RightDockWidgetArea, m_detailDock);
    connect(m_detail, &EventDetail::timelineWanted, this, &View::timelineWanted);
}

void TrafficView::connectKeys() {
    for (const auto key : {Qt::Key_P, Qt::Key_Space}) {
        auto* shortcut = new QShortcut(QKeySequence(key), m_table, nullptr, nullptr, Qt::WidgetWithChildrenShortcut);
        connect(shortcut, &QShortcut::activated, this, &View::pauseToggled);
    }
    auto* toTimeline =
        new QShortcut(QKeySequence(Qt::Key_G, Qt::Key_A), m_table, nullptr, nullptr, Qt::WidgetWithChildrenShortcut);
    connect(toTimeline, &QShortcut::activated, this, [this] {
        if (!m_detail->traceId().isEmpty()) Q_EMIT timelineWanted(m_detail->traceId());
    });
}

}  // namespace nova::views
