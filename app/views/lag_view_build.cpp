// How the Lag view is put together; what it does is in lag_view.cpp.
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QShortcut>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QVBoxLayout>

#include "app/engine/lag/lag_board.h"
#include "app/views/lag_figures.h"
#include "app/views/lag_summary_pane.h"
#include "app/views/lag_view.h"
#include "app/views/notice_bar.h"
#include "app/views/pane.h"
#include "widgets/charts/heat_legend.h"
#include "widgets/charts/history_chart.h"
#include "widgets/models/lag_partition_model.h"
#include "widgets/tables/lag_delegate.h"
#include "widgets/tables/table_view.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/segmented.h"

namespace nova::views {

using namespace Qt::StringLiterals;
using models::LagPartitionModel;
namespace metrics = theme::metrics;

namespace {

QWidget* paneOf(QWidget* header, QWidget* content, QWidget* parent) {
    auto* pane = new QWidget(parent);
    auto* column = new QVBoxLayout(pane);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    header->setParent(pane);
    content->setParent(pane);
    column->addWidget(header);
    column->addWidget(content, 1);
    return pane;
}

}  // namespace

LagView::LagView(QWidget* parent) : View(parent) {
    setFocusPolicy(Qt::StrongFocus);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_notice = new NoticeBar(this);
    column->addWidget(m_notice);
    buildBar();
    m_split = new QSplitter(Qt::Vertical, this);
    m_split->setChildrenCollapsible(false);
    m_upper = new QSplitter(Qt::Horizontal, m_split);
    m_upper->setChildrenCollapsible(false);
    m_upper->addWidget(buildHeat());
    m_summary = new LagSummaryPane(m_upper);
    m_upper->addWidget(m_summary);
    m_upper->setStretchFactor(0, 4);
    m_upper->setStretchFactor(1, 3);
    m_split->addWidget(m_upper);
    m_split->addWidget(buildHistory());
    m_split->addWidget(buildPartitions());
    m_split->setStretchFactor(1, 1);
    column->addWidget(m_split, 1);
    connectHeat();
    connectSummary();
    connectKeys();
    setFocusProxy(m_heat);
    connect(&m_clock, &QTimer::timeout, this, &LagView::refreshAge);
    m_clock.setInterval(250);
    restoreLayout({});
    refresh();
}

void LagView::buildBar() {
    auto* bar = new ViewBar(tr("Lag"), this);
    m_alarms = bar->addTag(u"err"_s);
    m_warns = bar->addTag(u"warn"_s);
    m_errors = bar->addTag(u"err"_s);
    bar->addStretch();
    m_age = bar->addText();
    m_unit = new theme::Segmented(bar);
    m_unit->addSegment(tr("Offsets"), {}, tr("Lag as offsets: high watermark − committed"));
    m_unit->addSegment(tr("Seconds"), {}, tr("Lag as the measured age of the oldest unread record"));
    m_range = new theme::Segmented(bar);
    for (const auto& text : {tr("5 min"), tr("30 min"), tr("6 h")}) m_range->addSegment(text);
    m_range->setAccessibleName(tr("Length of the history"));
    bar->addWidget(m_unit);
    bar->addWidget(m_range);
    layout()->addWidget(bar);
    connect(m_unit, &theme::Segmented::chosen, this, [this] { refresh(); });
    connect(m_range, &theme::Segmented::chosen, this, &LagView::refreshHistory);
}

QWidget* LagView::buildHeat() {
    auto* header = new PaneHeader({}, this);
    m_search = header->addField(tr("Group, topic, holder"), 172);
    m_filterButton = header->addButton(tr("Filter"), tr("By topic, state of the group, status and owner"));
    m_filterMenu = new QMenu(m_filterButton);
    m_filterButton->setMenu(m_filterMenu);
    m_filterButton->setProperty("menu", true);
    m_filterText = header->addButton({}, tr("Clears the filter (Esc)"));
    m_filterText->setProperty("kind", u"link"_s);
    m_filterText->hide();
    m_hidden = newLabel({}, u"hint"_s, header);
    header->addWidget(m_hidden);
    header->addStretch();
    m_legend = new charts::HeatLegend(header);
    header->addWidget(m_legend);
    m_shape = new theme::Segmented(header);
    m_shape->setSmall(true);
    m_shape->addSegment(tr("List"), {}, tr("One row a group and topic, worst first (M)"));
    m_shape->addSegment(tr("Map"), {}, tr("All partitions at a glance, worst first (M)"));
    m_shape->setSmall(true);
    header->addWidget(m_shape);
    m_heat = new charts::HeatMap(this);
    return paneOf(header, m_heat, m_upper);
}

QWidget* LagView::buildHistory() {
    auto* header = new PaneHeader({}, this);
    m_historyTitle = newLabel({}, u"section"_s, header);
    header->addWidget(m_historyTitle);
    m_historyLegend = newLabel({}, u"hint"_s, header);
    m_historyLegend->setTextFormat(Qt::RichText);
    header->addWidget(m_historyLegend);
    header->addStretch();
    m_historyRange = header->addText();
    m_history = new charts::HistoryChart(this);
    return paneOf(header, m_history, m_split);
}

QWidget* LagView::buildPartitions() {
    m_partitionsHeader = new PaneHeader(tr("Partitions"), this);
    m_partitionsText = newLabel({}, u"hint"_s, m_partitionsHeader);
    m_partitionsHeader->addWidget(m_partitionsText);
    m_partitionsHeader->addStretch();
    auto* copy = m_partitionsHeader->addButton(tr("Copy"), tr("The whole table, tab-separated"));
    m_model = new LagPartitionModel(this);
    m_proxy = new QSortFilterProxyModel(this);
    m_proxy->setSourceModel(m_model);
    m_proxy->setSortRole(LagPartitionModel::SortRole);
    m_proxy->setDynamicSortFilter(false);  // rows do not jump under the pointer: see refreshTable()
    m_table = new tables::TableView(this);
    m_table->setModel(m_proxy);
    m_table->setItemDelegate(new tables::LagDelegate(m_table));
    m_table->setAccessibleName(tr("Partitions"));
    m_table->setEmptyText(tr("Select a group to see its partitions."));
    m_table->setMinimumHeight(3 * metrics::row);
    auto* head = m_table->horizontalHeader();
    head->setSectionsClickable(true);
    head->setSortIndicatorShown(true);
    head->setSortIndicator(LagPartitionModel::Partition, Qt::AscendingOrder);
    connect(head, &QHeaderView::sortIndicatorChanged, this,
            [this](int column, Qt::SortOrder order) { m_proxy->sort(column, order); });
    connect(copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_model->asText()); });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& now) {
        if (now.isValid() && m_table->hasFocus()) choose(m_key, m_proxy->mapToSource(now).row());
    });
    connect(m_table, &QAbstractItemView::clicked, this,
            [this](const QModelIndex& at) { choose(m_key, m_proxy->mapToSource(at).row()); });
    connect(m_table, &QAbstractItemView::activated, this, [this](const QModelIndex& at) {
        choose(m_key, m_proxy->mapToSource(at).row());
        askWhy();
    });
    fitColumns();
    return paneOf(m_partitionsHeader, m_table, m_split);
}

void LagView::buildFilterMenu() {
    m_filterMenu->clear();
    addChoices(m_filterMenu, tr("Topic"), m_index.topics(), &LagFilter::topic);
    addChoices(m_filterMenu, tr("State of the group"), m_index.states(), &LagFilter::state);
    auto* status = m_filterMenu->addMenu(tr("Status"));
    const auto addStatus = [&](const QString& name, std::optional<engine::LagStatus> value) {
        auto* action = status->addAction(name, this, [this, value] {
            m_filter.status = value;
            refreshHeat(true);
        });
        action->setCheckable(true);
        action->setChecked(m_filter.status == value);
    };
    addStatus(tr("Any"), std::nullopt);
    for (int i = 0; i <= int(engine::LagStatus::beyondEnd); ++i)
        addStatus(lagWord(engine::LagStatus(i)), engine::LagStatus(i));
    addChoices(m_filterMenu, tr("Owner: client or host"), m_index.owners(), &LagFilter::owner);
    m_filterMenu->addSeparator();
    const auto addSwitch = [&](const QString& name, bool LagFilter::*field) {
        auto* action = m_filterMenu->addAction(name, this, [this, field](bool on) {
            m_filter.*field = on;
            refreshHeat(true);
        });
        action->setCheckable(true);
        action->setChecked(m_filter.*field);
    };
    addSwitch(tr("Only alarms"), &LagFilter::onlyAlarms);
    addSwitch(tr("Hide idle groups"), &LagFilter::hideIdle);
    addSwitch(tr("Hide console-*"), &LagFilter::hideConsole);
}

void LagView::addChoices(QMenu* menu, const QString& title, const QStringList& names, QString LagFilter::*field) {
    auto* choices = menu->addMenu(title);
    const auto add = [&](const QString& name, const QString& value) {
        auto* action = choices->addAction(name, this, [this, field, value] {
            m_filter.*field = value;
            refreshHeat(true);
        });
        action->setCheckable(true);
        action->setChecked(m_filter.*field == value);
    };
    add(tr("Any"), {});
    for (const auto& name : names) add(name, name);
}

void LagView::connectHeat() {
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_filter.text = text.trimmed();
        refreshHeat(true);
    });
    connect(m_filterMenu, &QMenu::aboutToShow, this, &LagView::buildFilterMenu);
    connect(m_filterText, &QPushButton::clicked, this, [this] { clear(); });
    connect(m_shape, &theme::Segmented::chosen, this, [this](int index) {
        m_heat->setShape(index == 0 ? charts::HeatLayout::Shape::list : charts::HeatLayout::Shape::map);
    });
    connect(m_heat, &charts::HeatMap::chosen, this, &LagView::choose);
    connect(m_heat, &charts::HeatMap::activated, this, [this] { askWhy(); });
    connect(m_heat, &charts::HeatMap::menuWanted, this,
            [this](const QString&, int, const QPoint& at) { showMenu(at); });
    connect(m_heat, &charts::HeatMap::visibleChanged, this, &LagView::tellOnScreen);
    m_heat->setTip([this](int row, int cell) -> QString {
        const auto& shown = m_heat->rows()[std::size_t(row)];
        if (const auto* lag = m_index.row(shown.key, cell)) return cellTip(*lag, m_index.sample().atMs);
        return u"<b>%1</b><br>%2<br>%3"_s.arg(shown.title.toHtmlEscaped(), shown.subtitle.toHtmlEscaped(), shown.word);
    });
}

void LagView::connectSummary() {
    connect(m_summary, &LagSummaryPane::whyWanted, this, &LagView::askWhy);
    connect(m_summary, &LagSummaryPane::recordWanted, this, &LagView::recordWanted);
    connect(m_summary, &LagSummaryPane::trafficWanted, this, [this] {
        if (const auto at = subject(); at.partition >= 0) Q_EMIT recordWanted(at.topic, at.partition, at.offset);
    });
    connect(m_summary, &LagSummaryPane::addReplicaWanted, this,
            [this] { Q_EMIT addReplicaWanted(m_key.section(u'\n', 0, 0)); });
    connect(m_summary, &LagSummaryPane::pinWanted, this, &LagView::togglePin);
}

void LagView::connectKeys() {
    const auto on = [this](const QKeySequence& keys, auto&& act) {
        for (QWidget* owner : {static_cast<QWidget*>(m_heat), static_cast<QWidget*>(m_table)}) {
            auto* shortcut = new QShortcut(keys, owner, nullptr, nullptr, Qt::WidgetWithChildrenShortcut);
            connect(shortcut, &QShortcut::activated, this, act);
        }
    };
    on(QKeySequence(Qt::Key_P), [this] { togglePin(); });
    on(QKeySequence(Qt::Key_X), [this] { setMuted(!ruleOf(m_key.section(u'\n', 0, 0)).muted); });
    on(QKeySequence(Qt::Key_Space), [this] { Q_EMIT pauseToggled(); });
    on(QKeySequence(Qt::Key_M), [this] {
        m_shape->setCurrent(1 - m_shape->current());
        Q_EMIT m_shape->chosen(m_shape->current());
    });
    on(QKeySequence(Qt::Key_U), [this] {
        m_unit->setCurrent(1 - m_unit->current());
        refresh();
    });
}

void LagView::connectTo(engine::LagBoard& board) {
    board.setOnScreen(m_onScreen);
    board.setSelected(m_told.section(u'\n', 0, 0), m_told.section(u'\n', 1));
    setPast({[&board](const QString& group, const QString& topic, int partition, qint64 fromMs) {
                 return board.history(group, topic, partition, fromMs);
             },
             [&board](const QString& group, qint64 fromMs) { return board.marks(group, fromMs); },
             [&board] { return board.historyTrouble(); }});
    disconnect(&board, nullptr, this, nullptr);  // that of a Nova which comes up is told twice
    disconnect(this, nullptr, &board, nullptr);
    connect(&board, &engine::LagBoard::sampled, this, &LagView::takeSample);
    connect(this, &LagView::onScreenChanged, &board,
            [&board](const QVector<std::pair<QString, QString>>& rows) { board.setOnScreen(rows); });
    connect(this, &LagView::selectedChanged, &board,
            [&board](const QString& group, const QString& topic) { board.setSelected(group, topic); });
}

}  // namespace nova::views
