#include "widgets/tables/cell.h"

#include <QFontMetricsF>
#include <QPainter>

#include "widgets/theme/fonts.h"
#include "widgets/theme/metrics.h"

namespace nova::tables {

void paintCellGround(QPainter& painter, const QStyleOptionViewItem& option, const theme::Tokens& tokens) {
    if (option.state & QStyle::State_Selected) painter.fillRect(option.rect, tokens.sel);
    painter.fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1), tokens.grid);
}

QRectF cellInner(const QStyleOptionViewItem& option) {
    constexpr int padding = theme::metrics::cellPadding;
    return QRectF(option.rect).adjusted(padding, 0, -padding, -1);
}

double paintCellText(QPainter& painter, const QRectF& rect, const theme::Tabular& font, const QColor& ink,
                     const QString& text, bool right) {
    if (text.isEmpty() || rect.width() < 4) return rect.left();
    painter.setPen(ink);
    const double width = font.width(text);
    if (width <= rect.width()) {
        font.draw(painter, rect, (right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter, text);
        return right ? rect.right() : rect.left() + width;
    }
    const QString cut = QFontMetricsF(font.font()).elidedText(text, Qt::ElideRight, rect.width());
    font.draw(painter, rect, Qt::AlignLeft | Qt::AlignVCenter, cut);
    return rect.right();
}

double paintTag(QPainter& painter, double left, double limit, double middle, const QString& text, const QColor& ink,
                const QColor& fill) {
    const theme::Tabular& font = theme::Tabular::of(theme::font(theme::Type::Hint, QFont::Medium));
    const QRectF box(left, middle - 8, font.width(text) + 10, 16);
    if (box.right() > limit) return left;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(fill);
    painter.drawRoundedRect(box, 3, 3);
    painter.restore();
    painter.setPen(ink);
    font.draw(painter, box, Qt::AlignHCenter | Qt::AlignVCenter, text);
    return box.right();
}

}  // namespace nova::tables
