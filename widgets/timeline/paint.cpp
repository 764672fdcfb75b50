#include "widgets/timeline/paint.h"

#include <QPainter>

#include "widgets/theme/fonts.h"
#include "widgets/timeline/paint_parts.h"

namespace nova::timeline {

const theme::Tabular& labelFont(TextWeight weight) {
    static const theme::Tabular& normal = theme::Tabular::of(theme::font(theme::Type::Hint));
    static const theme::Tabular& medium = theme::Tabular::of(theme::font(theme::Type::Hint, QFont::Medium));
    static const theme::Tabular& strong = theme::Tabular::of(theme::font(theme::Type::Hint, QFont::DemiBold));
    return weight == TextWeight::Normal ? normal : weight == TextWeight::Medium ? medium : strong;
}

double labelWidth(const QString& text, TextWeight weight) {
    return labelFont(weight).width(text);
}

QColor faded(QColor color, double alpha) {
    color.setAlphaF(static_cast<float>(alpha));
    return color;
}

void paintStatic(QPainter& painter, const Data& data, const Layout& layout, const View& view,
                 const theme::Tokens& tokens) {
    painter.fillRect(QRectF(QPointF(), layout.size), tokens.bg1);
    const QRectF lanes(0, layout.lanesTop, layout.size.width(), layout.lanesBottom - layout.lanesTop);
    const QRectF hops = lanes.adjusted(layout.labelWidth + 1, 0, 0, 0);
    painter.save();
    painter.setClipRect(lanes);
    paintLanes(painter, data, layout, tokens);
    paintWindows(painter, layout, tokens);
    paintGrid(painter, layout, tokens);
    painter.setClipRect(hops);
    paintBars(painter, data, layout, tokens);
    paintArrows(painter, data, layout, tokens);
    if (view.critical) paintCritical(painter, data, layout, tokens);
    painter.restore();
    paintFlagLines(painter, data, layout, tokens);
    painter.save();
    painter.setClipRect(hops);
    paintLabels(painter, data, layout, tokens);
    painter.restore();
    paintLaneNames(painter, data, layout, tokens);
    paintBands(painter, data, layout, tokens);
}

void paintOverlay(QPainter& painter, const Data& data, const Layout& layout, const Hit& hover, const QString& selected,
                  const theme::Tokens& tokens) {
    painter.save();
    painter.setClipRect(
        QRectF(layout.labelWidth + 1, layout.lanesTop, layout.size.width(), layout.lanesBottom - layout.lanesTop));
    const auto frame = [&](const QRectF& rect, const QColor& color, double gap, double width) {
        const QRectF outer = rect.toAlignedRect().marginsAdded(QMargins(1, 1, 1, 1) * static_cast<int>(gap + width));
        painter.fillRect(QRectF(outer.left(), outer.top(), outer.width(), width), color);
        painter.fillRect(QRectF(outer.left(), outer.bottom() - width, outer.width(), width), color);
        painter.fillRect(QRectF(outer.left(), outer.top(), width, outer.height()), color);
        painter.fillRect(QRectF(outer.right() - width, outer.top(), width, outer.height()), color);
    };
    const auto index = static_cast<std::size_t>(hover.index);
    if (hover.kind == HitKind::Bar && index < layout.bars.size()) frame(layout.bars[index].rect, tokens.t2, 1, 1);
    if (hover.kind == HitKind::Arrow && index < layout.arrows.size()) {
        painter.setRenderHint(QPainter::Antialiasing);
        paintArrow(painter, data.arrows[index], layout.arrows[index], tokens.accent, 2);
        painter.setRenderHint(QPainter::Antialiasing, false);
    }
    for (std::size_t i = 0; !selected.isEmpty() && i < data.bars.size(); ++i)
        if (data.bars[i].hop == selected && layout.bars[i].visible) frame(layout.bars[i].rect, tokens.accent, 2, 2);
    painter.restore();
}

void paintChosenFlag(QPainter& painter, const Layout& layout, int flag, const theme::Tokens& tokens) {
    const auto index = static_cast<std::size_t>(flag);
    if (flag < 0 || index >= layout.flags.size() || !layout.flags[index].visible) return;
    const FlagBox& box = layout.flags[index];
    painter.fillRect(QRectF(box.x - 1, layout.lanesTop, 2, layout.lanesBottom - layout.lanesTop), tokens.accent);
    if (box.rect.isEmpty()) return;
    painter.save();
    painter.setPen(QPen(tokens.accent, 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(box.rect.adjusted(-2, -2, 2, 2));
    painter.restore();
}

}  // namespace nova::timeline
