#include <QPainter>

#include "widgets/charts/mini_bar.h"
#include "widgets/models/action_list_model.h"
#include "widgets/tables/cell.h"
#include "widgets/tables/delegates.h"
#include "widgets/theme/clock.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/numbers.h"
#include "widgets/theme/theme.h"

namespace nova::tables {

using models::ActionMark;
using models::ActionRow;
using theme::Tabular;
using theme::Tokens;
using theme::Type;

namespace {

constexpr double fullScaleMs = 330;  // one scale for all rows: the design's slowest promise but deletes, with room

QChar markSign(ActionMark mark) {
    switch (mark) {
        case ActionMark::Retry:
            return QChar(0x21bb);
        case ActionMark::Duplicate:
            return QChar(0x2296);
        case ActionMark::Stale:
            return QChar(0x25c7);
        case ActionMark::Failed:
            return QChar(0x2715);
        case ActionMark::None:
            break;
    }
    return {};
}

QString figure(const ActionRow& row) {
    if (row.mark == ActionMark::Failed) return ActionDelegate::tr("failed");
    const std::optional<double> last = row.visibleMs ? row.visibleMs : row.answeredMs;
    if (!last) return ActionDelegate::tr("open");
    const QString number = theme::ms(*last);
    if (row.overMs > 0)
        return QString(QChar(0x25b2) + QStringLiteral(" ") + theme::ms(row.overMs) + QStringLiteral(" · ") + number);
    return row.complete ? number : QString(number + QChar(0x2026));
}

void paintFirstLine(QPainter& painter, const QRectF& line, const ActionRow& row, const Tokens& t) {
    const Tabular& strong = Tabular::of(theme::font(Type::Control, QFont::DemiBold));
    const Tabular& medium = Tabular::of(theme::font(Type::Control, QFont::Medium));
    const Tabular& plain = Tabular::of(theme::font(Type::Control));
    const Tabular& hint = Tabular::of(theme::font(Type::Hint));
    const bool bad = row.overMs > 0 || row.mark == ActionMark::Failed;
    const QString number = figure(row);
    const Tabular& numberFont = bad ? strong : plain;
    paintCellText(painter, line, numberFont, bad ? t.err : row.answeredMs ? t.t1 : t.t2, number, true);
    const double limit = line.right() - numberFont.width(number) - 8;
    const auto room = [&](double left) { return QRectF(left, line.top(), std::max(0.0, limit - left), line.height()); };
    double x = paintCellText(painter, room(line.left()), medium, t.t1, row.action) + 6;
    x = paintCellText(painter, room(x), plain, t.t2, row.user) + 6;
    if (row.mark != ActionMark::None) {
        const QColor ink = row.mark == ActionMark::Failed ? t.err : row.mark == ActionMark::Duplicate ? t.warn : t.t2;
        paintCellText(painter, room(x), hint, ink, QString(markSign(row.mark) + QStringLiteral(" ") + row.markText));
    }
}

}  // namespace

QSize ActionDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {120, theme::metrics::rowTwoLines};
}

void ActionDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const auto* model = qobject_cast<const models::ActionListModel*>(index.model());
    const ActionRow* row = model ? model->rowAt(index.row()) : nullptr;
    if (!row) return;
    const Tokens& t = theme::tokens();
    const bool selected = option.state & QStyle::State_Selected;
    if (selected) painter->fillRect(option.rect, t.sel);
    painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1), t.line);
    if (selected) painter->fillRect(QRect(option.rect.left(), option.rect.top(), 3, option.rect.height()), t.accent);
    const QRectF inner = QRectF(option.rect).adjusted(theme::metrics::panePadding, 4, -theme::metrics::panePadding, -5);
    paintFirstLine(*painter, QRectF(inner.left(), inner.top(), inner.width(), 18), *row, t);

    const Tabular& mono = Tabular::of(theme::font(Type::MonoHex));
    const QString time = theme::clockText(row->startedUs);
    const QRectF second(inner.left(), inner.top() + 18, inner.width(), 16);
    paintCellText(*painter, second, mono, t.t2, time);
    const double left = second.left() + mono.width(time) + 12;
    if (second.right() - left < 40) return;
    const charts::ActionBar bar{row->answeredMs, row->visibleMs, row->answeredBudget, row->visibleBudget,
                                row->mark == ActionMark::Failed};
    charts::paintActionBar(*painter, QRectF(left, second.top() + 4, second.right() - left, 8), bar, fullScaleMs, t);
}

}  // namespace nova::tables
