// The map of who talks to whom, as plain values.
#pragma once

#include <QString>
#include <vector>

#include "widgets/theme/status.h"

namespace nova::topology {

enum class Column { Users, Gateway, Writers, Topics, Consumers, Stores };
enum class NodeKind { People, Service, Topic, Store };

struct Node {
    QString id;
    Column column = Column::Writers;
    NodeKind kind = NodeKind::Service;
    QString title;
    QString subtitle;  // "x2 · p95 44 ms"
    QString colorKey;  // a name for theme::Tokens::service() or, for topics, ::topic()
    theme::Status status = theme::Status::Unknown;
    QString badge;         // small word at the right, "lagging"; empty: none
    bool unknown = false;  // dashed frame: nothing fresh is known
    QString toolTip;
};

enum class EdgeState { Normal, Idle, Lagging, Broken, Push };

struct Edge {
    QString from;
    QString to;
    double rate = -1;  // per second; < 0: no label
    EdgeState state = EdgeState::Normal;
    bool bus = false;  // one of many to the same target: they share one line, drawn behind the others
};

struct Data {
    std::vector<Node> nodes;  // order inside a column is the order given
    std::vector<Edge> edges;  // those naming an unknown node are left out

    bool isEmpty() const { return nodes.empty(); }
};

}  // namespace nova::topology
