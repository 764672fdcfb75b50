#include "widgets/tables/key_delegate.h"

#include <QPainter>
#include <algorithm>

#include "widgets/charts/mini_bar.h"
#include "widgets/models/key_table_model.h"
#include "widgets/tables/cell.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/theme.h"

namespace nova::tables {

void KeyDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const auto fraction = index.data(models::KeyTableModel::FractionRole);
    if (!fraction.isValid()) return CellDelegate::paint(painter, option, index);
    constexpr double barWidth = 64, barHeight = 8, gap = 8;
    const theme::Tokens& t = theme::tokens();
    paintCellGround(*painter, option, t);
    const QRectF inner = cellInner(option);
    const QRectF track(inner.left(), std::floor(inner.center().y()) - barHeight / 2, barWidth, barHeight);
    charts::paintFraction(*painter, track, std::clamp(fraction.toDouble(), 0.0, 1.0), t.t3, t);
    const auto& font = theme::Tabular::of(theme::font(theme::Type::Control));
    paintCellText(*painter, inner.adjusted(barWidth + gap, 0, 0, 0), font, t.t1, index.data().toString());
}

}  // namespace nova::tables
