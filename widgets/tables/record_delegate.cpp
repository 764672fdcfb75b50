#include "widgets/tables/record_delegate.h"

#include <QFontMetricsF>
#include <QPainter>

#include "widgets/models/diff_model.h"
#include "widgets/models/fact_model.h"
#include "widgets/tables/cell.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/status.h"
#include "widgets/theme/theme.h"

namespace nova::tables {

using models::DiffModel;
using models::DiffRow;
using models::FactModel;
using theme::Tabular;
using theme::Type;

void FactDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const theme::Tokens& t = theme::tokens();
    paintCellGround(*painter, option, t);
    const QRectF inner = cellInner(option);
    const QString text = index.data().toString();
    switch (index.column()) {
        case FactModel::Kind: {
            const auto status = static_cast<theme::Status>(index.data(FactModel::StatusRole).toInt());
            theme::paintStatus(*painter, QRectF(inner.left(), inner.center().y() - 5, 10, 10), status, t);
            paintCellText(*painter, inner.adjusted(20, 0, 0, 0), Tabular::of(theme::font(Type::Control)), t.t2, text);
            break;
        }
        case FactModel::Subject: {
            const Tabular& mono = Tabular::of(theme::font(Type::MonoTable));
            const bool leads = !index.data(FactModel::TargetRole).toString().isEmpty();
            const QString cut = QFontMetricsF(mono.font()).elidedText(text, Qt::ElideMiddle, inner.width());
            paintCellText(*painter, inner, mono, leads ? t.accent : t.t1, cut);
            break;
        }
        default:
            paintCellText(*painter, inner, Tabular::of(theme::font(Type::Control)), t.t2, text, true);
    }
}

void RecordDiffDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const theme::Tokens& t = theme::tokens();
    const auto kind = static_cast<DiffRow::Kind>(index.data(DiffModel::KindRole).toInt());
    const bool left = index.column() == DiffModel::Left, right = index.column() == DiffModel::Right;
    const bool gone = left && (kind == DiffRow::Kind::changed || kind == DiffRow::Kind::onlyLeft);
    const bool come = right && (kind == DiffRow::Kind::changed || kind == DiffRow::Kind::onlyRight);
    if (gone) painter->fillRect(option.rect, t.errBg);
    if (come) painter->fillRect(option.rect, t.okBg);
    paintCellGround(*painter, option, t);
    const QRectF inner = cellInner(option);
    const QString text = index.data().toString();
    if (kind == DiffRow::Kind::heading) {
        paintCellText(*painter, inner, Tabular::of(theme::font(Type::Hint, QFont::DemiBold)), t.t2, text);
    } else if (index.column() == DiffModel::Field) {
        const QString mark = kind == DiffRow::Kind::same ? QString() : QString(QChar(0x2260));
        paintCellText(*painter, inner, Tabular::of(theme::font(Type::Control)), t.warn, mark);
        const auto ink = kind == DiffRow::Kind::same ? t.t2 : t.t1;
        paintCellText(*painter, inner.adjusted(16, 0, 0, 0), Tabular::of(theme::font(Type::MonoTable)), ink, text);
    } else {
        paintCellText(*painter, inner, Tabular::of(theme::font(Type::MonoTable)),
                      kind == DiffRow::Kind::same ? t.t2 : t.t1, text);
    }
}

}  // namespace nova::tables
