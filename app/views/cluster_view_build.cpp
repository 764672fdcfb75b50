// How the view of a cluster is put together; what it does is in cluster_view.cpp.
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "app/views/cluster_view.h"
#include "app/views/notice_bar.h"
#include "app/views/pane.h"
#include "widgets/tables/cell_delegate.h"
#include "widgets/tables/table_view.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/segmented.h"
#include "widgets/topology/topology_widget.h"

namespace nova::views {

using namespace Qt::StringLiterals;
namespace metrics = theme::metrics;

namespace {

constexpr int unsorted = -1;

QVBoxLayout* columnOf(QWidget* pane) {
    auto* column = new QVBoxLayout(pane);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    return column;
}

}  // namespace

ClusterView::ClusterView(engine::Target target, QWidget* parent) : View(parent), m_target(std::move(target)) {
    setFocusPolicy(Qt::StrongFocus);
    auto* column = columnOf(this);
    m_notice = new NoticeBar(this);
    column->addWidget(m_notice);
    column->addWidget(buildBar());
    m_rows = new QSplitter(Qt::Vertical, this);
    m_rows->setChildrenCollapsible(false);
    m_map = new topology::TopologyWidget(m_rows);
    m_map->hide();
    m_rows->addWidget(m_map);
    m_columns = new QSplitter(Qt::Horizontal, m_rows);
    m_columns->setChildrenCollapsible(false);
    m_columns->addWidget(buildTopics());
    m_columns->addWidget(buildSide());
    m_columns->setStretchFactor(0, 1);
    connect(m_columns, &QSplitter::splitterMoved, this, [this] { m_defaultColumns = false; });
    m_rows->addWidget(m_columns);
    m_rows->setStretchFactor(1, 1);
    column->addWidget(m_rows, 1);
    setFocusProxy(m_topics);
    connect(m_notice, &NoticeBar::acted, this, &ClusterView::retry);
    connect(m_map, &topology::TopologyWidget::nodeSelected, this, [this](const QString& node) {
        if (m_topicModel->rowOf(node) >= 0) selectTopic(node);
    });
    connect(&m_clock, &QTimer::timeout, this, &ClusterView::refreshAge);
    m_clock.start(1000);
    restoreLayout({});
    refresh();
}

QWidget* ClusterView::buildBar() {
    auto* bar = new ViewBar(tr("Services"), this);
    m_summary = bar->addText();
    m_leaderless = bar->addTag(u"err"_s);
    m_underReplicated = bar->addTag(u"warn"_s);
    bar->addStretch();
    m_age = bar->addText();
    m_age->setToolTip(tr("Metadata, ends of partitions and groups are read; no record is"));
    return bar;
}

tables::TableView* ClusterView::newTable(models::CellTableModel* model, const QString& name, QWidget* parent) {
    auto* table = new tables::TableView(parent);
    table->setModel(model);
    table->setItemDelegate(new tables::CellDelegate(table));
    table->setAccessibleName(name);
    return table;
}

QWidget* ClusterView::buildTopics() {
    auto* pane = new QWidget(m_columns);
    pane->setMinimumWidth(380);
    auto* column = columnOf(pane);
    auto* header = new PaneHeader(tr("Topics"), pane);
    header->addStretch();
    m_search = header->addField(tr("Find a topic"), 180);
    column->addWidget(header);
    m_topicModel = new models::CellTableModel(topicColumns(), this);
    m_topics = newTable(m_topicModel, tr("Topics, worst first"), pane);
    m_topics->setColumns({{210, true}, {74}, {66}, {84}, {80}, {76}, {116}});
    m_topics->installEventFilter(this);
    auto* head = m_topics->horizontalHeader();
    head->setSectionsClickable(true);
    head->setSortIndicatorShown(true);
    head->setSortIndicatorClearable(true);
    head->setSortIndicator(unsorted, Qt::AscendingOrder);
    connect(head, &QHeaderView::sortIndicatorChanged, m_topicModel, &models::CellTableModel::sort);
    connect(m_topicModel, &QAbstractItemModel::modelReset, this, &ClusterView::reselect);
    connect(m_search, &QLineEdit::textChanged, m_topicModel, [this](const QString& text) {
        m_topicModel->setSearch(text);
        m_topics->setEmptyText(text.isEmpty() ? tr("No topic is here.")
                                              : tr("No topic holds “%1”. Esc clears.").arg(text));
    });
    connect(m_topics->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& now) {
        if (now.isValid()) selectTopic(now.data(models::CellTableModel::IdRole).toString());
    });
    connect(m_topics, &QTableView::activated, this, &ClusterView::openTopic);
    connect(m_topics->verticalScrollBar(), &QScrollBar::valueChanged, this, &ClusterView::wantConfigs);
    column->addWidget(m_topics, 1);
    return pane;
}

QWidget* ClusterView::buildSide() {
    auto* pane = new QWidget(m_columns);
    pane->setMinimumWidth(340);
    auto* column = columnOf(pane);
    auto* header = new PaneHeader({}, pane);
    m_sides = new theme::Segmented(header);
    m_sides->setSmall(true);
    m_sides->addSegment(tr("Topic"), {}, tr("Partitions and configuration of the selected topic"));
    m_sides->addSegment(tr("Brokers"), {}, tr("Each broker with what it leads and holds"));
    m_sides->addSegment(tr("Groups"), {}, tr("Consumer groups by state"));
    header->addWidget(m_sides);
    header->addStretch();
    column->addWidget(header);
    m_side = new QStackedWidget(pane);
    m_side->addWidget(buildTopicPage());
    m_brokerModel = new models::CellTableModel(brokerColumns(), this);
    m_brokers = newTable(m_brokerModel, tr("Brokers"), m_side);
    m_brokers->setColumns({{64}, {150, true}, {60}, {60}, {80}});
    m_side->addWidget(m_brokers);
    auto* groups = new QWidget(m_side);
    auto* groupColumn = columnOf(groups);
    m_groupModel = new models::CellTableModel(groupColumns(), this);
    m_groups = newTable(m_groupModel, tr("Consumer groups, worst first"), groups);
    m_groups->setColumns({{120, true}, {156}, {66}, {76}});
    m_groups->installEventFilter(this);
    groupColumn->addWidget(m_groups, 1);
    m_groupStatesText = newLabel({}, u"second"_s, groups);
    m_groupStatesText->setWordWrap(true);
    m_groupStatesText->setContentsMargins(metrics::panePadding, 6, metrics::panePadding, 6);
    groupColumn->addWidget(m_groupStatesText);
    m_side->addWidget(groups);
    column->addWidget(m_side, 1);
    connect(m_sides, &theme::Segmented::chosen, this, &ClusterView::showSide);
    connect(m_groups, &QTableView::activated, this, &ClusterView::openGroup);
    return pane;
}

QWidget* ClusterView::buildTopicPage() {
    auto* page = new QWidget(m_side);
    auto* column = columnOf(page);
    auto* header = new PaneHeader({}, page);
    m_topicName = header->addMono();
    m_topicName->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    header->row()->setStretchFactor(m_topicName, 1);
    m_records = header->addButton(tr("Records"), tr("Look at the records of this topic in Traffic (Enter)"));
    column->addWidget(header);
    auto* split = new QSplitter(Qt::Vertical, page);
    split->setChildrenCollapsible(false);
    m_partitionModel = new models::CellTableModel(partitionColumns(), this);
    m_partitions = newTable(m_partitionModel, tr("Partitions, worst first"), split);
    m_partitions->setColumns({{48}, {60}, {72}, {60, true}, {88}, {68}});
    m_partitions->installEventFilter(this);
    m_partitions->setEmptyText(tr("Select a topic to see its partitions."));
    m_configModel = new models::CellTableModel(configColumns(), this);
    m_config = newTable(m_configModel, tr("Configuration of the topic"), split);
    m_config->setColumns({{220}, {120, true}});
    split->addWidget(m_partitions);
    split->addWidget(m_config);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    column->addWidget(split, 1);
    connect(m_records, &QPushButton::clicked, this, &ClusterView::openTopic);
    return page;
}

}  // namespace nova::views
