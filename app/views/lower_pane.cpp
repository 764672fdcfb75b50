#include "app/views/lower_pane.h"

#include <QCheckBox>
#include <QFile>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QTextBlock>
#include <QTextBrowser>
#include <QTextDocument>
#include <QTextFrame>
#include <QTextTable>
#include <QVBoxLayout>

#include "app/views/event_diff.h"
#include "app/views/event_words.h"
#include "app/views/pane.h"
#include "app/views/scan_bar.h"
#include "widgets/tables/event_table.h"
#include "widgets/tables/record_delegate.h"
#include "widgets/tables/table_view.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/numbers.h"
#include "widgets/theme/theme.h"

namespace nova::views {

using namespace Qt::StringLiterals;
namespace metrics = theme::metrics;

namespace {

constexpr int narrowWidth = 760;

QString quoted(const QString& text) {
    QString inner = text;
    inner.replace(u'\\', u"\\\\"_s).replace(u'"', u"\\\""_s);
    return u'"' + inner + u'"';
}

// Markdown in the window's own sizes: calm headings, tables without frames, room between paragraphs.
void dress(QTextDocument& document) {
    document.setDefaultFont(theme::font(theme::Type::Body));
    for (auto block = document.begin(); block.isValid(); block = block.next()) {
        QTextCursor cursor(block);
        QTextBlockFormat format = block.blockFormat();
        const int level = format.headingLevel();
        const bool code = format.hasProperty(QTextFormat::BlockCodeLanguage) || format.nonBreakableLines();
        if (!cursor.currentTable()) {
            format.setTopMargin(level > 1 ? 14 : 4);
            format.setBottomMargin(4);
            if (code) format.setLeftMargin(metrics::panePadding);
            cursor.setBlockFormat(format);
        }
        if (level == 0 && !code) continue;
        cursor.movePosition(QTextCursor::EndOfBlock, QTextCursor::KeepAnchor);
        QTextCharFormat letters;
        letters.setFont(theme::font(code ? theme::Type::Mono : level == 1 ? theme::Type::Title : theme::Type::Body,
                                    code ? QFont::Normal : QFont::DemiBold));
        letters.setProperty(QTextFormat::FontSizeAdjustment, 0);
        cursor.mergeCharFormat(letters);
    }
    for (auto* frame : document.rootFrame()->childFrames()) {
        auto* table = qobject_cast<QTextTable*>(frame);
        if (!table) continue;
        QTextTableFormat format = table->format();
        format.setBorder(0);
        format.setCellSpacing(0);
        format.setCellPadding(4);
        table->setFormat(format);
    }
}

}  // namespace

QString historyFilter(const engine::Event& event) {
    if (!event.hasKey || event.key.empty() || !isUtf8(event.key)) return {};
    return u"topic:"_s + quoted(topicOf(event)) + u" key:"_s + quoted(utf8(event.key));
}

LowerPane::LowerPane(QWidget* parent)
    : QWidget(parent), m_diff(new models::DiffModel(this)), m_searched(new models::FactModel(this)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_header = new PaneHeader(tr("Compare"), this);
    m_words = m_header->addText();
    m_header->addStretch();
    m_onlyChanges = new QCheckBox(tr("Only what differs"), m_header);
    m_header->addWidget(m_onlyChanges);
    auto* close = m_header->addButton({}, tr("Close (Esc)"));
    close->setIcon(theme::icon(theme::Icon::Close));
    close->setAccessibleName(close->toolTip());
    column->addWidget(m_header);
    m_pages = new QStackedWidget(this);
    column->addWidget(m_pages, 1);
    m_diffTable = newTable(m_diff, new tables::RecordDiffDelegate(this), tr("Two events side by side"));
    m_diffTable->setColumns({{190}, {200}, {200, true}});
    m_searchedTable = newTable(m_searched, new tables::FactDelegate(this), tr("Offsets searched"));
    m_searchedTable->setColumns({{80}, {260}, {200, true}});
    m_historyTable = new tables::EventTable(m_pages);
    m_historyTable->setAccessibleName(tr("History of a key"));
    m_pages->addWidget(m_historyTable);
    m_help = new QTextBrowser(m_pages);
    m_help->setOpenExternalLinks(false);
    m_help->setAccessibleName(tr("Help"));
    m_help->document()->setDocumentMargin(metrics::formPadding);
    m_pages->addWidget(m_help);
    connect(m_onlyChanges, &QCheckBox::toggled, m_diff, &models::DiffModel::setOnlyChanges);
    connect(close, &QPushButton::clicked, this, &LowerPane::closePane);
    connect(m_historyTable, &tables::EventTable::rowSelected, this, [this](quint64 row) {
        if (const auto* event = m_history ? m_history->event(row) : nullptr) Q_EMIT eventChosen(*event);
    });
    setMinimumHeight(120);
    hide();
}

tables::TableView* LowerPane::newTable(QAbstractItemModel* model, QAbstractItemDelegate* delegate,
                                       const QString& name) {
    auto* table = new tables::TableView(m_pages);
    table->setModel(model);
    table->setItemDelegate(delegate);
    table->setAccessibleName(name);
    m_pages->addWidget(table);
    return table;
}

void LowerPane::open(QWidget* page, const QString& title, const QString& words) {
    if (page != m_historyTable) {
        m_historyTable->model()->setSource(nullptr);
        m_history.reset();
    }
    m_header->setTitle(title);
    m_words->setText(words);
    m_onlyChanges->setVisible(page == m_diffTable);
    m_pages->setCurrentWidget(page);
    show();
}

void LowerPane::compare(const engine::Event& left, const engine::Event& right) {
    m_diff->setTitles(titleOf(left), titleOf(right));
    m_diff->setRows(diffOf(left, right));
    const int changes = m_diff->changes();
    open(m_diffTable, tr("Compare"),
         changes == 0 ? tr("The two events are the same.") : tr("%1 fields differ").arg(changes));
    fitDiff();
}

// Both events have the same room, however narrow the pane.
void LowerPane::fitDiff() {
    const int field = width() < narrowWidth ? 120 : 190;
    m_diffTable->setColumnWidth(models::DiffModel::Field, field);
    m_diffTable->setColumnWidth(models::DiffModel::Left, std::max(120, (width() - field) / 2));
}

void LowerPane::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fitDiff();
}

void LowerPane::showHistory(const engine::Event& event, const engine::EventRing& ring,
                            std::shared_ptr<EventIndex> index) {
    const QString filter = historyFilter(event);
    if (filter.isEmpty()) return;
    m_historyTable->model()->setSource(nullptr);
    m_history = std::make_unique<RingRows>(ring, nullptr, std::move(index));
    m_key = utf8(event.key);
    connect(m_history.get(), &RingRows::searchedOn, this, [this] {
        m_historyTable->model()->refresh();
        showHistoryWords();
    });
    m_history->setFilter(filter);
    m_historyTable->model()->setSource(m_history.get());
    m_historyTable->setEmptyText(tr("Looking for records of this key among those held."));
    open(m_historyTable, tr("History of a key"), {});
    showHistoryWords();
}

void LowerPane::showHistoryWords() {
    qint64 least = -1, most = -1;
    for (quint64 row = m_history->first(); row < std::min(m_history->last(), m_history->first() + 10'000); ++row) {
        const auto* event = m_history->event(row);
        if (!event || event->version < 0) continue;
        least = least < 0 ? event->version : std::min<qint64>(least, event->version);
        most = std::max<qint64>(most, event->version);
    }
    const QString count = tr("%1 records held of %2").arg(theme::count(qint64(m_history->count())), m_key);
    m_words->setText(most < 0       ? count
                     : most == least ? tr("%1, version %2").arg(count, QString::number(least))
                                     : tr("%1, versions %2 to %3")
                                           .arg(count, QString::number(least), QString::number(most)));
}

void LowerPane::showSearched(const engine::ScanReport& report) {
    m_searched->setFacts(searchedFacts(report));
    open(m_searchedTable, tr("Offsets searched"),
         tr("%1, of each the first and the last offset that was read").arg(partitionsText(report.ranges)));
}

void LowerPane::showHelp(const QString& resource, const QString& title) {
    QFile file(resource);
    const bool there = file.open(QIODevice::ReadOnly);
    m_help->setMarkdown(there ? QString::fromUtf8(file.readAll()) : tr("This page is not in this build."));
    dress(*m_help->document());
    open(m_help, title, {});
    m_help->setFocus(Qt::OtherFocusReason);
}

void LowerPane::refresh() {
    if (!m_history) return;
    m_history->refresh();
    if (isVisible()) m_historyTable->model()->refresh();
}

bool LowerPane::closePane() {
    if (isHidden()) return false;
    hide();
    m_historyTable->model()->setSource(nullptr);
    m_history.reset();
    Q_EMIT closed();
    return true;
}

}  // namespace nova::views
