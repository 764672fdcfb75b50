// Paths at right angles between placed nodes. Vertical parts run in the gutters, each source in a channel of its own;
// an edge that skips columns crosses them where no node stands.
#pragma once

#include <QSizeF>
#include <vector>

#include "widgets/topology/layout.h"

namespace nova::topology {

struct Link {
    int edge = -1;  // index into Data::edges
    int from = -1;  // indices into the nodes
    int to = -1;
    double rate = 0;
    bool bus = false;
};

std::vector<EdgeBox> route(const std::vector<Link>& links, const std::vector<NodeBox>& nodes, const QSizeF& size);

}  // namespace nova::topology
