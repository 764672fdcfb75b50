// Draws the pieces of a laid-out map.
#pragma once

#include "widgets/theme/tokens.h"
#include "widgets/topology/data.h"
#include "widgets/topology/layout.h"

class QPainter;

namespace nova::topology {

// Text width for layOut(), in the fonts the map is painted in.
double measure(const QString& text, bool title);

void paintEdge(QPainter& painter, const EdgeBox& box, const Edge& edge, const theme::Tokens& t);
void paintEdgeLabel(QPainter& painter, const EdgeBox& box, const Edge& edge, const theme::Tokens& t);
void paintNode(QPainter& painter, const NodeBox& box, const Node& node, bool hovered, bool selected,
               const theme::Tokens& t);

}  // namespace nova::topology
