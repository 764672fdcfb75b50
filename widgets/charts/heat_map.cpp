#include "widgets/charts/heat_map.h"

#include <QAccessible>
#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QRegularExpression>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "widgets/theme/metrics.h"
#include "widgets/theme/theme.h"

namespace nova::charts {
namespace {

constexpr double bandWidth = 9;
constexpr double bandFrom = 2;  // heights of the view: a shorter list is seen by a turn of the wheel

}  // namespace

int HeatRow::worst() const {
    int level = -1;
    for (const HeatCell& cell : cells) {
        if (cell.alarm || cell.kind == HeatCell::Kind::beyond) return 5;
        if (cell.kind == HeatCell::Kind::value) level = std::max(level, heatLevel(cell.value, threshold));
    }
    return level;
}

HeatMap::HeatMap(QWidget* parent) : QAbstractScrollArea(parent) {
    setObjectName(QStringLiteral("heatMap"));
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Lag by group, topic and partition"));
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setMouseTracking(true);
    connect(&theme::Theme::instance(), &theme::Theme::changed, viewport(), qOverload<>(&QWidget::update));
}

void HeatMap::setRows(std::vector<HeatRow> rows) {
    if (rows == m_rows) return;
    const bool sameShape =
        std::equal(rows.begin(), rows.end(), m_rows.begin(), m_rows.end(),
                   [](const HeatRow& a, const HeatRow& b) { return a.cells.size() == b.cells.size(); });
    const QStringList before = visibleKeys();
    m_rows = std::move(rows);
    if (!sameShape) relayout();
    viewport()->update();
    if (visibleKeys() != before) Q_EMIT visibleChanged();
}

void HeatMap::setSeconds(bool seconds) {
    m_seconds = seconds;
    viewport()->update();
}

void HeatMap::setShape(HeatLayout::Shape shape) {
    if (m_shape == shape) return;
    m_shape = shape;
    relayout();
    reveal(rowOf(m_selected));
    viewport()->update();
    Q_EMIT visibleChanged();
}

void HeatMap::setSideTitle(const QString& title) {
    m_sideTitle = title;
    viewport()->update();
}

void HeatMap::setEmptyText(const QString& text) {
    if (m_emptyText == text) return;
    m_emptyText = text;
    viewport()->update();
}

void HeatMap::select(const QString& key, int cell) {
    if (m_selected == key && m_cell == cell) return;
    m_selected = key;
    m_cell = cell;
    reveal(rowOf(key));
    viewport()->update();
}

const HeatLayout& HeatMap::currentLayout() const {
    return m_layout;
}

QStringList HeatMap::visibleKeys() const {
    QStringList keys;
    const double top = verticalScrollBar()->value();
    const auto [from, until] = m_layout.touching(top, top + viewport()->height() - headHeight());
    for (int i = from; i < until && i < static_cast<int>(m_rows.size()); ++i)
        keys << m_rows[static_cast<std::size_t>(i)].key;
    return keys;
}

QSize HeatMap::minimumSizeHint() const {
    return {380, 5 * 34};
}

QSize HeatMap::sizeHint() const {
    return {720, 236};
}

int HeatMap::headHeight() const {
    return m_shape == HeatLayout::Shape::list ? theme::metrics::row : 4;
}

void HeatMap::relayout() {
    std::vector<int> cells;
    cells.reserve(m_rows.size());
    for (const HeatRow& row : m_rows) cells.push_back(static_cast<int>(row.cells.size()));
    const QSizeF view(viewport()->width(), viewport()->height() - headHeight());
    m_layout = HeatLayout::of(m_shape, cells, view);
    if (m_shape == HeatLayout::Shape::list && m_layout.height() > bandFrom * view.height())
        m_layout = HeatLayout::of(m_shape, cells, view - QSizeF(bandWidth + 5, 0));
    verticalScrollBar()->setPageStep(static_cast<int>(view.height()));
    verticalScrollBar()->setSingleStep(34);
    verticalScrollBar()->setRange(0, std::max(0, static_cast<int>(std::ceil(m_layout.height() - view.height()))));
}

QRectF HeatMap::bandRect() const {
    if (m_shape != HeatLayout::Shape::list) return {};
    if (m_layout.height() <= bandFrom * verticalScrollBar()->pageStep()) return {};
    const double top = headHeight();
    return {viewport()->width() - bandWidth - 3, top + 1, bandWidth, viewport()->height() - top - 3};
}

QPointF HeatMap::contentOf(const QPointF& at) const {
    if (at.y() < headHeight()) return {-1, -1};
    return at + QPointF(0, verticalScrollBar()->value() - headHeight());
}

int HeatMap::rowOf(const QString& key) const {
    const auto found = std::find_if(m_rows.begin(), m_rows.end(), [&](const HeatRow& r) { return r.key == key; });
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

void HeatMap::reveal(int row) {
    if (row < 0 || row >= m_layout.size()) return;
    const QRectF rect = m_layout.row(row).rect;
    auto* bar = verticalScrollBar();
    const int seen = viewport()->height() - headHeight();
    if (rect.top() < bar->value())
        bar->setValue(static_cast<int>(rect.top()));
    else if (rect.bottom() > bar->value() + seen)
        bar->setValue(static_cast<int>(std::ceil(rect.bottom())) - seen);
}

void HeatMap::choose(int row, int cell) {
    if (row < 0 || row >= static_cast<int>(m_rows.size())) return;
    const HeatRow& r = m_rows[static_cast<std::size_t>(row)];
    select(r.key, std::min(cell, static_cast<int>(r.cells.size()) - 1));
    speak();
    Q_EMIT chosen(m_selected, m_cell);
}

// What a screen reader says of the selection.
void HeatMap::speak() {
    const int row = rowOf(m_selected);
    if (row < 0) return;
    const HeatRow& r = m_rows[static_cast<std::size_t>(row)];
    QString words = tr("%1, %2, %3").arg(r.title, r.subtitle, r.word);
    if (m_tip && m_cell >= 0) {
        QString tip = m_tip(row, m_cell);
        static const QRegularExpression tags(QStringLiteral("<[^>]*>"));
        words += QStringLiteral(", ") + tip.replace(tags, QStringLiteral(" ")).simplified();
    }
    setAccessibleDescription(words);
    QAccessibleEvent event(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
}

void HeatMap::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    relayout();
    Q_EMIT visibleChanged();
}

void HeatMap::scrollContentsBy(int, int) {
    viewport()->update();
    Q_EMIT visibleChanged();
}

void HeatMap::mousePressEvent(QMouseEvent* event) {
    const QRectF band = bandRect();
    if (!band.isEmpty() && event->position().x() >= band.left() - 3) {
        const double part = (event->position().y() - band.top()) / band.height();
        verticalScrollBar()->setValue(static_cast<int>(part * m_layout.height()) - verticalScrollBar()->pageStep() / 2);
        return;
    }
    const QPointF at = contentOf(event->position());
    const int row = m_layout.rowAt(at);
    if (row >= 0) choose(row, m_layout.cellAt(row, at));
}

void HeatMap::mouseDoubleClickEvent(QMouseEvent* event) {
    const QPointF at = contentOf(event->position());
    if (m_layout.rowAt(at) >= 0) Q_EMIT activated(m_selected, m_cell);
}

void HeatMap::mouseMoveEvent(QMouseEvent* event) {
    const int row = m_layout.rowAt(contentOf(event->position()));
    viewport()->setCursor(row >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    if (std::exchange(m_hover, row) != row) viewport()->update();
}

void HeatMap::leaveEvent(QEvent* event) {
    QAbstractScrollArea::leaveEvent(event);
    if (std::exchange(m_hover, -1) != -1) viewport()->update();
}

void HeatMap::contextMenuEvent(QContextMenuEvent* event) {
    if (event->reason() == QContextMenuEvent::Mouse) {
        const QPointF at = contentOf(viewport()->mapFromGlobal(event->globalPos()));
        const int row = m_layout.rowAt(at);
        if (row < 0) return;
        choose(row, m_layout.cellAt(row, at));
    }
    if (rowOf(m_selected) >= 0) Q_EMIT menuWanted(m_selected, m_cell, event->globalPos());
}

void HeatMap::keyPressEvent(QKeyEvent* event) {
    const int row = rowOf(m_selected), last = static_cast<int>(m_rows.size()) - 1;
    if (last < 0) return QAbstractScrollArea::keyPressEvent(event);
    const int page = std::max(1, static_cast<int>(visibleKeys().size()) - 1);
    switch (event->key()) {
        case Qt::Key_Down:
            return choose(std::min(row + 1, last), m_cell);
        case Qt::Key_Up:
            return choose(std::max(row - 1, 0), m_cell);
        case Qt::Key_PageDown:
            return choose(std::min(row + page, last), m_cell);
        case Qt::Key_PageUp:
            return choose(std::max(row - page, 0), m_cell);
        case Qt::Key_Home:
            return choose(0, m_cell);
        case Qt::Key_End:
            return choose(last, m_cell);
        case Qt::Key_Right:
            return choose(std::max(row, 0), m_cell + 1);
        case Qt::Key_Left:
            return choose(std::max(row, 0), std::max(-1, m_cell - 1));
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (row >= 0) Q_EMIT activated(m_selected, m_cell);
            return;
        default:
            QAbstractScrollArea::keyPressEvent(event);
    }
}

bool HeatMap::viewportEvent(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QAbstractScrollArea::viewportEvent(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const QPointF at = contentOf(help->pos());
    const int row = m_layout.rowAt(at);
    const QString text = row >= 0 && m_tip ? m_tip(row, m_layout.cellAt(row, at)) : QString();
    if (text.isEmpty())
        QToolTip::hideText();
    else
        QToolTip::showText(help->globalPos(), text, viewport());
    return true;
}

}  // namespace nova::charts
