#include "widgets/topology/routing.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace nova::topology {
namespace {

constexpr double arrowRoom = 6;  // the head stands before the node
constexpr double portStep = 8;
constexpr double portMost = 13;  // farthest from the middle of a node
constexpr double channelFirst = 14;
constexpr double channelStep = 8;
constexpr double channelLast = 14;  // before the next column
constexpr double clearance = 7;     // of a corridor from a node
constexpr double busPort = 11;      // under the middle of a node

struct Wire {
    Link link;
    bool forward = true;
    double y0 = 0, y1 = 0;  // at the source and at the target
    double corridor = 0;    // height at which skipped columns are crossed
    bool skips = false;
    int channel0 = 0, channel1 = 0;

    double comesFrom() const { return skips ? corridor : y0; }
};

// Heights at which wires enter each node: sorted by where they come from, the straightest one in the middle.
void spreadPorts(std::vector<Wire>& wires, const std::vector<NodeBox>& nodes) {
    std::map<std::pair<int, bool>, std::vector<Wire*>> sides;
    for (Wire& wire : wires) sides[{wire.link.to, wire.forward}].push_back(&wire);
    for (auto& [side, entering] : sides) {
        const double middle = nodes[static_cast<std::size_t>(side.first)].rect.center().y();
        std::stable_sort(entering.begin(), entering.end(),
                         [](const Wire* a, const Wire* b) { return a->comesFrom() < b->comesFrom(); });
        const auto straightest = std::min_element(entering.begin(), entering.end(), [&](const Wire* a, const Wire* b) {
            return std::abs(a->comesFrom() - middle) < std::abs(b->comesFrom() - middle);
        });
        std::vector<int> slots;  // wires of a bus enter as one
        for (auto wire = entering.begin(); wire != entering.end(); ++wire) {
            const bool together = wire != entering.begin() && (*wire)->link.bus && (*std::prev(wire))->link.bus;
            slots.push_back(slots.empty() ? 0 : slots.back() + (together ? 0 : 1));
        }
        const int middleSlot = slots[static_cast<std::size_t>(straightest - entering.begin())];
        for (std::size_t i = 0; i < entering.size(); ++i) {
            const double offset = (slots[i] - middleSlot) * portStep + (side.second ? 0 : 10);
            entering[i]->y1 = middle + std::clamp(offset, -portMost, portMost);
        }
    }
}

// The height nearest to `wish` that clears every node in the columns between the ends, and the other corridors.
double corridorOf(double wish, int low, int high, const std::vector<NodeBox>& nodes, const std::vector<double>& taken,
                  double bottom) {
    std::vector<double> candidates{wish, 8, bottom - 8};
    for (const NodeBox& node : nodes) {
        if (node.column <= low || node.column >= high) continue;
        candidates.push_back(node.rect.top() - clearance);
        candidates.push_back(node.rect.bottom() + clearance);
    }
    double best = bottom - 8, least = std::numeric_limits<double>::max();
    for (const double y : candidates) {
        if (y < 4 || y > bottom - 4 || std::abs(y - wish) >= least) continue;
        const bool blocked = std::any_of(nodes.begin(), nodes.end(), [&](const NodeBox& node) {
            return node.column > low && node.column < high && y > node.rect.top() - clearance + 1 &&
                   y < node.rect.bottom() + clearance - 1;
        });
        const bool shared =
            y != wish && std::any_of(taken.begin(), taken.end(), [&](double other) { return std::abs(other - y) < 3; });
        if (blocked || shared) continue;
        best = y;
        least = std::abs(y - wish);
    }
    return best;
}

// Vertical parts in one gutter; returns how many channels they need. Those of one source share a channel; others that
// would overlap get the next one.
struct Vertical {
    int source;
    double top, bottom;
    int* channel;
};

int assignChannels(std::vector<Vertical>& verticals) {
    std::map<int, std::pair<double, double>> reach;  // per source
    for (const Vertical& v : verticals) {
        const auto [at, fresh] = reach.try_emplace(v.source, v.top, v.bottom);
        if (!fresh) at->second = {std::min(at->second.first, v.top), std::max(at->second.second, v.bottom)};
    }
    std::map<int, int> channelOf;
    std::vector<std::vector<std::pair<double, double>>> used;
    for (const auto& [source, reached] : reach) {
        const auto& span = reached;  // a binding cannot be captured by every compiler
        std::size_t channel = 0;
        const auto clashes = [&](std::size_t c) {
            return std::any_of(used[c].begin(), used[c].end(), [&](const auto& other) {
                return span.first < other.second + 4 && other.first < span.second + 4;
            });
        };
        while (channel < used.size() && clashes(channel)) ++channel;
        if (channel == used.size()) used.emplace_back();
        used[channel].push_back(span);
        channelOf[source] = static_cast<int>(channel);
    }
    for (const Vertical& v : verticals) *v.channel = channelOf[v.source];
    return static_cast<int>(used.size());
}

// The space right of a column and how many channels share it.
struct Gutter {
    double left = 0;
    double width = 0;
    int channels = 0;

    // Channels move closer together where they would run into the next column.
    double x(int channel) const {
        const double step = std::min(channelStep, (width - channelFirst - channelLast) / std::max(1, channels));
        return std::floor(left + channelFirst + step * channel) + 0.5;
    }
};

std::vector<Gutter> guttersOf(const std::vector<NodeBox>& nodes) {
    std::map<int, QRectF> columns;
    for (const NodeBox& node : nodes) columns[node.column] = node.rect;
    std::vector<Gutter> gutters;
    for (const auto& [column, rect] : columns) {
        if (!gutters.empty()) gutters.back().width = rect.left() - gutters.back().left;
        gutters.push_back({rect.right(), channelFirst + channelLast, 0});
    }
    return gutters;
}

EdgeBox boxOf(const Wire& wire, const std::vector<NodeBox>& nodes, const std::vector<Gutter>& gutters) {
    const NodeBox& from = nodes[static_cast<std::size_t>(wire.link.from)];
    const NodeBox& to = nodes[static_cast<std::size_t>(wire.link.to)];
    const double x0 = wire.forward ? from.rect.right() : from.rect.left();
    const double x1 = wire.forward ? to.rect.left() - arrowRoom : to.rect.right() + arrowRoom;
    const int gutter0 = wire.forward ? from.column : from.column - 1;
    const int gutter1 = wire.forward ? to.column - 1 : to.column;
    EdgeBox box;
    box.edge = wire.link.edge;
    const double a = gutters[static_cast<std::size_t>(gutter0)].x(wire.channel0);
    const double b = gutters[static_cast<std::size_t>(gutter1)].x(wire.channel1);
    std::vector<QPointF> points{{x0, wire.y0}};
    if (wire.skips) {
        points.insert(points.end(), {{a, wire.y0}, {a, wire.corridor}, {b, wire.corridor}, {b, wire.y1}});
    } else if (std::abs(wire.y0 - wire.y1) > 0.5) {
        points.insert(points.end(), {{a, wire.y0}, {a, wire.y1}});
    }
    points.emplace_back(x1, wire.y1);
    for (const QPointF& point : points) {
        const bool repeated = !box.points.empty() && (box.points.back() - point).manhattanLength() < 0.5;
        if (!repeated) box.points.push_back(point);
    }
    return box;
}

}  // namespace

std::vector<EdgeBox> route(const std::vector<Link>& links, const std::vector<NodeBox>& nodes, const QSizeF& size) {
    std::vector<Wire> wires;
    for (const Link& link : links) {
        const NodeBox& from = nodes[static_cast<std::size_t>(link.from)];
        const NodeBox& to = nodes[static_cast<std::size_t>(link.to)];
        if (from.column == to.column) continue;
        Wire wire;
        wire.link = link;
        wire.forward = from.column < to.column;
        wire.skips = std::abs(from.column - to.column) > 1;
        wire.y0 = from.rect.center().y() - (wire.forward ? 0 : 8) + (link.bus ? busPort : 0);
        wires.push_back(wire);
    }
    std::vector<double> corridors;
    std::map<int, double> busCorridors;  // by target
    for (Wire& wire : wires) {
        if (!wire.skips) continue;
        if (const auto bus = busCorridors.find(wire.link.to); wire.link.bus && bus != busCorridors.end()) {
            wire.corridor = bus->second;
            continue;
        }
        const int from = nodes[static_cast<std::size_t>(wire.link.from)].column,
                  to = nodes[static_cast<std::size_t>(wire.link.to)].column;
        const double wish = nodes[static_cast<std::size_t>(wire.link.to)].rect.center().y();
        wire.corridor = corridorOf(wish, std::min(from, to), std::max(from, to), nodes, corridors, size.height());
        corridors.push_back(wire.corridor);
        if (wire.link.bus) busCorridors.emplace(wire.link.to, wire.corridor);
    }
    spreadPorts(wires, nodes);
    std::map<int, std::vector<Vertical>> parts;
    const auto vertical = [&](int gutter, int source, double y0, double y1, int* channel) {
        if (std::abs(y0 - y1) > 0.5) parts[gutter].push_back({source, std::min(y0, y1), std::max(y0, y1), channel});
    };
    // Backward and skipping wires share a channel with nobody, those of a bus with each other.
    const int count = static_cast<int>(nodes.size());
    int own = 3 * count;
    for (Wire& wire : wires) {
        const int from = nodes[static_cast<std::size_t>(wire.link.from)].column,
                  to = nodes[static_cast<std::size_t>(wire.link.to)].column;
        const int source = wire.link.bus && wire.skips ? count + wire.link.to : wire.forward ? wire.link.from : own++;
        vertical(wire.forward ? from : from - 1, source, wire.y0, wire.skips ? wire.corridor : wire.y1, &wire.channel0);
        if (!wire.skips) continue;
        const int end = wire.link.bus ? 2 * count + wire.link.to : own++;
        vertical(wire.forward ? to - 1 : to, end, wire.corridor, wire.y1, &wire.channel1);
    }
    std::vector<Gutter> gutters = guttersOf(nodes);
    for (auto& [gutter, verticals] : parts)
        gutters[static_cast<std::size_t>(gutter)].channels = assignChannels(verticals);
    std::vector<EdgeBox> boxes;
    for (const Wire& wire : wires) boxes.push_back(boxOf(wire, nodes, gutters));
    return boxes;
}

}  // namespace nova::topology
