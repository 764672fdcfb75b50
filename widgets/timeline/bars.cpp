// Rules 4 to 6: bars in rows, budgets, arrows, and what is folded.
#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "widgets/timeline/layout_parts.h"

namespace nova::timeline {
namespace {

constexpr double barMost = 18;
constexpr double barShare = 0.42;
constexpr double narrowest = 3;
constexpr int mostRows = 3;
constexpr double farAway = 200;     // px beyond the edge at which a rectangle is cut
constexpr double quietAbove = 5;    // ms a pixel: only critical arrows above it
constexpr double foldWithin = 8;    // px
constexpr int foldAbove = 12;       // arrows
constexpr double duplicateGap = 7;  // a suppressed delivery ends before its lane

double barHeight(double lane, int rows) {
    const double one = std::round(std::min(barMost, lane * barShare));
    if (rows == 1) return one;
    const double all = std::min(lane * 0.66, rows == 2 ? 30.0 : 40.0);
    return std::max(5.0, std::floor((all - (rows - 1) * 2) / rows));
}

// Rows of one run of bars that touch each other in time.
struct Run {
    std::vector<int> bars;
    std::vector<double> rowEnds;
    double end = 0;
};

void placeRun(const Data& data, const Run& run, Layout& layout) {
    const int rows = std::min(mostRows, static_cast<int>(run.rowEnds.size()));
    const bool folds = static_cast<int>(run.rowEnds.size()) > mostRows;
    int holder = -1;
    for (const int index : run.bars) {
        const Bar& bar = data.bars[static_cast<std::size_t>(index)];
        BarBox& box = layout.bars[static_cast<std::size_t>(index)];
        const LaneBox& lane = layout.lanes[static_cast<std::size_t>(bar.lane)];
        const double height = barHeight(lane.height, rows);
        const bool last = box.row >= mostRows - 1;
        box.row = std::min(box.row, mostRows - 1);
        box.rows = rows;
        const double all = rows * height + (rows - 1) * 2;
        const double top = std::round(lane.center - all / 2 + box.row * (height + 2));
        const double left = std::max(layout.scale.x(bar.start), layout.labelWidth - farAway);
        const double right =
            std::min(std::max(layout.scale.x(bar.end), left + narrowest), layout.size.width() + farAway);
        box.rect = QRectF(left, top, std::max(narrowest, right - left), height);
        box.visible = right > layout.labelWidth && left < layout.size.width() && top < layout.lanesBottom &&
                      top + height > layout.lanesTop;
        if (bar.budget) box.budgetX = layout.scale.x(bar.start + *bar.budget);
        if (!folds || !last) continue;
        if (holder < 0) {
            holder = index;
            box.folded = 1;
        } else {
            BarBox& first = layout.bars[static_cast<std::size_t>(holder)];
            first.rect = first.rect.united(box.rect);
            ++first.folded;
            box.visible = false;
        }
    }
}

void placeLaneBars(const Data& data, std::vector<int> bars, Layout& layout) {
    std::stable_sort(bars.begin(), bars.end(), [&](int a, int b) {
        const Bar& x = data.bars[static_cast<std::size_t>(a)];
        const Bar& y = data.bars[static_cast<std::size_t>(b)];
        return std::tuple(x.start, -x.end) < std::tuple(y.start, -y.end);
    });
    Run run;
    for (const int index : bars) {
        const Bar& bar = data.bars[static_cast<std::size_t>(index)];
        constexpr double touch = 1e-6;
        if (!run.bars.empty() && bar.start >= run.end - touch) {
            placeRun(data, run, layout);
            run = {};
        }
        const auto free =
            std::find_if(run.rowEnds.begin(), run.rowEnds.end(), [&](double end) { return end <= bar.start + touch; });
        layout.bars[static_cast<std::size_t>(index)].row = static_cast<int>(free - run.rowEnds.begin());
        // Rows are by time alone: bars that only look joined because of the least width may cover each other.
        if (free == run.rowEnds.end())
            run.rowEnds.push_back(bar.end);
        else
            *free = bar.end;
        run.bars.push_back(index);
        run.end = std::max(run.end, bar.end);
    }
    if (!run.bars.empty()) placeRun(data, run, layout);
}

// Where an arrow touches a lane: the edge of the bar that is there at that moment, else the line of the lane.
double touchY(const Data& data, const Layout& layout, const std::vector<int>& bars, double t, int lane,
              double direction) {
    constexpr double slack = 0.6;  // ms
    double best = layout.lanes[static_cast<std::size_t>(lane)].center;
    double least = 1e9;
    const double tolerance = std::min(slack, 3 * layout.scale.msPerPixel() + 1e-3);
    for (const int index : bars) {
        const Bar& bar = data.bars[static_cast<std::size_t>(index)];
        const BarBox& box = layout.bars[static_cast<std::size_t>(index)];
        if (t < bar.start - tolerance || t > bar.end + tolerance) continue;
        const double off = std::min(std::abs(t - bar.start), std::abs(t - bar.end));
        if (off >= least) continue;
        least = off;
        best = direction > 0 ? box.rect.bottom() : box.rect.top();
    }
    return best;
}

void foldArrows(const Data& data, Layout& layout) {
    std::map<std::tuple<int, int, ArrowKind>, std::vector<int>> pairs;
    for (int i = 0; i < static_cast<int>(data.arrows.size()); ++i) {
        const Arrow& arrow = data.arrows[static_cast<std::size_t>(i)];
        if (layout.arrows[static_cast<std::size_t>(i)].visible)
            pairs[{arrow.fromLane, arrow.toLane, arrow.kind}].push_back(i);
    }
    const auto xOf = [&](int i) { return layout.arrows[static_cast<std::size_t>(i)].from.x(); };
    for (auto& [pair, arrows] : pairs) {
        std::sort(arrows.begin(), arrows.end(), [&](int a, int b) { return xOf(a) < xOf(b); });
        for (auto first = arrows.begin(); first != arrows.end();) {
            const double limit = xOf(*first) + foldWithin;
            const auto last = std::find_if(first, arrows.end(), [&](int i) { return xOf(i) > limit; });
            if (last - first > foldAbove) {
                layout.arrows[static_cast<std::size_t>(*first)].folded = static_cast<int>(last - first);
                for (auto other = std::next(first); other != last; ++other)
                    layout.arrows[static_cast<std::size_t>(*other)].visible = false;
            }
            first = last;
        }
    }
}

std::vector<std::vector<int>> barsByLane(const Data& data) {
    std::vector<std::vector<int>> lanes(data.lanes.size());
    for (int i = 0; i < static_cast<int>(data.bars.size()); ++i) {
        const int lane = data.bars[static_cast<std::size_t>(i)].lane;
        if (lane >= 0 && lane < static_cast<int>(lanes.size())) lanes[static_cast<std::size_t>(lane)].push_back(i);
    }
    return lanes;
}

}  // namespace

void placeBars(const Data& data, const View& view, Layout& layout) {
    layout.bars.resize(data.bars.size());
    for (std::vector<int>& bars : barsByLane(data)) placeLaneBars(data, std::move(bars), layout);
    if (!view.designed) return;
    for (const Designed& designed : data.designed) {
        if (designed.lane < 0 || designed.lane >= static_cast<int>(layout.lanes.size())) continue;
        const LaneBox& lane = layout.lanes[static_cast<std::size_t>(designed.lane)];
        const double bar = barHeight(lane.height, 1), height = std::round(bar / 2);
        double highest = lane.center - bar / 2;
        for (std::size_t i = 0; i < data.bars.size(); ++i)
            if (data.bars[i].lane == designed.lane) highest = std::min(highest, layout.bars[i].rect.top());
        const double top = std::max(lane.top + 1, std::round(highest - height - 3));
        const double left = std::max(layout.scale.x(designed.span.start), layout.labelWidth - farAway);
        const double right = std::min(layout.scale.x(designed.span.end), layout.size.width() + farAway);
        if (right > left) layout.designed.push_back(QRectF(left, top, std::max(narrowest, right - left), height));
    }
}

void placeArrows(const Data& data, Layout& layout) {
    const std::vector<std::vector<int>> lanes = barsByLane(data);
    const int count = static_cast<int>(layout.lanes.size());
    const bool quiet = layout.scale.msPerPixel() > quietAbove;
    for (const Arrow& arrow : data.arrows) {
        ArrowBox box;
        const bool known = arrow.fromLane >= 0 && arrow.fromLane < count && arrow.toLane >= 0 && arrow.toLane < count;
        if (known && arrow.fromLane != arrow.toLane) {
            const double down = arrow.toLane > arrow.fromLane ? 1 : -1;
            box.from = {layout.scale.x(arrow.sent),
                        touchY(data, layout, lanes[static_cast<std::size_t>(arrow.fromLane)], arrow.sent,
                               arrow.fromLane, down)};
            box.to = {layout.scale.x(arrow.received),
                      touchY(data, layout, lanes[static_cast<std::size_t>(arrow.toLane)], arrow.received, arrow.toLane,
                             -down)};
            if (arrow.kind == ArrowKind::Duplicate) box.to.ry() -= down * duplicateGap;
            const bool offLeft = std::max(box.from.x(), box.to.x()) < layout.labelWidth;
            const bool offRight = std::min(box.from.x(), box.to.x()) > layout.size.width();
            box.visible = !offLeft && !offRight && (!quiet || arrow.critical);
        }
        layout.arrows.push_back(box);
    }
    foldArrows(data, layout);
}

}  // namespace nova::timeline
