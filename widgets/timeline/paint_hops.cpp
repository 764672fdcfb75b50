// Bars, arrows and their labels. Lines wider than 1 px are filled shapes: a wide antialiased pen is far slower.
#include <QPolygonF>
#include <algorithm>
#include <cmath>

#include "widgets/theme/fonts.h"
#include "widgets/timeline/paint_parts.h"

namespace nova::timeline {
namespace {

using theme::Tokens;

void paintHatch(QPainter& painter, const QRectF& rect, const QColor& color) {
    painter.save();
    painter.setClipRect(rect, Qt::IntersectClip);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    constexpr double step = 8.5, thick = 3.1;
    for (double x = rect.left() - rect.height(); x < rect.right(); x += step)
        painter.drawPolygon(QPolygonF{{x, rect.bottom()},
                                      {x + thick, rect.bottom()},
                                      {x + thick + rect.height(), rect.top()},
                                      {x + rect.height(), rect.top()}});
    painter.restore();
}

void paintFrame(QPainter& painter, const QRect& rect, const QColor& color) {
    painter.setPen(QPen(color, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(rect.adjusted(0, 0, -1, -1));
}

void paintDashedFrame(QPainter& painter, const QRect& rect, const QColor& color) {
    QPen pen(color, 1);
    pen.setDashPattern({2, 3});
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(rect.adjusted(0, 0, -1, -1));
}

// The parts of a bar that are not spent waiting.
std::vector<Interval> ownWork(const Bar& bar) {
    std::vector<Interval> waits = bar.waits;
    std::sort(waits.begin(), waits.end(), [](const Interval& a, const Interval& b) { return a.start < b.start; });
    std::vector<Interval> own;
    double from = bar.start;
    for (const Interval& wait : waits) {
        if (wait.start > from) own.push_back({from, std::min(wait.start, bar.end)});
        from = std::max(from, wait.end);
    }
    if (from < bar.end || waits.empty()) own.push_back({from, bar.end});
    return own;
}

// The right end of a bar whose end is not known: open, and fading in three steps.
void paintOpenEnd(QPainter& painter, const QRect& rect, const QColor& color, const Tokens& t) {
    constexpr int steps = 3;
    const int wide = std::min(36, rect.width() / 2) / steps;
    for (int i = 0; i < steps; ++i) {
        const QRect part(rect.right() + 1 - wide * (steps - i), rect.top(), wide, rect.height());
        painter.fillRect(part, t.bg1);
        painter.fillRect(part, faded(color, 0.46 * (steps - i) / (steps + 1)));
    }
}

void paintBar(QPainter& painter, const Bar& bar, const BarBox& box, const Lane& lane, const Layout& layout,
              const Tokens& t) {
    const QColor color = t.service(lane.colorKey);
    const QRect rect = box.rect.toAlignedRect();
    painter.fillRect(rect, t.bg1);
    if (bar.state == BarState::Missing) return paintDashedFrame(painter, rect, t.t3);
    if (bar.state == BarState::Pending) {
        painter.fillRect(rect, faded(color, 0.10));
        return paintDashedFrame(painter, rect, color);
    }
    if (bar.hatch) {
        paintHatch(painter, rect, faded(color, 0.55));
        paintFrame(painter, rect, color);
        if (bar.state == BarState::Unfinished) paintOpenEnd(painter, rect, color, t);
        return;
    }
    painter.fillRect(rect, faded(color, 0.10));
    const QColor solid = faded(color, lane.kind == LaneKind::People ? 0.30 : 0.46);
    for (const Interval& part : ownWork(bar)) {
        const double left = std::max<double>(rect.left(), layout.scale.x(part.start));
        const double right = std::min<double>(rect.right() + 1, std::max(layout.scale.x(part.end), left + 1.5));
        if (right > left) painter.fillRect(QRectF(left, rect.top(), right - left, rect.height()), solid);
    }
    paintFrame(painter, rect, faded(color, 0.80));
    if (bar.state == BarState::Unfinished) paintOpenEnd(painter, rect, color, t);
}

// Rule 5.
void paintBudget(QPainter& painter, const Bar& bar, const BarBox& box, const Layout& layout, const Tokens& t) {
    if (!bar.budget || box.budgetX < 0) return;
    const QRectF rect = box.rect.toAlignedRect();
    const double y = rect.bottom() + 3;
    const double end = std::min(box.budgetX, layout.size.width());
    const bool over = bar.over() > 0;
    painter.fillRect(QRectF(rect.left(), y, std::max(0.0, std::min(end, over ? end : rect.right()) - rect.left()), 2),
                     faded(t.t3, 0.9));
    // A budget far off screen would dot the whole lane: a short stub says that there is room.
    constexpr double stub = 24;
    const double dotsEnd = box.budgetX <= layout.size.width() ? end : std::min(end, rect.right() + stub);
    if (!over)
        for (double x = rect.right() + 2; x < dotsEnd; x += 4) painter.fillRect(QRectF(x, y + 0.5, 2, 1), t.t3);
    if (box.budgetX <= layout.size.width()) painter.fillRect(QRectF(std::round(box.budgetX), y - 2, 1, 6), t.t2);
    if (over) painter.fillRect(QRectF(end, y - 1, std::max(2.0, rect.right() - end), 4), t.err);
}

void fillLine(QPainter& painter, const QPointF& a, const QPointF& b, double width, const QColor& color) {
    const QPointF d = b - a;
    const double length = std::hypot(d.x(), d.y());
    if (length < 1e-6) return;
    const QPointF side(-d.y() / length * width / 2, d.x() / length * width / 2);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawPolygon(QPolygonF{a + side, b + side, b - side, a - side});
}

QColor arrowColor(const Arrow& arrow, const Tokens& t) {
    if (arrow.kind == ArrowKind::Duplicate) return t.warn;
    if (!arrow.critical) return t.t3;
    return arrow.kind == ArrowKind::Return ? t.t2 : t.t1;
}

QColor plateColor(const QRectF& rect, const Layout& layout, const Tokens& t) {
    const bool tinted = std::any_of(layout.windows.begin(), layout.windows.end(),
                                    [&](const WindowBox& window) { return window.rect.contains(rect.center()); });
    if (!tinted) return t.bg1;
    const auto mix = [](int base, int over) { return (base * 9 + over) / 10; };
    return QColor(mix(t.bg1.red(), t.win.red()), mix(t.bg1.green(), t.win.green()), mix(t.bg1.blue(), t.win.blue()));
}

}  // namespace

void paintBars(QPainter& painter, const Data& data, const Layout& layout, const Tokens& t) {
    QPen dashed(t.t3, 1);
    dashed.setDashPattern({3, 2});
    for (const QRectF& designed : layout.designed) {
        painter.setPen(dashed);
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(designed.toAlignedRect().adjusted(0, 0, -1, -1));
    }
    for (std::size_t i = 0; i < layout.bars.size(); ++i) {
        if (!layout.bars[i].visible) continue;
        const Bar& bar = data.bars[i];
        paintBar(painter, bar, layout.bars[i], data.lanes[static_cast<std::size_t>(bar.lane)], layout, t);
        paintBudget(painter, bar, layout.bars[i], layout, t);
    }
}

void paintArrow(QPainter& painter, const Arrow& arrow, const ArrowBox& box, const QColor& color, double width) {
    constexpr double headLength = 6.5, headHalf = 3;
    const QPointF d = box.to - box.from;
    const double length = std::hypot(d.x(), d.y());
    if (length < 1e-6) return;
    const QPointF along = d / length, side(-along.y() * headHalf, along.x() * headHalf);
    const QPointF neck = box.to - along * headLength;
    const bool back = arrow.kind == ArrowKind::Return, duplicate = arrow.kind == ArrowKind::Duplicate;
    if (back || duplicate || arrow.link == Link::Guessed) {
        QPen pen(color, 1);
        pen.setDashPattern(back ? QList<qreal>{4, 3} : duplicate ? QList<qreal>{2, 3} : QList<qreal>{6, 4});
        painter.setPen(pen);
        painter.drawLine(box.from, back ? box.to : neck);
    } else {
        const double thick = box.folded > 0 ? 3 : width;
        painter.setPen(QPen(color, 1));
        if (thick > 1)
            fillLine(painter, box.from, neck, thick, color);
        else
            painter.drawLine(box.from, neck);
    }
    if (duplicate) return;
    if (back) {
        painter.setPen(QPen(color, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawPolyline(QPolygonF{neck + side, box.to, neck - side});
        return;
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawPolygon(QPolygonF{neck + side, box.to, neck - side});
}

void paintArrows(QPainter& painter, const Data& data, const Layout& layout, const Tokens& t) {
    constexpr std::ptrdiff_t smoothUpTo =
        300;  // more arrows merge into a texture anyway, and smoothing them takes most of a frame
    const auto shown =
        std::count_if(layout.arrows.begin(), layout.arrows.end(), [](const ArrowBox& box) { return box.visible; });
    painter.setRenderHint(QPainter::Antialiasing, shown <= smoothUpTo);
    for (const bool critical : {false, true})
        for (std::size_t i = 0; i < layout.arrows.size(); ++i) {
            const Arrow& arrow = data.arrows[i];
            const ArrowBox& box = layout.arrows[i];
            if (!box.visible || arrow.critical != critical) continue;
            paintArrow(painter, arrow, box, arrowColor(arrow, t),
                       critical && arrow.kind != ArrowKind::Return && shown <= smoothUpTo ? 1.4 : 1);
            if (arrow.kind != ArrowKind::Duplicate) continue;
            painter.setPen(QPen(t.warn, 1));
            painter.setBrush(t.bg1);
            painter.drawEllipse(box.to, 5, 5);
            fillLine(painter, box.to - QPointF(3, 0), box.to + QPointF(3, 0), 1.75, t.warn);
        }
    painter.setRenderHint(QPainter::Antialiasing, false);
}

// Rule 7: exactly the critical part of a bar.
void paintCritical(QPainter& painter, const Data& data, const Layout& layout, const Tokens& t) {
    for (std::size_t i = 0; i < layout.bars.size(); ++i) {
        const BarBox& box = layout.bars[i];
        if (!box.visible || box.folded > 0) continue;
        const QRectF rect = box.rect.toAlignedRect();
        for (const Interval& part : data.bars[i].critical) {
            const double left = std::max(rect.left(), layout.scale.x(part.start));
            const double right = std::min(rect.right(), std::max(layout.scale.x(part.end), left + 3));
            if (right <= left) continue;
            const QRect outline = QRectF(left, rect.top(), right - left, rect.height()).toAlignedRect();
            paintFrame(painter, outline, t.t1);
            if (outline.width() > 6) paintFrame(painter, outline.adjusted(1, 1, -1, -1), faded(t.t1, 0.5));
        }
    }
}

void paintLabels(QPainter& painter, const Data& data, const Layout& layout, const Tokens& t) {
    for (const Label& label : layout.labels) {
        // A hatch needs a plate too: text on it would be read through bars.
        const bool hatched = label.of == LabelOf::Bar && data.bars[static_cast<std::size_t>(label.index)].hatch;
        if (hatched && label.inside)
            painter.fillRect(label.rect.adjusted(0, 1, 0, -1), plateColor(label.rect, layout, t));
        if (label.plate) painter.fillRect(label.rect, faded(plateColor(label.rect, layout, t), 0.86));
        QColor ink = t.t1;
        if (label.over) ink = t.err;
        if (label.of == LabelOf::Arrow) {
            const Arrow& arrow = data.arrows[static_cast<std::size_t>(label.index)];
            ink = arrow.kind == ArrowKind::Duplicate ? t.warn : arrow.critical ? t.t1 : t.t2;
        }
        painter.setPen(ink);
        labelFont(label.weight).draw(painter, label.rect, Qt::AlignHCenter | Qt::AlignVCenter, label.text);
    }
}

}  // namespace nova::timeline
