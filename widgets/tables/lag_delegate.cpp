#include "widgets/tables/lag_delegate.h"

#include <QPainter>

#include "widgets/models/lag_partition_model.h"
#include "widgets/tables/cell.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/status.h"
#include "widgets/theme/theme.h"

namespace nova::tables {

using models::LagPartitionModel;
using theme::Tabular;
using theme::Type;

void LagDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const theme::Tokens& t = theme::tokens();
    paintCellGround(*painter, option, t);
    QRectF inner = cellInner(option);
    const QString text = index.data().toString();
    const QColor inks[] = {t.t1, t.t2, t.warn, t.err, t.ok};
    const int tone = index.data(LagPartitionModel::ToneRole).toInt();
    const QColor ink = inks[tone];
    switch (index.column()) {
        case LagPartitionModel::Shape: {
            const auto status = static_cast<theme::Status>(index.data(LagPartitionModel::StatusRole).toInt());
            theme::paintStatus(*painter, QRectF(inner.left(), inner.center().y() - 5, 10, 10), status, t);
            return;
        }
        case LagPartitionModel::Holder: {
            // The end of a client's name tells it from its siblings.
            const bool held = tone == LagPartitionModel::Plain;
            const Tabular& font = Tabular::of(theme::font(held ? Type::MonoTable : Type::Control));
            const QFontMetricsF metrics(font.font());
            paintCellText(*painter, inner, font, ink, metrics.elidedText(text, Qt::ElideMiddle, inner.width()));
            return;
        }
        case LagPartitionModel::Lag: {
            const bool over = index.data(LagPartitionModel::OverRole).toBool();
            const Tabular& font = Tabular::of(theme::font(Type::Control, over ? QFont::DemiBold : QFont::Normal));
            paintCellText(*painter, inner, font, ink, text, true);
            if (!over) return;
            const double right = inner.right() - font.width(text) - 5;
            painter->save();
            painter->setRenderHint(QPainter::Antialiasing);
            painter->setPen(Qt::NoPen);
            painter->setBrush(ink);
            const QPointF middle(right - 4.5, inner.center().y());
            painter->drawPolygon(
                QPolygonF{middle + QPointF(0, -4.2), middle + QPointF(4.6, 3.8), middle + QPointF(-4.6, 3.8)});
            painter->restore();
            return;
        }
        default: {
            const bool loud = tone == LagPartitionModel::WarnTone || tone == LagPartitionModel::ErrTone;
            const bool right = index.data(Qt::TextAlignmentRole).toInt() & Qt::AlignRight;
            const Tabular& font = Tabular::of(theme::font(Type::Control, loud ? QFont::DemiBold : QFont::Normal));
            // Where the reason does not fit, the word stands alone; the tooltip has the rest.
            const bool cut = index.column() == LagPartitionModel::Word && font.width(text) > inner.width();
            paintCellText(*painter, inner, font, ink, cut ? text.section(QStringLiteral(" · "), 0, 0) : text, right);
        }
    }
}

}  // namespace nova::tables
