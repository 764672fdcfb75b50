#include "gateway/graphql/result.h"

#include <algorithm>

#include "gateway/graphql/json.h"

namespace nova::graphql {

std::vector<PathStep> Node::path() const {
    std::vector<PathStep> steps;
    for (const Node* node = this; node->parent != nullptr; node = node->parent) {
        if (node->field != nullptr)
            steps.emplace_back(node->field->key);
        else
            steps.emplace_back(node->index);
    }
    std::reverse(steps.begin(), steps.end());
    return steps;
}

bool finish(Node& node) {
    if (node.kind == Node::Kind::late) {
        node.leaf = node.late();
        node.kind = node.leaf.isNull() ? Node::Kind::null : Node::Kind::leaf;
    }
    const bool whole =
        std::all_of(node.children.begin(), node.children.end(), [](Node* child) { return finish(*child); });
    if (!whole) node.kind = Node::Kind::null;
    return node.kind != Node::Kind::null || !node.nonNull;
}

void write(std::string& out, const Node& node) {
    const bool object = node.kind == Node::Kind::object;
    switch (node.kind) {
        case Node::Kind::late:
        case Node::Kind::null:
            out += "null";
            return;
        case Node::Kind::leaf:
            writeJson(out, node.leaf);
            return;
        case Node::Kind::object:
        case Node::Kind::list:
            break;
    }
    out += object ? '{' : '[';
    for (std::size_t i = 0; i < node.children.size(); ++i) {
        if (i > 0) out += ',';
        if (object) {
            writeJsonString(out, node.plan->fields[i].key);
            out += ':';
        }
        write(out, *node.children[i]);
    }
    out += object ? '}' : ']';
}

}  // namespace nova::graphql
