#include "widgets/tables/table_view.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>

#include "widgets/tables/delegates.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/theme.h"

namespace nova::tables {

TableView::TableView(QWidget* parent) : QTableView(parent) {
    setShowGrid(false);
    setWordWrap(false);
    setFrameShape(QFrame::NoFrame);
    setSelectionBehavior(SelectRows);
    setSelectionMode(SingleSelection);
    setEditTriggers(NoEditTriggers);
    setTextElideMode(Qt::ElideRight);
    setVerticalScrollMode(ScrollPerItem);
    setHorizontalScrollMode(ScrollPerPixel);
    setTabKeyNavigation(false);
    setCornerButtonEnabled(false);
    setItemDelegate(new PlainDelegate(this));
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setMinimumSectionSize(16);
    setRowHeight(theme::metrics::row);
    QHeaderView* head = horizontalHeader();
    head->setFixedHeight(theme::metrics::row);
    head->setHighlightSections(false);
    head->setSectionsClickable(false);
    head->setMinimumSectionSize(24);
    head->setFont(theme::font(theme::Type::Hint, QFont::Medium));
    connect(&theme::Theme::instance(), &theme::Theme::changed, viewport(), qOverload<>(&QWidget::update));
}

void TableView::setRowHeight(int height) {
    verticalHeader()->setDefaultSectionSize(height);
}

int TableView::rowHeight() const {
    return verticalHeader()->defaultSectionSize();
}

void TableView::setColumns(const std::vector<ColumnSpec>& columns) {
    QHeaderView* head = horizontalHeader();
    head->setStretchLastSection(false);
    for (int i = 0; i < static_cast<int>(columns.size()) && i < head->count(); ++i) {
        const ColumnSpec& spec = columns[static_cast<std::size_t>(i)];
        head->setSectionResizeMode(i, spec.stretch ? QHeaderView::Stretch : QHeaderView::Interactive);
        head->resizeSection(i, spec.width);
    }
}

void TableView::setEmptyText(const QString& text) {
    m_emptyText = text;
    viewport()->update();
}

void TableView::paintEvent(QPaintEvent* event) {
    QTableView::paintEvent(event);
    if (m_emptyText.isEmpty() || (model() && model()->rowCount() > 0)) return;
    QPainter painter(viewport());
    painter.setFont(theme::font(theme::Type::Control));
    painter.setPen(theme::tokens().t2);
    const int margin = theme::metrics::formPadding;
    painter.drawText(viewport()->rect().adjusted(margin, margin, -margin, -margin), Qt::AlignCenter | Qt::TextWordWrap,
                     m_emptyText);
}

void TableView::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy) && currentIndex().isValid()) {
        QGuiApplication::clipboard()->setText(currentIndex().data(Qt::DisplayRole).toString());
        return;
    }
    QTableView::keyPressEvent(event);
}

}  // namespace nova::tables
