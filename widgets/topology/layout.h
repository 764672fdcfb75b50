// Places nodes in columns and routes edges at right angles through the gutters between them. No widget, no window.
#pragma once

#include <QPointF>
#include <QRectF>
#include <QSizeF>
#include <functional>
#include <vector>

#include "widgets/topology/data.h"

namespace nova::topology {

// Width in pixels of `text`: titles are 12 px medium, all else 11 px.
using TextWidth = std::function<double(const QString& text, bool title)>;

struct NodeBox {
    QRectF rect;
    QString title;  // shortened where the map is narrow
    QString subtitle;
    int column = 0;  // among the columns that have nodes
};

struct EdgeBox {
    int edge = -1;                // index into Data::edges
    std::vector<QPointF> points;  // corners of the orthogonal path, first and last at the nodes
    double width = 1;             // 1, 1.75 or 2.5 by rate
    QRectF label;                 // empty: none
    QString text;
};

struct Layout {
    QSizeF size;
    std::vector<NodeBox> nodes;  // as Data::nodes
    std::vector<EdgeBox> edges;

    // Index of the node at a point, or -1.
    int nodeAt(const QPointF& point) const;
    // The node reached from `node` by an arrow key (dx, dy in -1, 0, 1), or -1.
    int neighbour(int node, int dx, int dy) const;
};

Layout layOut(const Data& data, const QSizeF& size, const TextWidth& width);

// The smallest size at which nothing overlaps.
QSizeF minimumSize(const Data& data);

}  // namespace nova::topology
