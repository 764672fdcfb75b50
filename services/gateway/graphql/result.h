// The response as it grows: a tree of nodes, filled level by level, then finished (nulls propagate, October 2021
// §6.4.4) and written.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "gateway/graphql/error.h"
#include "gateway/graphql/plan.h"
#include "gateway/graphql/value.h"

namespace nova::graphql {

struct Node {
    enum class Kind { null, leaf, late, object, list };
    Kind kind = Kind::null;
    bool nonNull = false;
    const Node* parent = nullptr;
    const PlannedField* field = nullptr;  // of a member of an object; nullptr for list items and the root
    std::int64_t index = 0;               // of a list item
    const Plan* plan = nullptr;           // of an object: `children` stand beside its fields
    Value leaf;
    std::function<Value()> late;
    std::vector<Node*> children;

    [[nodiscard]] std::vector<PathStep> path() const;
};

class ResultTree {
public:
    Node& add() { return m_nodes.emplace_back(); }
    [[nodiscard]] std::size_t size() const { return m_nodes.size(); }

private:
    std::deque<Node> m_nodes;
};

// False when the node is null where null is not allowed, so that its parent must become null.
bool finish(Node& node);
void write(std::string& out, const Node& node);

}  // namespace nova::graphql
