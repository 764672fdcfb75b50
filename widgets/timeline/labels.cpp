// Rule 9: labels are placed greedily by priority and never overlap; what finds no place is left to the tooltip.
#include <algorithm>
#include <cmath>

#include "widgets/theme/numbers.h"
#include "widgets/timeline/layout_parts.h"

namespace nova::timeline {
namespace {

constexpr double padding = 2;  // at both ends of the text
constexpr double insideMargin = 4;
constexpr double quietAbove = 5;  // ms a pixel: no arrow labels above it
constexpr std::size_t mostLabels = 400;
constexpr int crowdedAbove = 80;  // arrows on screen

struct Candidate {
    LabelOf of = LabelOf::Bar;
    int index = 0;
    double priority = 0;
};

// Things by the columns of the picture they reach, so that a label is compared with its surroundings only.
template <class Thing>
class Columns {
public:
    explicit Columns(double width) : m_columns(static_cast<std::size_t>(std::max(0.0, width) / columnWidth) + 1) {}

    void add(double left, double right, const Thing& thing) {
        for (std::size_t c = at(left); c <= at(right); ++c) m_columns[c].push_back(thing);
    }
    template <class Test>
    bool any(const QRectF& rect, const Test& test) const {
        for (std::size_t c = at(rect.left()); c <= at(rect.right()); ++c)
            if (std::any_of(m_columns[c].begin(), m_columns[c].end(), test)) return true;
        return false;
    }

private:
    static constexpr double columnWidth = 48;
    std::size_t at(double x) const {
        return std::min(static_cast<std::size_t>(std::max(0.0, x) / columnWidth), m_columns.size() - 1);
    }
    std::vector<std::vector<Thing>> m_columns;
};

class Placer {
public:
    Placer(const Data& data, const TextWidth& width, const QString& selected, Layout& layout)
        : m_data(data),
          m_width(width),
          m_selected(selected),
          m_layout(layout),
          m_taken(layout.size.width()),
          m_arrows(layout.size.width()) {}

    void run();

private:
    const Bar& bar(int i) const { return m_data.bars[static_cast<std::size_t>(i)]; }
    const BarBox& box(int i) const { return m_layout.bars[static_cast<std::size_t>(i)]; }

    std::vector<Candidate> candidates() const;
    double barPriority(int index) const;
    QString textOf(int index, int form) const;
    TextWeight weightOf(const Bar& bar) const;
    bool placeInside(int index, const QString& text);
    void placeBar(int index);
    void placeArrow(int index);
    bool tryAt(LabelOf of, int index, const QRectF& rect, const QString& text, TextWeight weight, bool mayCross);
    bool crossesArrow(const QRectF& rect, LabelOf of, int index) const;
    bool crossesLine(const QRectF& rect) const;
    bool isTaken(const QRectF& rect) const;
    void take(const QRectF& rect) { m_taken.add(rect.left(), rect.right(), rect); }

    const Data& m_data;
    const TextWidth& m_width;
    const QString& m_selected;
    Layout& m_layout;
    Columns<QRectF> m_taken;
    Columns<int> m_arrows;
    bool m_crowded = false;  // so many arrows that a label across them would only add to the clutter
};

bool segmentMeets(const QPointF& a, const QPointF& b, const QRectF& rect) {
    // Clips the segment to the rectangle (Liang and Barsky 1984).
    double from = 0, to = 1;
    const QPointF d = b - a;
    const auto clip = [&](double p, double q) {
        if (p == 0) return q >= 0;
        const double r = q / p;
        if (p < 0)
            from = std::max(from, r);
        else
            to = std::min(to, r);
        return from <= to;
    };
    return clip(-d.x(), a.x() - rect.left()) && clip(d.x(), rect.right() - a.x()) && clip(-d.y(), a.y() - rect.top()) &&
           clip(d.y(), rect.bottom() - a.y());
}

bool Placer::isTaken(const QRectF& rect) const {
    return m_taken.any(rect, [&](const QRectF& other) { return other.intersects(rect); });
}

bool Placer::crossesArrow(const QRectF& rect, LabelOf of, int index) const {
    const QRectF core = rect.adjusted(1, 1, -1, -1);
    return m_arrows.any(rect, [&](int i) {
        const ArrowBox& arrow = m_layout.arrows[static_cast<std::size_t>(i)];
        return !(of == LabelOf::Arrow && i == index) && segmentMeets(arrow.from, arrow.to, core);
    });
}

bool Placer::crossesLine(const QRectF& rect) const {
    return std::any_of(m_layout.flags.begin(), m_layout.flags.end(), [&](const FlagBox& flag) {
        return flag.visible && flag.x > rect.left() - 1 && flag.x < rect.right() + 1;
    });
}

bool Placer::tryAt(LabelOf of, int index, const QRectF& rect, const QString& text, TextWeight weight, bool mayCross) {
    if (rect.left() < m_layout.labelWidth + 1 || rect.right() > m_layout.size.width() - 1) return false;
    if (rect.top() < m_layout.lanesTop || rect.bottom() > m_layout.lanesBottom) return false;
    if (isTaken(rect) || ((!mayCross || m_crowded) && (crossesArrow(rect, of, index) || crossesLine(rect))))
        return false;
    const bool over = of == LabelOf::Bar && bar(index).over() > 0;
    m_layout.labels.push_back({of, index, rect, text, false, true, over, weight});
    take(rect);
    return true;
}

// Between the edges of critical parts and flag lines if it fits there, else from the left end.
bool Placer::placeInside(int index, const QString& text) {
    const TextWeight weight = weightOf(bar(index));
    const QRectF whole = box(index).rect;
    const double left = std::max(whole.left(), m_layout.labelWidth + 1),
                 right = std::min(whole.right(), m_layout.size.width() - 1);
    const double wide = m_width(text, weight) + 2 * padding;
    if (wide + 2 * insideMargin > right - left || whole.height() < 12) return false;
    const double top = whole.center().y() - labelTextHeight / 2;
    if (top < m_layout.lanesTop || top + labelTextHeight > m_layout.lanesBottom) return false;
    std::vector<double> edges{left, right};
    const auto cut = [&](double x) {
        if (x > left + 1 && x < right - 1) edges.push_back(x);
    };
    for (const Interval& part : bar(index).critical) {
        cut(m_layout.scale.x(part.start));
        cut(m_layout.scale.x(part.end));
    }
    for (const FlagBox& flag : m_layout.flags)
        if (flag.visible) cut(flag.x);
    std::sort(edges.begin(), edges.end());
    double at = left;
    for (std::size_t i = 0; i + 1 < edges.size(); ++i)
        if (edges[i + 1] - edges[i] >= wide + 2) {
            at = edges[i] + std::min(0.0, (edges[i + 1] - edges[i] - wide) / 2 - insideMargin + padding);
            break;
        }
    const QRectF rect(at + insideMargin - padding, top, wide, labelTextHeight);
    const bool covered = std::any_of(m_layout.labels.begin(), m_layout.labels.end(),
                                     [&](const Label& label) { return label.rect.intersects(rect); });
    if (covered) return false;
    m_layout.labels.push_back({LabelOf::Bar, index, rect, text, true, false, bar(index).over() > 0, weight});
    take(rect);
    return true;
}

TextWeight Placer::weightOf(const Bar& bar) const {
    const bool strong = !bar.critical.empty() || bar.over() > 0 ||
                        m_data.lanes[static_cast<std::size_t>(bar.lane)].kind == LaneKind::People;
    return strong ? TextWeight::SemiBold : TextWeight::Medium;
}

QString Placer::textOf(int index, int form) const {
    if (box(index).folded == 0) return barText(bar(index), form);
    std::vector<double> times;
    for (std::size_t i = 0; i < m_data.bars.size(); ++i)
        if (m_data.bars[i].lane == bar(index).lane && m_layout.bars[i].row == box(index).row &&
            box(index).rect.intersects(m_layout.bars[i].rect))
            times.push_back(m_data.bars[i].duration());
    std::sort(times.begin(), times.end());
    const QString many = QChar(0x00d7) + QString::number(box(index).folded);
    if (form == 2 || times.empty()) return many;
    return QStringLiteral("%1, p50 %2, max %3").arg(many, theme::ms(times[times.size() / 2]), theme::ms(times.back()));
}

void Placer::placeBar(int index) {
    const QRectF r = box(index).rect;
    const TextWeight weight = weightOf(bar(index));
    const std::vector<QString> texts{textOf(index, 0), textOf(index, 1)};
    for (const QString& text : texts)
        if (placeInside(index, text)) return;
    const double below = bar(index).budget ? 7 : 2;
    for (const bool mayCross : {false, true})
        for (const QString& text : texts) {
            const double wide = m_width(text, weight) + 2 * padding;
            const double middle = r.center().y() - labelTextHeight / 2;
            const double up = r.top() - labelTextHeight - 1, down = r.bottom() + below;
            const QPointF places[] = {{r.right() + 3, middle}, {r.left() - 3 - wide, middle},
                                      {r.left(), up},          {r.right() - wide, up},
                                      {r.left(), down},        {r.right() - wide, down}};
            for (const QPointF& place : places)
                if (tryAt(LabelOf::Bar, index, QRectF(place, QSizeF(wide, labelTextHeight)), text, weight, mayCross))
                    return;
        }
    placeInside(index, textOf(index, 2));
}

void Placer::placeArrow(int index) {
    const Arrow& arrow = m_data.arrows[static_cast<std::size_t>(index)];
    const ArrowBox& box = m_layout.arrows[static_cast<std::size_t>(index)];
    QString text = arrow.label;
    if (arrow.link == Link::Matched) text.prepend(QChar(0x2248));
    if (arrow.link == Link::Guessed) text.prepend(u'?');
    if (box.folded > 0)
        text = QChar(0x00d7) + QString::number(box.folded);
    else if (arrow.withTime)
        text += u' ' + theme::ms(arrow.received - arrow.sent);
    const TextWeight weight = arrow.critical ? TextWeight::SemiBold : TextWeight::Normal;
    const double wide = m_width(text, weight) + 2 * padding;
    std::vector<QPointF> places;
    if (arrow.kind == ArrowKind::Duplicate) {
        places.emplace_back(box.to.x() + 8, box.to.y() - labelTextHeight / 2);
        places.emplace_back(box.to.x() - 8 - wide, box.to.y() - labelTextHeight / 2);
    }
    for (const double share : {0.5, 0.28, 0.72, 0.15, 0.85}) {
        const QPointF at = box.from + (box.to - box.from) * share - QPointF(0, labelTextHeight / 2);
        // The slope of the arrow must not cut the corner of its own label.
        const double lean = std::abs(box.to.x() - box.from.x()) / std::max(1.0, std::abs(box.to.y() - box.from.y())) *
                            labelTextHeight / 2;
        places.emplace_back(at.x() + 4 + lean, at.y());
        places.emplace_back(at.x() - 4 - lean - wide, at.y());
    }
    for (const bool mayCross : {false, true})
        for (const QPointF& place : places)
            if (tryAt(LabelOf::Arrow, index, QRectF(place, QSizeF(wide, labelTextHeight)), text, weight, mayCross))
                return;
}

double Placer::barPriority(int index) const {
    const Bar& b = bar(index);
    double priority = 0;
    if (!m_selected.isEmpty() && b.hop == m_selected) priority += 64;
    if (m_data.lanes[static_cast<std::size_t>(b.lane)].kind == LaneKind::People) priority += 32;
    if (b.over() > 0) priority += 16;
    if (!b.critical.empty()) priority += 8;
    if (b.hatch) priority += 4;
    return priority + std::min(1.0, b.duration() / 1000);  // of equals the longer one
}

std::vector<Candidate> Placer::candidates() const {
    std::vector<Candidate> all;
    for (int i = 0; i < static_cast<int>(m_data.bars.size()); ++i)
        if (box(i).visible && (!bar(i).label.isEmpty() || box(i).folded > 0))
            all.push_back({LabelOf::Bar, i, barPriority(i)});
    const bool quiet = m_layout.scale.msPerPixel() > quietAbove;
    for (int i = 0; !quiet && i < static_cast<int>(m_data.arrows.size()); ++i) {
        const Arrow& arrow = m_data.arrows[static_cast<std::size_t>(i)];
        const ArrowBox& shown = m_layout.arrows[static_cast<std::size_t>(i)];
        if (!shown.visible || (arrow.label.isEmpty() && shown.folded == 0)) continue;
        all.push_back({LabelOf::Arrow, i, arrow.kind == ArrowKind::Duplicate ? 32.0 : arrow.critical ? 6.0 : 2.0});
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const Candidate& a, const Candidate& b) { return a.priority > b.priority; });
    if (all.size() > mostLabels) all.resize(mostLabels);
    return all;
}

void Placer::run() {
    for (std::size_t i = 0; i < m_layout.bars.size(); ++i) {
        if (!m_layout.bars[i].visible) continue;
        const double track = m_data.bars[i].budget ? 6 : 0;
        take(m_layout.bars[i].rect.adjusted(0, 0, 0, track));
    }
    for (const QRectF& designed : m_layout.designed) take(designed);
    int arrows = 0;
    for (int i = 0; i < static_cast<int>(m_layout.arrows.size()); ++i) {
        const ArrowBox& arrow = m_layout.arrows[static_cast<std::size_t>(i)];
        if (!arrow.visible) continue;
        m_arrows.add(std::min(arrow.from.x(), arrow.to.x()), std::max(arrow.from.x(), arrow.to.x()), i);
        ++arrows;
    }
    m_crowded = arrows > crowdedAbove;
    for (const Candidate& candidate : candidates()) {
        if (candidate.of == LabelOf::Bar)
            placeBar(candidate.index);
        else
            placeArrow(candidate.index);
    }
}

}  // namespace

QString barText(const Bar& bar, int form) {
    const QString time = theme::ms(bar.duration());
    const QString late =
        bar.over() > 0 ? QString(QStringLiteral(" ") + QChar(0x25b2) + QStringLiteral(" +") + theme::ms(bar.over()))
                       : QString();
    if (form == 2) return time + late;
    const QString& name = form == 1 && !bar.shortLabel.isEmpty() ? bar.shortLabel : bar.label;
    if (bar.state == BarState::Unfinished) return name + QChar(0x2026);
    return name + u' ' + time + late;
}

void placeLabels(const Data& data, const TextWidth& width, const QString& selected, Layout& layout) {
    Placer(data, width, selected, layout).run();
}

}  // namespace nova::timeline
