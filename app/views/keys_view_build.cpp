// How the Keys view is put together; what it does is in keys_view.cpp.
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "app/views/keys_rows.h"
#include "app/views/keys_view.h"
#include "app/views/notice_bar.h"
#include "app/views/pane.h"
#include "widgets/charts/delivery_strip.h"
#include "widgets/models/key_table_model.h"
#include "widgets/tables/cell_delegate.h"
#include "widgets/tables/key_delegate.h"
#include "widgets/tables/table_view.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/segmented.h"

namespace nova::views {

using namespace Qt::StringLiterals;
namespace metrics = theme::metrics;

namespace {

constexpr int tickMs = 1'000;

// As low as the theme draws it: the style knows of no bar without a line of text.
class LowProgress final : public QProgressBar {
public:
    using QProgressBar::QProgressBar;
    QSize sizeHint() const override { return {160, metrics::grid}; }
    QSize minimumSizeHint() const override { return sizeHint(); }
};

QVBoxLayout* columnOf(QWidget* widget) {
    auto* column = new QVBoxLayout(widget);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    return column;
}

}  // namespace

KeysView::KeysView(QWidget* parent) : View(parent) {
    setFocusPolicy(Qt::StrongFocus);
    auto* column = columnOf(this);
    m_notice = new NoticeBar(this);
    column->addWidget(m_notice);
    buildBar();
    m_pages = new QStackedWidget(this);
    m_pages->addWidget(buildHelp());
    m_pages->addWidget(buildResult());
    column->addWidget(m_pages, 1);
    column->addWidget(buildScanBar());
    column->addWidget(buildFoot());
    setFocusProxy(m_field);
    connect(&m_second, &QTimer::timeout, this, &KeysView::runDown);
    m_second.setInterval(tickMs);
    restoreLayout({});
    refresh();
}

void KeysView::buildBar() {
    auto* bar = new ViewBar(tr("Keys"), this);
    bar->setFixedHeight(metrics::search + 5 * metrics::grid);
    m_field = new QLineEdit(bar);
    m_field->setProperty("search", true);
    m_field->setPlaceholderText(tr("Event id, post id, user, message id or a key of Redis"));
    m_field->setAccessibleName(tr("Id or key to look up"));
    m_field->setToolTip(tr("Enter looks it up. With * it is a pattern: Scan walks through the keys that match."));
    m_kind = new QLabel(m_field);
    m_kind->setProperty("tag", u"neutral"_s);
    m_kind->setToolTip(tr("What this text is taken for"));
    auto* inside = new QHBoxLayout(m_field);
    inside->setContentsMargins(0, 0, 8, 0);
    inside->addStretch(1);
    inside->addWidget(m_kind);
    bar->addWidget(m_field, 1);
    m_go = bar->addButton(tr("Look up"), theme::Icon::Search,
                          tr("All that is known of it: keys, versions, effects, consumers (Enter)"));
    m_scanAll =
        bar->addButton(tr("Scan"), theme::Icon::List,
                       tr("Walk through the keys of Redis by SCAN, in small steps; the field may hold a pattern"));
    layout()->addWidget(bar);
    connect(m_field, &QLineEdit::textChanged, this, &KeysView::refreshKind);
    connect(m_field, &QLineEdit::returnPressed, this, &KeysView::submit);
    connect(m_go, &QPushButton::clicked, this, &KeysView::submit);
    connect(m_scanAll, &QPushButton::clicked, this, [this] {
        const auto text = m_field->text().trimmed();
        scan(text.contains(u'*') || text.contains(u'?') ? text : u"*"_s);
    });
}

QWidget* KeysView::buildHelp() {
    auto* page = new QWidget(m_pages);
    auto* column = columnOf(page);
    m_help = newLabel({}, u"second"_s, page);
    m_help->setWordWrap(true);
    m_help->setTextFormat(Qt::RichText);
    m_help->setAlignment(Qt::AlignCenter);
    m_help->setMargin(metrics::formPadding);
    m_help->setMinimumWidth(560);
    auto* middle = new QHBoxLayout;
    middle->addStretch(1);
    middle->addWidget(m_help, 2);
    middle->addStretch(1);
    column->addStretch(2);
    column->addLayout(middle);
    column->addStretch(3);
    return page;
}

tables::TableView* KeysView::newTable(models::CellTableModel* model, const QString& name, QWidget* parent) {
    auto* table = new tables::TableView(parent);
    table->setModel(model);
    table->setItemDelegate(new tables::CellDelegate(table));
    table->setAccessibleName(name);
    return table;
}

QWidget* KeysView::buildResult() {
    auto* page = new QWidget(m_pages);
    auto* column = columnOf(page);
    column->addWidget(buildHeader());
    m_keyModel = new models::KeyTableModel(keyColumns(), keyTimeColumn, this);
    m_keyTable = newTable(m_keyModel, tr("Idempotency keys"), page);
    m_keyTable->setItemDelegate(new tables::KeyDelegate(m_keyTable));
    m_keyTable->setColumns({{140}, {112}, {88}, {176}, {92}, {96}, {124}, {120, true}});
    connect(m_keyTable->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &KeysView::refreshDeliveries);
    connect(m_keyTable, &QTableView::activated, this, &KeysView::openRow);
    column->addWidget(m_keyTable, 2);
    m_deliveryPane = buildDeliveries();
    column->addWidget(m_deliveryPane);
    m_columns = new QSplitter(page);
    m_columns->setChildrenCollapsible(false);
    m_columns->addWidget(buildVersions());
    m_columns->addWidget(buildSides());
    for (int i = 0; i < m_columns->count(); ++i) m_columns->setStretchFactor(i, 1);
    column->addWidget(m_columns, 3);
    return page;
}

QWidget* KeysView::buildHeader() {
    auto* header = new PaneHeader({}, m_pages);
    m_title = newLabel({}, u"strong"_s, header);
    header->addWidget(m_title);
    m_by = header->addText();
    m_place = header->addButton({}, tr("Show this record in Traffic"));
    m_place->setProperty("kind", u"link"_s);
    header->addStretch();
    m_template = header->addMono();
    m_template->setToolTip(tr("Template: how the names of these keys are made"));
    m_timeline = header->addButton(tr("Timeline"), tr("Show the action that this event belongs to, on its timeline"));
    connect(m_place, &QPushButton::clicked, this, [this] {
        if (!m_report.event) return;
        const auto& event = *m_report.event;
        Q_EMIT recordWanted(QString::fromStdString(engine::Names::topicName(event.topic)), event.partition,
                            event.offset);
    });
    connect(m_timeline, &QPushButton::clicked, this, [this] { Q_EMIT timelineWanted(m_report.traceId); });
    return header;
}

QWidget* KeysView::buildDeliveries() {
    auto* pane = new QFrame(m_pages);
    pane->setProperty("bar", u"view"_s);
    auto* column = new QVBoxLayout(pane);
    column->setContentsMargins(metrics::panePadding, 8, metrics::panePadding, 6);
    column->setSpacing(metrics::grid);
    m_deliveriesTitle = newLabel({}, u"section"_s, pane);
    m_deliveriesTitle->setToolTip(
        tr("Each time that the group was handed this event, told by its spans; evenly spaced, not to scale"));
    column->addWidget(m_deliveriesTitle);
    m_deliveries = new charts::DeliveryStrip(pane);
    m_deliveries->setAccessibleName(tr("Deliveries of the event"));
    column->addWidget(m_deliveries);
    return pane;
}

QWidget* KeysView::buildVersions() {
    auto* pane = new QWidget(m_pages);
    pane->setMinimumWidth(360);
    auto* column = columnOf(pane);
    auto* header = new PaneHeader(tr("Versions"), pane);
    header->setToolTip(
        tr("Version gate: a consumer applies an event only when its version is newer than the one it keeps. The "
           "owner's row in PostgreSQL is the durable copy."));
    header->addStretch();
    m_impossible = header->addTag(u"err"_s);
    m_behind = header->addTag(u"warn"_s);
    m_missing = header->addTag(u"info"_s);
    column->addWidget(header);
    m_versionModel = new models::CellTableModel(versionColumns(), this);
    m_versionTable = newTable(m_versionModel, tr("Versions and their drift"), pane);
    m_versionTable->setColumns({{130, true}, {58}, {80}, {180}});
    column->addWidget(m_versionTable, 1);
    return pane;
}

QWidget* KeysView::buildSides() {
    auto* pane = new QWidget(m_pages);
    pane->setMinimumWidth(360);
    auto* column = columnOf(pane);
    auto* header = new PaneHeader({}, pane);
    m_sides = new theme::Segmented(header);
    m_sides->setSmall(true);
    m_sides->addSegment(tr("Effects"), {},
                        tr("Rows, feed entries and caches that the event was to change, as they are now"));
    m_sides->addSegment(tr("Consumers"), {}, tr("What became of the event in each group, and where the group stood"));
    m_sides->addSegment(tr("Events"), {},
                        tr("Records of the same id, events of the same subject, and those it caused"));
    m_sides->addSegment(tr("Templates"), {}, tr("How many keys of each kind a scan found"));
    header->addWidget(m_sides);
    header->addStretch();
    column->addWidget(header);
    m_effectModel = new models::CellTableModel(effectColumns(), this);
    m_consumerModel = new models::CellTableModel(consumerColumns(), this);
    m_relatedModel = new models::CellTableModel(relatedColumns(), this);
    m_templateModel = new models::CellTableModel(templateColumns(), this);
    m_sidePages = new QStackedWidget(pane);
    m_effectTable = newTable(m_effectModel, tr("Effects"), m_sidePages);
    m_effectTable->setColumns({{88}, {190}, {160, true}});
    m_consumerTable = newTable(m_consumerModel, tr("Consumers"), m_sidePages);
    m_consumerTable->setColumns({{160, true}, {110}, {80}, {90}});
    m_relatedTable = newTable(m_relatedModel, tr("Events"), m_sidePages);
    m_relatedTable->setColumns({{96}, {130, true}, {130}, {100}});
    m_templateTable = newTable(m_templateModel, tr("Templates in use"), m_sidePages);
    m_templateTable->setColumns({{240, true}, {100}});
    m_templateTable->setEmptyText(tr("Scan counts the keys of each template."));
    m_effectTable->setEmptyText(tr("No effect of it is known."));
    m_consumerTable->setEmptyText(tr("No event was found: which groups handled it is not known."));
    m_relatedTable->setEmptyText(tr("No event of it was found."));
    for (auto* table : {m_effectTable, m_consumerTable, m_relatedTable, m_templateTable}) m_sidePages->addWidget(table);
    connect(m_relatedTable, &QTableView::activated, this, &KeysView::openRelated);
    connect(m_sides, &theme::Segmented::chosen, m_sidePages, &QStackedWidget::setCurrentIndex);
    column->addWidget(m_sidePages, 1);
    return pane;
}

QWidget* KeysView::buildScanBar() {
    auto* bar = new QFrame(this);
    bar->setProperty("bar", u"foot"_s);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(metrics::panePadding, 6, metrics::panePadding, 6);
    row->setSpacing(metrics::panePadding);
    m_scanProgress = new LowProgress(bar);
    m_scanProgress->setRange(0, 1'000);
    m_scanProgress->setTextVisible(false);
    m_scanProgress->setFixedWidth(160);
    m_scanProgress->setAccessibleName(tr("Progress of the scan"));
    m_scanWords = newLabel({}, u"second"_s, bar);
    m_stop = new QPushButton(bar);
    m_stop->setProperty("small", true);
    row->addWidget(m_scanProgress);
    row->addWidget(m_scanWords, 1);
    row->addWidget(m_stop);
    connect(m_stop, &QPushButton::clicked, this, [this] {
        if (m_scanning && m_lookup) return m_lookup->stopScan();
        m_scanShown = false;
        refresh();
    });
    m_scanBar = bar;
    return bar;
}

QWidget* KeysView::buildFoot() {
    auto* foot = new QFrame(this);
    foot->setProperty("bar", u"foot"_s);
    foot->setFixedHeight(metrics::paneHeader);
    auto* row = new QHBoxLayout(foot);
    row->setContentsMargins(metrics::panePadding, 1, metrics::panePadding, 0);
    m_sources = newLabel({}, u"hint"_s, foot);
    m_searched = newLabel({}, u"hint"_s, foot);
    row->addWidget(m_sources);
    row->addStretch(1);
    row->addWidget(m_searched);
    m_foot = foot;
    return foot;
}

}  // namespace nova::views
