#include "app/engine/traffic/filter_program.h"

#include <algorithm>

#include "app/engine/traffic/filter_check.h"
#include "app/engine/traffic/filter_tests.h"

using namespace Qt::StringLiterals;

namespace nova::engine::filter {
namespace {

void addNeeds(const Term& term, FilterNeeds& needs) {
    const auto& field = term.field;
    const bool ofRecord = field == u"topic" || field == u"partition" || field == u"offset" || field == u"key" ||
                          field == u"time" || field == u"size";
    const auto isFlag = [&](const char16_t* name) {
        return field == u"is" && std::any_of(term.values.begin(), term.values.end(),
                                             [&](const Value& value) { return value.text == name; });
    };
    const bool flagOfRecord = field == u"is" && std::all_of(term.values.begin(), term.values.end(), [](const Value& v) {
                                  return v.text == u"dlq" || v.text == u"tombstone";
                              });
    needs.headers = needs.headers || !(ofRecord || flagOfRecord);
    needs.payload = needs.payload || field == u"payload" || field.isEmpty();
    needs.value = needs.value || needs.payload || field == u"size" || field == u"user" || isFlag(u"undecodable");
    needs.handles = needs.handles || field == u"user" || field.isEmpty();
    needs.stale = needs.stale || isFlag(u"stale");
    needs.history = needs.history || isFlag(u"duplicate") || isFlag(u"stale");
}

class Compiler {
public:
    Compiler(const FilterContext& context, Program& program) : m_context(context), m_program(program) {}

    Step step(const Node& node) {
        Step made;
        made.kind = node.kind;
        if (node.kind == Node::Kind::term) {
            addNeeds(node.term, m_program.needs);
            made.test = makeTest(node.term, m_context, m_program);
            made.cost = made.test->cost();
            return made;
        }
        for (const auto& child : node.children) {
            made.children.push_back(step(child));
            made.cost += made.children.back().cost;
        }
        std::stable_sort(made.children.begin(), made.children.end(),
                         [](const Step& a, const Step& b) { return a.cost < b.cost; });
        return made;
    }

private:
    const FilterContext& m_context;
    Program& m_program;
};

}  // namespace

bool Step::matches(const Event& event, Run& run) const {
    const auto one = [&](const Step& child) { return child.matches(event, run); };
    switch (kind) {
        case Node::Kind::term:
            return test->matches(event, run);
        case Node::Kind::none:
            return !children.front().matches(event, run);
        case Node::Kind::any:
            return std::any_of(children.begin(), children.end(), one);
        case Node::Kind::all:
            break;
    }
    return std::all_of(children.begin(), children.end(), one);
}

std::variant<std::shared_ptr<const Program>, FilterError> compileProgram(Node tree, const FilterContext& context) {
    if (auto error = check(tree, context)) return *error;
    auto program = std::make_shared<Program>();
    program->root = Compiler(context, *program).step(tree);
    program->tree = std::move(tree);
    return std::shared_ptr<const Program>(std::move(program));
}

}  // namespace nova::engine::filter
