// Shared pieces of the cell painters.
#pragma once

#include <QString>
#include <QStyleOptionViewItem>

#include "widgets/theme/tabular.h"
#include "widgets/theme/tokens.h"

class QPainter;

namespace nova::tables {

// Ground of a cell, selected or not, with the line below it.
void paintCellGround(QPainter& painter, const QStyleOptionViewItem& option, const theme::Tokens& tokens);
// The inside of a cell, without padding.
QRectF cellInner(const QStyleOptionViewItem& option);
// Text in one line, cut with an ellipsis where it does not fit. Returns the right end of the text.
double paintCellText(QPainter& painter, const QRectF& rect, const theme::Tabular& font, const QColor& ink,
                     const QString& text, bool right = false);
// A small filled tag with text; returns its right end, or `left` when it does not fit before `limit`.
double paintTag(QPainter& painter, double left, double limit, double middle, const QString& text, const QColor& ink,
                const QColor& fill);

}  // namespace nova::tables
