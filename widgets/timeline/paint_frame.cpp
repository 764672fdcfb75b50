// Everything around the hops: lanes, grid, windows, flags and the bands above.
#include <QCoreApplication>
#include <cmath>

#include "widgets/theme/fonts.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/status.h"
#include "widgets/timeline/layout_parts.h"
#include "widgets/timeline/paint_parts.h"

namespace nova::timeline {
namespace {

using theme::Tabular;
using theme::Tokens;

constexpr double textLeft = theme::metrics::panePadding;
constexpr auto leftMiddle = Qt::AlignLeft | Qt::AlignVCenter;

struct Timeline {
    Q_DECLARE_TR_FUNCTIONS(Timeline)
};

void horizontal(QPainter& painter, double left, double right, double y, const QColor& color) {
    painter.fillRect(QRectF(left, std::floor(y), right - left, 1), color);
}

void vertical(QPainter& painter, double x, double top, double bottom, const QColor& color, double width = 1) {
    painter.fillRect(QRectF(std::round(x - width / 2), top, width, bottom - top), color);
}

void dashedBox(QPainter& painter, const QRectF& rect, const QColor& color) {
    QPen pen(color, 1);
    pen.setDashPattern({3, 2});
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(rect.toAlignedRect().adjusted(0, 0, -1, -1));
}

void paintPromises(QPainter& painter, const Layout& layout, const Data& data, const Tokens& t) {
    painter.fillRect(QRectF(0, 0, layout.size.width(), layout.promisesHeight), t.bg2);
    horizontal(painter, 0, layout.size.width(), layout.promisesHeight, t.line);
    painter.setPen(t.t2);
    labelFont(TextWeight::Normal)
        .draw(painter, QRectF(textLeft, 3, layout.labelWidth, bandRow), leftMiddle, Timeline::tr("Designed"));
    painter.setPen(t.t1);
    labelFont(TextWeight::SemiBold)
        .draw(painter, QRectF(textLeft, 24, layout.labelWidth, bandRow), leftMiddle, Timeline::tr("Measured"));
    for (std::size_t i = 0; i < layout.promises.size(); ++i) {
        const PromiseBox& box = layout.promises[i];
        if (!box.designed.isEmpty()) dashedBox(painter, box.designed, t.line2);
        if (!box.designedText.isEmpty()) {
            const QRectF& label = box.designedLabel;
            if (box.designed.isEmpty()) painter.fillRect(label.adjusted(-4, 0, 0, 0), t.bg2);
            painter.setPen(t.t2);
            labelFont(TextWeight::Normal).draw(painter, label, leftMiddle, box.designedText);
        }
        if (box.measured.isEmpty()) continue;
        const Promise& promise = data.promises[i];
        const bool broken = promise.over > 0, visible = promise.kind == FlagKind::Visible;
        const QColor ink = broken ? t.err : visible ? t.win : t.ok;
        const QRectF fill = box.measured.toAlignedRect();
        painter.fillRect(fill, broken ? t.errBg : visible ? t.winBg : t.okBg);
        painter.fillRect(QRectF(fill.left(), fill.bottom() - 2, fill.width(), 2), ink);
        painter.setPen(ink);
        labelFont(TextWeight::SemiBold).draw(painter, fill.adjusted(5, 0, 0, -2), leftMiddle, box.measuredText);
    }
}

void paintAxis(QPainter& painter, const Layout& layout, const Tokens& t) {
    painter.setPen(t.t2);
    const QString unit = layout.unit == Unit::Microseconds ? Timeline::tr("µs since the click")
                         : layout.unit == Unit::Seconds    ? Timeline::tr("s since the click")
                                                           : Timeline::tr("ms since the click");
    const Tabular& font = labelFont(TextWeight::Normal);
    const double axisTop = layout.promisesHeight;
    font.draw(painter, QRectF(textLeft, axisTop, layout.labelWidth, layout.axisBottom - axisTop - 4), leftMiddle, unit);
    for (const Tick& tick : layout.ticks) {
        vertical(painter, tick.x, layout.axisBottom - (tick.major ? 7 : 3), layout.axisBottom, t.line2);
        if (tick.text.isEmpty()) continue;
        const double wide = font.width(tick.text);
        double left = tick.x - wide / 2;
        left = std::min(left, layout.size.width() - wide - 2);
        if (left < layout.labelWidth + 2) left = tick.x - 2;
        painter.setPen(t.t2);
        font.draw(painter, QRectF(left, axisTop, wide, layout.axisBottom - axisTop - 8), leftMiddle, tick.text);
    }
    horizontal(painter, 0, layout.size.width(), layout.axisBottom, t.line2);
}

}  // namespace

void paintLanes(QPainter& painter, const Data& data, const Layout& layout, const Tokens& t) {
    for (std::size_t i = 0; i < layout.lanes.size(); ++i) {
        const LaneBox& lane = layout.lanes[i];
        horizontal(painter, 0, layout.size.width(), lane.top, data.lanes[i].groupStart ? t.line2 : faded(t.line, 0.7));
        horizontal(painter, layout.labelWidth, layout.size.width(), lane.center, faded(t.line2, 0.8));
    }
    if (!layout.lanes.empty())
        horizontal(painter, 0, layout.size.width(), layout.lanes.back().top + layout.lanes.back().height,
                   faded(t.line, 0.7));
}

void paintWindows(QPainter& painter, const Layout& layout, const Tokens& t) {
    for (const WindowBox& window : layout.windows) painter.fillRect(window.rect, faded(t.win, 0.10));
}

void paintGrid(QPainter& painter, const Layout& layout, const Tokens& t) {
    for (const Tick& tick : layout.ticks)
        if (tick.major) vertical(painter, tick.x, layout.lanesTop, layout.lanesBottom, faded(t.line, 0.75));
}

void paintFlagLines(QPainter& painter, const Data& data, const Layout& layout, const Tokens& t) {
    for (std::size_t i = 0; i < layout.flags.size(); ++i) {
        const FlagBox& flag = layout.flags[i];
        if (!flag.visible) continue;
        const QColor color = data.flags[i].kind == FlagKind::Visible ? t.win : t.t1;
        vertical(painter, flag.x, layout.axisBottom + 3, layout.lanesBottom, color, 2);
    }
}

void paintLaneNames(QPainter& painter, const Data& data, const Layout& layout, const Tokens& t) {
    painter.save();
    painter.setClipRect(QRectF(0, layout.lanesTop, layout.size.width(), layout.lanesBottom - layout.lanesTop));
    const Tabular& plain = Tabular::of(theme::font(theme::Type::Control, QFont::Medium));
    const Tabular& strong = Tabular::of(theme::font(theme::Type::Control, QFont::DemiBold));
    for (std::size_t i = 0; i < layout.lanes.size(); ++i) {
        const LaneBox& box = layout.lanes[i];
        const Lane& lane = data.lanes[i];
        painter.fillRect(QRectF(0, box.top + 1, 4, box.height - 1), t.service(lane.colorKey));
        painter.setPen(t.t1);
        const bool people = lane.kind == LaneKind::People;
        (people ? strong : plain).draw(painter, QPointF(textLeft, box.center + (box.subtitle ? -2 : 4)), lane.title);
        if (box.subtitle) {
            painter.setPen(t.t3);
            labelFont(TextWeight::Normal).draw(painter, QPointF(textLeft, box.center + 12), lane.subtitle);
        }
        if (lane.waiting.isEmpty()) continue;
        const double wide = labelFont(TextWeight::Normal).width(lane.waiting) + 22;
        const QRectF plate(layout.labelWidth + 10, std::round(box.center - 8), wide, 16);
        painter.fillRect(plate, t.bg1);
        theme::paintStatus(painter, QRectF(plate.left() + 2, plate.top() + 3, 10, 10), theme::Status::Starting, t);
        painter.setPen(t.t2);
        labelFont(TextWeight::Normal).draw(painter, plate.adjusted(18, 0, 0, 0), leftMiddle, lane.waiting);
    }
    painter.restore();
    vertical(painter, layout.labelWidth + 0.5, 0, layout.lanesBottom, t.line2);
}

void paintBands(QPainter& painter, const Data& data, const Layout& layout, const Tokens& t) {
    if (layout.promisesHeight > 0) paintPromises(painter, layout, data, t);
    paintAxis(painter, layout, t);
    if (layout.promisesHeight > 0) vertical(painter, layout.labelWidth + 0.5, 0, layout.promisesHeight, t.line2);
    for (std::size_t i = 0; i < layout.flags.size(); ++i) {
        const FlagBox& flag = layout.flags[i];
        if (!flag.visible || flag.rect.isEmpty()) continue;
        const QRectF box = flag.rect.toAlignedRect();
        painter.fillRect(box, data.flags[i].kind == FlagKind::Visible ? t.win : t.t1);
        painter.setPen(t.inv);
        labelFont(TextWeight::SemiBold).draw(painter, box, Qt::AlignCenter, flag.text);
    }
    painter.setPen(t.win);
    for (const WindowBox& window : layout.windows)
        if (!window.caption.isEmpty())
            labelFont(TextWeight::SemiBold).draw(painter, window.captionRect, Qt::AlignCenter, window.caption);
    if (layout.note.isEmpty()) return;
    painter.fillRect(layout.note, t.bg2);
    horizontal(painter, 0, layout.size.width(), layout.note.top(), t.line);
    const theme::Status status = data.complete ? theme::Status::Unknown : theme::Status::Starting;
    theme::paintStatus(painter, QRectF(textLeft, layout.note.center().y() - 5, 10, 10), status, t);
    painter.setPen(t.t2);
    labelFont(TextWeight::Normal).draw(painter, layout.note.adjusted(textLeft + 16, 0, 0, 0), leftMiddle, data.note);
}

}  // namespace nova::timeline
