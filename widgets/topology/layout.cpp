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
constexpr double gutterLeast = 60;
constexpr double marginTight = 12;  // where short texts are needed
constexpr double gutterTight = 52;
constexpr double nodeLeast = 92;

// What a title says beyond its column: "content-service" stands among services, "nova.content.events" among topics.
QString shortTitle(QString title) {
    if (title.endsWith(QLatin1String("-service"))) title.chop(8);
    for (const QLatin1String prefix : {QLatin1String("graphql-"), QLatin1String("nova.")})
        if (title.startsWith(prefix)) title.remove(0, prefix.size());
    return title;
}

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

// Sets the natural width of each column, with full or short texts, and returns their sum.
double measureColumns(std::vector<ColumnPlan>& plans, const Data& data, bool brief, const TextWidth& width,
                      Layout& layout) {
    double natural = 0;
    for (ColumnPlan& plan : plans) {
        plan.width = nodeLeast;
        for (const int index : plan.nodes) {
            const Node& node = data.nodes[static_cast<std::size_t>(index)];
            NodeBox& box = layout.nodes[static_cast<std::size_t>(index)];
            box.title = brief ? shortTitle(node.title) : node.title;
            box.subtitle = brief ? node.subtitle.section(QStringLiteral(" · "), -1) : node.subtitle;
            const double badge = node.badge.isEmpty() ? 0 : width(node.badge, false) + 16;
            const double text = std::max(width(box.title, true) + badge, width(box.subtitle, false));
            plan.width = std::max(plan.width, textLeft + text + textRight);
        }
        plan.width = std::ceil(plan.width);
        natural += plan.width;
    }
    return natural;
}

// Full texts if they fit, else short ones closer together, else widths shrunk evenly: the gutters keep their least.
void placeColumns(std::vector<ColumnPlan>& plans, const Data& data, const TextWidth& width, Layout& layout) {
    const auto gutters = static_cast<double>(plans.size() - 1);
    double natural = measureColumns(plans, data, false, width, layout);
    const bool brief = natural + gutters * gutterLeast > layout.size.width() - 2 * marginX;
    if (brief) natural = measureColumns(plans, data, true, width, layout);
    const double margin = brief ? marginTight : marginX;
    const double least = brief ? gutterTight : gutterLeast;
    const double room = layout.size.width() - 2 * margin;
    double gutter = gutters > 0 ? (room - natural) / gutters : 0;
    if (gutters > 0 && gutter < least) {
        const double factor = std::max(0.1, (room - gutters * least) / natural);
        for (ColumnPlan& plan : plans) plan.width = std::floor(std::max(nodeLeast, plan.width * factor));
        gutter = least;
    }
    double x = margin;
    for (ColumnPlan& plan : plans) {
        plan.x = std::floor(x);
        x += plan.width + gutter;
    }
}

// In line with the first of up to two placed neighbours, those it is fed by before those it feeds; in the middle of
// more; NaN when there is none. Rates have no say: nothing moves because they change.
double wishOf(int node, const std::vector<Link>& links, const std::vector<double>& y) {
    double sum = 0, chosen = 0;
    bool fed = false;
    int count = 0;
    for (const Link& link : links) {
        if (link.bus) continue;  // a shared line says nothing of where its ends should stand
        const int other = link.from == node ? link.to : link.to == node ? link.from : -1;
        if (other < 0 || std::isnan(y[static_cast<std::size_t>(other)])) continue;
        const double at = y[static_cast<std::size_t>(other)];
        sum += at;
        const bool feeds = link.to == node;
        if (count++ == 0 || (feeds && !fed)) chosen = at;
        fed = fed || feeds;
    }
    if (count == 0) return std::numeric_limits<double>::quiet_NaN();
    return count <= 2 ? chosen : sum / count;
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

void placeRows(const std::vector<ColumnPlan>& plans, const std::vector<Link>& links, double height,
               std::vector<double>& y) {
    const auto longest = std::max_element(plans.begin(), plans.end(), [](const ColumnPlan& a, const ColumnPlan& b) {
        return a.nodes.size() < b.nodes.size();
    });
    const auto even = [&](const ColumnPlan& plan, std::size_t i) {
        return marginY +
               (height - 2 * marginY) * (static_cast<double>(i) + 0.5) / static_cast<double>(plan.nodes.size());
    };
    const double step =
        std::min(nodeHeight + rowGap, (height - 2 * marginY) / static_cast<double>(longest->nodes.size()));
    const auto place = [&](const ColumnPlan& plan) {
        std::vector<double> wishes;
        for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
            const double wish = wishOf(plan.nodes[i], links, y);
            wishes.push_back(&plan == &*longest || std::isnan(wish) ? even(plan, i) : wish);
        }
        const double half = nodeHeight / 2;
        spread(wishes, marginY + half, height - marginY - half, step);
        for (std::size_t i = 0; i < plan.nodes.size(); ++i)
            y[static_cast<std::size_t>(plan.nodes[i])] = std::round(wishes[i]);
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
            links.push_back({i, from->second, to->second, std::max(edge.rate, 0.0), edge.bus});
    }
    return links;
}

double widthByRate(double rate) {
    return rate < 100 ? 1 : rate < 1000 ? 1.75 : 2.5;
}

int crossings(const QRectF& rect, int own, const Layout& layout) {
    int count = 0;
    for (std::size_t e = 0; e < layout.edges.size(); ++e) {
        const std::vector<QPointF>& p = layout.edges[e].points;
        for (std::size_t i = 0; static_cast<int>(e) != own && i + 1 < p.size(); ++i) {
            const QRectF line = QRectF(p[i], p[i + 1]).normalized().adjusted(-0.5, -0.5, 0.5, 0.5);
            if (line.intersects(rect)) ++count;
        }
    }
    return count;
}

// On a level part of the path, best at the arrow's end, where it covers no node, no label and the fewest other edges.
void placeLabel(int index, const Edge& edge, const TextWidth& width, Layout& layout) {
    constexpr double arrowGap = 10, cornerGap = 8;
    EdgeBox& box = layout.edges[static_cast<std::size_t>(index)];
    const QString text = theme::rate(edge.rate);
    const double wide = std::ceil(width(text, false)) + 6;
    std::vector<QRectF> places;
    for (std::size_t i = box.points.size() - 1; i > 0; --i) {
        const QPointF a = box.points[i - 1], b = box.points[i];
        const bool last = i + 1 == box.points.size();
        const double room = std::abs(b.x() - a.x()) - (last ? arrowGap : cornerGap) - 2;
        if (std::abs(a.y() - b.y()) > 0.5 || room < wide) continue;
        const double end =
            a.x() < b.x() ? b.x() - (last ? arrowGap : cornerGap) - wide : b.x() + (last ? arrowGap : cornerGap);
        places.emplace_back(end, b.y() - 8, wide, 16);
        places.emplace_back((a.x() + b.x() - wide) / 2, b.y() - 8, wide, 16);
    }
    int least = std::numeric_limits<int>::max();
    for (const QRectF& rect : places) {
        const auto meets = [&](const auto& other) { return other.intersects(rect); };
        const bool blocked = std::any_of(layout.nodes.begin(), layout.nodes.end(),
                                         [&](const NodeBox& node) { return meets(node.rect); }) ||
                             std::any_of(layout.edges.begin(), layout.edges.end(),
                                         [&](const EdgeBox& other) { return meets(other.label); });
        const int crossed = crossings(rect, index, layout);
        if (blocked || crossed >= least) continue;
        least = crossed;
        box.label = rect;
        box.text = text;
    }
}

}  // namespace

Layout layOut(const Data& data, const QSizeF& size, const TextWidth& width) {
    Layout layout;
    layout.size = size;
    std::vector<ColumnPlan> plans = columnsOf(data);
    if (plans.empty()) return layout;
    const std::vector<Link> links = linksOf(data);
    layout.nodes.resize(data.nodes.size());
    placeColumns(plans, data, width, layout);
    std::vector<double> y(data.nodes.size(), std::numeric_limits<double>::quiet_NaN());
    placeRows(plans, links, size.height(), y);
    for (std::size_t c = 0; c < plans.size(); ++c)
        for (const int node : plans[c].nodes) {
            const auto at = static_cast<std::size_t>(node);
            layout.nodes[at].rect = QRectF(plans[c].x, y[at] - nodeHeight / 2, plans[c].width, nodeHeight);
            layout.nodes[at].column = static_cast<int>(c);
        }
    layout.edges = route(links, layout.nodes, size);
    for (std::size_t i = 0; i < layout.edges.size(); ++i) {
        const Edge& edge = data.edges[static_cast<std::size_t>(layout.edges[i].edge)];
        layout.edges[i].width = widthByRate(edge.rate);
        if (edge.rate >= 0) placeLabel(static_cast<int>(i), edge, width, layout);
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
