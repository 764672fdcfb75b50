#include "widgets/topology/layout.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "widgets/theme/numbers.h"
#include "widgets/topology/routing.h"

namespace nova::topology {
namespace {

constexpr double nodeHeight = 36;
constexpr double rowGap = 8;
constexpr double marginX = 20;
constexpr double marginY = 14;
constexpr double textLeft = 24;
constexpr double textRight = 10;
constexpr double gutterLeast = 64;
constexpr double nodeLeast = 92;

struct ColumnPlan {
    std::vector<int> nodes;
    double width = 0;
    double x = 0;
};

// Columns that have nodes, left to right.
std::vector<ColumnPlan> columnsOf(const Data& data) {
    std::map<Column, ColumnPlan> byColumn;
    for (int i = 0; i < static_cast<int>(data.nodes.size()); ++i)
        byColumn[data.nodes[static_cast<std::size_t>(i)].column].nodes.push_back(i);
    std::vector<ColumnPlan> plans;
    for (auto& [column, plan] : byColumn) plans.push_back(std::move(plan));
    return plans;
}

double widthOf(const Node& node, const TextWidth& width) {
    const double badge = node.badge.isEmpty() ? 0 : width(node.badge, false) + 16;
    return textLeft + std::max(width(node.title, true) + badge, width(node.subtitle, false)) + textRight;
}

// Natural widths, shrunk evenly when the gutters would fall below their least.
void placeColumns(std::vector<ColumnPlan>& plans, const Data& data, double available, const TextWidth& width) {
    double natural = 0;
    for (ColumnPlan& plan : plans) {
        plan.width = nodeLeast;
        for (const int node : plan.nodes) plan.width = std::max(plan.width, widthOf(data.nodes[static_cast<std::size_t>(node)], width));
        plan.width = std::ceil(plan.width);
        natural += plan.width;
    }
    const auto gutters = static_cast<double>(plans.size() - 1);
    const double room = available - 2 * marginX;
    double gutter = gutters > 0 ? (room - natural) / gutters : 0;
    if (gutters > 0 && gutter < gutterLeast) {
        const double factor = std::max(0.1, (room - gutters * gutterLeast) / natural);
        for (ColumnPlan& plan : plans) plan.width = std::floor(std::max(nodeLeast, plan.width * factor));
        gutter = gutterLeast;
    }
    double x = marginX;
    for (ColumnPlan& plan : plans) {
        plan.x = std::floor(x);
        x += plan.width + gutter;
    }
}

// Mean height of the placed neighbours of a node; NaN when it has none.
double wishOf(int node, const std::vector<Link>& links, const std::vector<double>& y) {
    double sum = 0;
    int count = 0;
    for (const Link& link : links) {
        const int other = link.from == node ? link.to : link.to == node ? link.from : -1;
        if (other < 0 || std::isnan(y[static_cast<std::size_t>(other)])) continue;
        sum += y[static_cast<std::size_t>(other)];
        ++count;
    }
    return count > 0 ? sum / count : std::numeric_limits<double>::quiet_NaN();
}

// Keeps the order and the distance, moves as little as needed, stays inside.
void spread(std::vector<double>& wishes, double top, double bottom, double step) {
    double least = top;
    for (double& wish : wishes) {
        wish = std::max(wish, least);
        least = wish + step;
    }
    double most = bottom;
    for (auto wish = wishes.rbegin(); wish != wishes.rend(); ++wish) {
        *wish = std::min(*wish, most);
        most = *wish - step;
    }
}

void placeRows(const std::vector<ColumnPlan>& plans, const std::vector<Link>& links, double height, std::vector<double>& y) {
    const auto longest = std::max_element(plans.begin(), plans.end(), [](const ColumnPlan& a, const ColumnPlan& b) {
        return a.nodes.size() < b.nodes.size();
    });
    const auto even = [&](const ColumnPlan& plan, std::size_t i) {
        return marginY + (height - 2 * marginY) * (static_cast<double>(i) + 0.5) / static_cast<double>(plan.nodes.size());
    };
    const double step = std::min(nodeHeight + rowGap, (height - 2 * marginY) / static_cast<double>(longest->nodes.size()));
    const auto place = [&](const ColumnPlan& plan) {
        std::vector<double> wishes;
        for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
            const double wish = wishOf(plan.nodes[i], links, y);
            wishes.push_back(&plan == &*longest || std::isnan(wish) ? even(plan, i) : wish);
        }
        const double half = nodeHeight / 2;
        spread(wishes, marginY + half, height - marginY - half, step);
        for (std::size_t i = 0; i < plan.nodes.size(); ++i) y[static_cast<std::size_t>(plan.nodes[i])] = std::round(wishes[i]);
    };
    place(*longest);
    for (auto plan = std::next(longest); plan != plans.end(); ++plan) place(*plan);
    for (auto plan = longest; plan != plans.begin();) place(*--plan);
}

std::vector<Link> linksOf(const Data& data) {
    std::map<QString, int> byId;
    for (int i = 0; i < static_cast<int>(data.nodes.size()); ++i) byId[data.nodes[static_cast<std::size_t>(i)].id] = i;
    std::vector<Link> links;
    for (int i = 0; i < static_cast<int>(data.edges.size()); ++i) {
        const Edge& edge = data.edges[static_cast<std::size_t>(i)];
        const auto from = byId.find(edge.from), to = byId.find(edge.to);
        if (from != byId.end() && to != byId.end() && from->second != to->second)
            links.push_back({i, from->second, to->second});
    }
    return links;
}

double widthByRate(double rate) {
    return rate < 100 ? 1 : rate < 1000 ? 1.75 : 2.5;
}

// At the arrow's end, else at its start, where it covers no node and no other label.
void placeLabel(EdgeBox& box, const Edge& edge, const Layout& layout, const TextWidth& width) {
    const QString text = theme::rate(edge.rate);
    const double wide = std::ceil(width(text, false)) + 6;
    const auto isFree = [&](const QRectF& rect) {
        for (const NodeBox& node : layout.nodes)
            if (node.rect.intersects(rect)) return false;
        return std::none_of(layout.edges.begin(), layout.edges.end(), [&](const EdgeBox& other) { return other.label.intersects(rect); });
    };
    const auto along = [&](const QPointF& end, const QPointF& before, double gap) {
        const bool leftward = before.x() < end.x();
        return QRectF(leftward ? end.x() - gap - wide : end.x() + gap, end.y() - 8, wide, 16);
    };
    const std::vector<QPointF>& p = box.points;
    for (const QRectF& rect : {along(p.back(), p[p.size() - 2], 10), along(p.front(), p[1], 22)}) {
        if (!isFree(rect)) continue;
        box.label = rect;
        box.text = text;
        return;
    }
}

}  // namespace

Layout layOut(const Data& data, const QSizeF& size, const TextWidth& width) {
    Layout layout;
    layout.size = size;
    std::vector<ColumnPlan> plans = columnsOf(data);
    if (plans.empty()) return layout;
    const std::vector<Link> links = linksOf(data);
    placeColumns(plans, data, size.width(), width);
    std::vector<double> y(data.nodes.size(), std::numeric_limits<double>::quiet_NaN());
    placeRows(plans, links, size.height(), y);
    layout.nodes.resize(data.nodes.size());
    for (std::size_t c = 0; c < plans.size(); ++c)
        for (const int node : plans[c].nodes) {
            const auto at = static_cast<std::size_t>(node);
            layout.nodes[at] = {QRectF(plans[c].x, y[at] - nodeHeight / 2, plans[c].width, nodeHeight), static_cast<int>(c)};
        }
    layout.edges = route(links, layout.nodes, size);
    for (EdgeBox& box : layout.edges) {
        const Edge& edge = data.edges[static_cast<std::size_t>(box.edge)];
        box.width = widthByRate(edge.rate);
        if (edge.rate >= 0) placeLabel(box, edge, layout, width);
    }
    return layout;
}

QSizeF minimumSize(const Data& data) {
    const std::vector<ColumnPlan> plans = columnsOf(data);
    if (plans.empty()) return {240, 80};
    std::size_t rows = 1;
    for (const ColumnPlan& plan : plans) rows = std::max(rows, plan.nodes.size());
    const auto columns = static_cast<double>(plans.size());
    return {2 * marginX + columns * nodeLeast + (columns - 1) * gutterLeast,
            2 * marginY + static_cast<double>(rows) * (nodeHeight + rowGap)};
}

int Layout::nodeAt(const QPointF& point) const {
    for (std::size_t i = 0; i < nodes.size(); ++i)
        if (nodes[i].rect.contains(point)) return static_cast<int>(i);
    return -1;
}

int Layout::neighbour(int node, int dx, int dy) const {
    if (node < 0 || node >= static_cast<int>(nodes.size())) return nodes.empty() ? -1 : 0;
    const NodeBox& from = nodes[static_cast<std::size_t>(node)];
    int best = -1;
    double least = std::numeric_limits<double>::max();
    for (int i = 0; i < static_cast<int>(nodes.size()); ++i) {
        const NodeBox& to = nodes[static_cast<std::size_t>(i)];
        const double down = to.rect.center().y() - from.rect.center().y();
        const bool reached = dx != 0 ? to.column == from.column + dx : to.column == from.column && down * dy > 0;
        if (i == node || !reached || std::abs(down) >= least) continue;
        least = std::abs(down);
        best = i;
    }
    return best;
}

}  // namespace nova::topology
