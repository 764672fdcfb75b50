#include "app/views/play_pane.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLabel>
#include <QPushButton>
#include <QScrollBar>
#include <QVBoxLayout>

#include "app/views/pane.h"
#include "app/views/play_words.h"
#include "widgets/tables/cell_delegate.h"
#include "widgets/tables/table_view.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/numbers.h"
#include "widgets/theme/status_label.h"

namespace nova::views {

using namespace Qt::StringLiterals;
namespace metrics = theme::metrics;

namespace {

constexpr int tickMs = 250;       // numbers change at most four times a second
constexpr int remarkWidth = 620;  // of the pane, from which remarks have a column; else they are a tool tip

}  // namespace

PlayPane::PlayPane(engine::PlayProcess& process, QWidget* parent) : QWidget(parent), m_process(process) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    buildHeader();
    auto* strip = new QFrame(this);
    strip->setProperty("bar", u"foot"_s);
    auto* row = new QHBoxLayout(strip);
    row->setContentsMargins(metrics::panePadding, metrics::grid, metrics::panePadding, metrics::grid);
    m_verdict = new theme::StatusLabel(strip);
    m_verdict->setTinted(true);
    row->addWidget(m_verdict, 0, Qt::AlignTop);
    m_words = newLabel({}, u"second"_s, strip);
    m_words->setWordWrap(true);
    m_words->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_words->setAccessibleName(tr("Verdict"));
    row->addWidget(m_words, 1);
    column->addWidget(strip);
    buildTable();
    column->addWidget(m_table, 1);
    connect(&m_process, &engine::PlayProcess::changed, this, &PlayPane::refresh);
    m_tick.setInterval(tickMs);
    connect(&m_tick, &QTimer::timeout, this, &PlayPane::showElapsed);
    setMinimumWidth(360);
}

void PlayPane::buildHeader() {
    m_header = new PaneHeader(tr("Play"), this);
    m_name = m_header->addTag();
    m_elapsed = m_header->addText();
    m_elapsed->setToolTip(tr("Since it was started"));
    m_header->addStretch();
    m_open = m_header->addButton(tr("Timeline"), tr("Opens the selected action in Actions (Enter)"));
    m_again = m_header->addButton(tr("Play again"), tr("Plays the same scenario once more"));
    m_stop = m_header->addButton(tr("Stop play"), tr("Ends the play; what it paused or stopped is brought back"));
    auto* close = m_header->addButton({}, tr("Close (Esc); a play goes on"));
    close->setIcon(theme::icon(theme::Icon::Close));
    close->setAccessibleName(close->toolTip());
    connect(m_open, &QPushButton::clicked, this, &PlayPane::openSelected);
    connect(m_again, &QPushButton::clicked, this, [this] { m_process.start(m_process.told().scenario); });
    connect(m_stop, &QPushButton::clicked, &m_process, &engine::PlayProcess::stop);
    connect(close, &QPushButton::clicked, this, &PlayPane::closeWanted);
}

void PlayPane::buildTable() {
    m_model = new models::CellTableModel(playColumns(), this);
    m_table = new tables::TableView(this);
    m_table->setModel(m_model);
    m_table->setItemDelegate(new tables::CellDelegate(m_table));
    m_table->setColumns({{78}, {200, true}, {84}, {84}, {0}});
    m_table->setAccessibleName(tr("Steps, findings and actions of the play"));
    connect(m_table, &QTableView::activated, this, &PlayPane::openSelected);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this] { m_open->setEnabled(!selectedTrace().isEmpty()); });
}

void PlayPane::refresh() {
    if (!isVisible()) return;
    const auto& told = m_process.told();
    const bool playing = m_process.isPlaying();
    m_name->setText(told.scenario);
    m_name->setVisible(!told.scenario.isEmpty());
    m_table->setEmptyText(playing ? tr("Nothing yet: the program that plays it is being started.")
                                  : tr("It ended before it told of a step."));
    m_again->setVisible(!playing);
    m_stop->setVisible(playing);
    m_stop->setEnabled(!m_process.isStopping());
    const auto verdict = verdictOf(told, m_process.isStopping());
    m_verdict->setStatus(verdict.status, verdict.word, tr("%1: %2").arg(told.scenario, verdict.word));
    m_words->setText(verdict.text);
    showRows();
    showElapsed();
    playing ? m_tick.start() : m_tick.stop();
    m_open->setEnabled(!selectedTrace().isEmpty());
}

// Follows the newest row, unless somebody has scrolled back or chosen one.
void PlayPane::showRows() {
    const auto& told = m_process.told();
    auto* bar = m_table->verticalScrollBar();
    const auto chosen = m_table->currentIndex().data(models::CellTableModel::IdRole).toString();
    const int place = bar->value();
    const bool follows = bar->value() == bar->maximum();
    auto rows = playRows(told);
    if (int(rows.size()) == m_model->rowCount() && m_model->rowOf(rows.empty() ? QString() : rows.back().id) >= 0)
        return m_model->setRows(std::move(rows));
    m_table->clearSpans();
    m_model->setRows(std::move(rows));
    for (int row = 0; row < told.news.size(); ++row)
        if (isWhole(told.news[row])) m_table->setSpan(row, 0, 1, m_model->columnCount());
    if (const int row = chosen.isEmpty() ? -1 : m_model->rowOf(chosen); row >= 0)
        m_table->setCurrentIndex(m_model->index(row, PlayColumn::What));
    follows ? m_table->scrollToBottom() : bar->setValue(place);
}

void PlayPane::showElapsed() {
    const double seconds = double(m_process.elapsedMs()) / 1'000;
    m_elapsed->setText(m_process.told().scenario.isEmpty() ? QString()
                       : seconds < 60                      ? tr("%1 s").arg(QString::number(seconds, 'f', 1))
                                                           : theme::age(seconds));
}

QString PlayPane::selectedTrace() const {
    return traceOfRow(m_table->currentIndex().data(models::CellTableModel::IdRole).toString());
}

void PlayPane::openSelected() {
    if (const auto trace = selectedTrace(); !trace.isEmpty()) Q_EMIT timelineWanted(trace);
}

void PlayPane::fitColumns() {
    const bool roomy = width() >= remarkWidth;
    m_table->setColumnHidden(PlayColumn::Remark, !roomy);
    if (roomy) m_table->setColumnWidth(PlayColumn::Remark, width() / 4);
}

void PlayPane::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    refresh();
}

void PlayPane::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fitColumns();
}

}  // namespace nova::views
