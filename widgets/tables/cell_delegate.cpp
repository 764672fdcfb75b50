#include "widgets/tables/cell_delegate.h"

#include <QAbstractItemView>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include "widgets/models/cell_table_model.h"
#include "widgets/tables/cell.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/plain_tip.h"
#include "widgets/theme/theme.h"

namespace nova::tables {

using models::CellTableModel;
using models::CellTone;
using theme::Tabular;
using theme::Type;

namespace {

constexpr int shapeRoom = 16;

const Tabular& fontOf(const QModelIndex& index) {
    static const Tabular& control = Tabular::of(theme::font(Type::Control));
    static const Tabular& mono = Tabular::of(theme::font(Type::MonoTable));
    return index.data(CellTableModel::MonoRole).toBool() ? mono : control;
}

QColor inkOf(CellTone tone, const theme::Tokens& t) {
    switch (tone) {
        case CellTone::plain:
            return t.t1;
        case CellTone::second:
            return t.t2;
        case CellTone::ok:
            return t.ok;
        case CellTone::warn:
            return t.warn;
        case CellTone::err:
            return t.err;
        case CellTone::info:
            break;
    }
    return t.info;
}

}  // namespace

void CellDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const theme::Tokens& t = theme::tokens();
    paintCellGround(*painter, option, t);
    QRectF inner = cellInner(option);
    const auto status = static_cast<theme::Status>(index.data(CellTableModel::StatusRole).toInt());
    if (status != theme::Status::None) {
        theme::paintStatus(*painter, QRectF(inner.left(), inner.center().y() - 5, 10, 10), status, t);
        inner.adjust(shapeRoom, 0, 0, 0);
    }
    const bool right = index.data(Qt::TextAlignmentRole).toInt() & Qt::AlignRight;
    paintCellText(*painter, inner, fontOf(index),
                  inkOf(static_cast<CellTone>(index.data(CellTableModel::ToneRole).toInt()), t),
                  index.data().toString(), right);
}

bool CellDelegate::helpEvent(QHelpEvent* event, QAbstractItemView* view, const QStyleOptionViewItem& option,
                             const QModelIndex& index) {
    const QString text = index.data().toString();
    const bool hasTip = !index.data(Qt::ToolTipRole).toString().isEmpty();
    if (event->type() != QEvent::ToolTip || hasTip || fontOf(index).width(text) <= cellInner(option).width())
        return QStyledItemDelegate::helpEvent(event, view, option, index);
    QToolTip::showText(event->globalPos(), theme::plainTip(text), view);
    return true;
}

}  // namespace nova::tables
