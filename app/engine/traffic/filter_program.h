// A tree made ready to run: names resolved, values typed, cheap terms before dear ones. The program is shared by all
// copies of a filter; what changes while it runs is its Run. Thread: one Run at a time each.
#pragma once

#include <memory>
#include <variant>
#include <vector>

#include "app/engine/traffic/filter.h"
#include "app/engine/traffic/filter_payload.h"
#include "app/engine/traffic/filter_tree.h"

namespace nova::engine::filter {

struct Run {
    std::shared_ptr<const FilterContext> context;
    PayloadReader payload;
    std::vector<std::vector<std::uint8_t>> verdicts;  // by slot, then by interned name: 0 not asked yet, 1 no, 2 yes
    bool failed = false;                              // this event's payload could not be looked into
};

// One comparison. Cost: what it takes in about 10 ns.
class Test {
public:
    explicit Test(int cost) : m_cost(cost) {}
    virtual ~Test() = default;
    [[nodiscard]] int cost() const { return m_cost; }
    [[nodiscard]] virtual bool matches(const Event& event, Run& run) const = 0;

private:
    const int m_cost;
};

struct Step {
    Node::Kind kind = Node::Kind::all;
    std::unique_ptr<const Test> test;
    std::vector<Step> children;
    int cost = 0;
    [[nodiscard]] bool matches(const Event& event, Run& run) const;
};

struct Program {
    Node tree;
    Step root;
    std::size_t slots = 0;  // of Run::verdicts
    FilterNeeds needs;
    QStringList words;  // that lone terms look for
};

std::variant<std::shared_ptr<const Program>, FilterError> compileProgram(Node tree, const FilterContext& context);

}  // namespace nova::engine::filter
