#include "widgets/timeline/layout.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "widgets/theme/numbers.h"
#include "widgets/timeline/layout_parts.h"

namespace nova::timeline {
namespace {

constexpr double promisesHeight = 46;
constexpr double axisHeight = 22;
constexpr double flagsHeight = 22;
constexpr double noteHeight = 24;
constexpr double laneLeast = 34, laneMost = 80;
constexpr double labelLeast = 136, labelMost = 176;
constexpr double padLeft = 10, padRight = 12;

double labelColumn(const Data& data, const TextWidth& width) {
    double wide = 0;
    for (const Lane& lane : data.lanes) {
        wide = std::max(wide, width(lane.title, TextWeight::SemiBold) * 12 / 11);
        wide = std::max(wide, width(lane.subtitle, TextWeight::Normal));
    }
    return std::clamp(std::ceil(wide) + 24, labelLeast, labelMost);
}

// Rule 1.
void placeFrame(const Data& data, const View& view, const TextWidth& width, Layout& layout) {
    layout.labelWidth = labelColumn(data, width);
    layout.promisesHeight = data.promises.empty() ? 0 : promisesHeight;
    layout.axisBottom = layout.promisesHeight + axisHeight;
    layout.lanesTop = layout.axisBottom + flagsHeight;
    const bool noted = !data.note.isEmpty();
    layout.lanesBottom = layout.size.height() - (noted ? noteHeight : 0);
    if (noted) layout.note = QRectF(0, layout.lanesBottom, layout.size.width(), noteHeight);
    layout.scale = {view.start, view.end, layout.labelWidth + padLeft, layout.size.width() - padRight};
    if (data.lanes.empty()) return;
    const double room = layout.lanesBottom - layout.lanesTop;
    const double height = std::clamp(std::floor(room / static_cast<double>(data.lanes.size())), laneLeast, laneMost);
    layout.lanesHeight = height * static_cast<double>(data.lanes.size());
    const double scroll = std::clamp(view.scrollY, 0.0, layout.maxScroll());
    for (std::size_t i = 0; i < data.lanes.size(); ++i) {
        const double top = layout.lanesTop - scroll + height * static_cast<double>(i);
        layout.lanes.push_back({top, height, top + height / 2, !data.lanes[i].subtitle.isEmpty()});
    }
}

QString tickText(double t, Unit unit) {
    switch (unit) {
        case Unit::Microseconds:
            return theme::count(std::llround(t * 1000)) + (t == 0 ? QStringLiteral(" µs") : QString());
        case Unit::Seconds:
            return QString::number(std::round(t) / 1000, 'g', 6) + (t == 0 ? QStringLiteral(" s") : QString());
        case Unit::Milliseconds:
            break;
    }
    return theme::count(std::llround(t)) + (t == 0 ? QStringLiteral(" ms") : QString());
}

double distanceToSegment(const QPointF& p, const QPointF& a, const QPointF& b) {
    const QPointF d = b - a;
    const double length = QPointF::dotProduct(d, d);
    const double along = length > 0 ? std::clamp(QPointF::dotProduct(p - a, d) / length, 0.0, 1.0) : 0.0;
    const QPointF off = p - (a + d * along);
    return std::hypot(off.x(), off.y());
}

double distanceToRect(const QPointF& p, const QRectF& r) {
    const double dx = std::max({r.left() - p.x(), 0.0, p.x() - r.right()});
    const double dy = std::max({r.top() - p.y(), 0.0, p.y() - r.bottom()});
    return std::hypot(dx, dy);
}

}  // namespace

double majorStep(double msPerPixel, double minPixels) {
    const double least = msPerPixel * minPixels;
    for (double decade = 1e-3; decade < 1e12; decade *= 10)
        for (const double factor : {1.0, 2.0, 2.5, 5.0}) {
            const bool allowed = factor != 2.5 || decade >= 10;  // 25, 250 …, but not 2.5
            if (allowed && factor * decade >= least * (1 - 1e-9)) return factor * decade;
        }
    return 1e12;
}

Unit unitOf(double step) {
    return step < 1 - 1e-9 ? Unit::Microseconds : step >= 1000 ? Unit::Seconds : Unit::Milliseconds;
}

std::vector<Tick> ticksOf(const Scale& scale, double minPixels) {
    const double step = majorStep(scale.msPerPixel(), minPixels);
    const double minor = step / 5;
    const Unit unit = unitOf(step);
    std::vector<Tick> ticks;
    // Whole numbers of minor steps: adding up doubles would drift.
    const auto first = static_cast<qint64>(std::ceil(scale.start / minor - 1e-9));
    const auto last = static_cast<qint64>(std::floor(scale.end / minor + 1e-9));
    for (qint64 n = first; n <= last; ++n) {
        const double t = static_cast<double>(n) * minor;
        const bool major = n % 5 == 0;
        ticks.push_back({t, scale.x(t), major, major ? tickText(n == 0 ? 0.0 : t, unit) : QString()});
    }
    return ticks;
}

double Layout::maxScroll() const {
    return std::max(0.0, lanesHeight - (lanesBottom - lanesTop));
}

Layout layOut(const Data& data, const View& view, const QSizeF& size, const TextWidth& width, const QString& selected) {
    Layout layout;
    layout.size = size;
    placeFrame(data, view, width, layout);
    layout.unit = unitOf(majorStep(layout.scale.msPerPixel()));
    layout.ticks = ticksOf(layout.scale);
    placeBars(data, view, layout);
    placeArrows(data, layout);
    placePromises(data, width, layout);
    placeFlags(data, width, layout);
    placeLabels(data, width, selected, layout);
    return layout;
}

View wholeAction(const Data& data) {
    constexpr double squeeze = 1.6;  // a design longer than this many times the measured action is cut at the right
    constexpr double margin = 0.03;
    const Interval measured = data.extent();
    double end = measured.end;
    const auto include = [&](double designed) {
        if (designed <= measured.start + (measured.end - measured.start) * squeeze) end = std::max(end, designed);
    };
    for (const Promise& promise : data.promises) include(promise.designed.end);
    for (const Designed& designed : data.designed) include(designed.span.end);
    View view;
    view.start = measured.start;
    view.end = end + (end - measured.start) * margin;
    return view;
}

Hit Layout::hitTest(const QPointF& point) const {
    constexpr double barReach = 4, arrowReach = 5, smallest = 12;
    Hit hit;
    const bool inLanes = point.x() >= labelWidth && point.y() >= lanesTop && point.y() < lanesBottom;
    double least = std::numeric_limits<double>::max();
    for (std::size_t i = 0; inLanes && i < bars.size(); ++i) {
        if (!bars[i].visible) continue;
        const double growX = std::max(0.0, smallest - bars[i].rect.width()) / 2,
                     growY = std::max(0.0, smallest - bars[i].rect.height()) / 2;
        const double reach = std::max(barReach, std::max(growX, growY));
        const double distance = distanceToRect(point, bars[i].rect);
        // Of bars under the pointer the narrowest is meant.
        const double rank = distance + bars[i].rect.width() * 1e-6;
        if (distance <= reach && rank < least) {
            least = rank;
            hit = {HitKind::Bar, static_cast<int>(i)};
        }
    }
    if (hit.kind == HitKind::Bar) return hit;
    for (std::size_t i = 0; inLanes && i < arrows.size(); ++i) {
        if (!arrows[i].visible) continue;
        const double distance = distanceToSegment(point, arrows[i].from, arrows[i].to);
        if (distance <= arrowReach && distance < least) {
            least = distance;
            hit = {HitKind::Arrow, static_cast<int>(i)};
        }
    }
    if (hit.kind == HitKind::Arrow) return hit;
    for (std::size_t i = 0; i < flags.size(); ++i)
        if (flags[i].visible && flags[i].rect.contains(point)) return {HitKind::Flag, static_cast<int>(i)};
    for (std::size_t i = 0; i < lanes.size(); ++i)
        if (point.y() >= std::max(lanesTop, lanes[i].top) &&
            point.y() < std::min(lanesBottom, lanes[i].top + lanes[i].height))
            return {HitKind::Lane, static_cast<int>(i)};
    return hit;
}

}  // namespace nova::timeline
