#include "gateway/graphql/plan.h"

#include <algorithm>
#include <set>

namespace nova::graphql {
namespace {

class Planner {
public:
    Planner(const Schema& schema, const ast::Document& document, const Variables& variables)
        : m_schema(schema), m_document(document), m_variables(variables) {}

    Plan plan(const TypeDef& type, const std::vector<const std::vector<ast::Selection>*>& sets,
              const std::string& path) {
        Plan plan{&type, {}};
        std::set<std::string> seen;
        for (const auto* set : sets) collect(*set, plan, path, seen);
        for (auto& field : plan.fields) complete(field);
        return plan;
    }

private:
    void collect(const std::vector<ast::Selection>& selections, Plan& plan, const std::string& path,
                 std::set<std::string>& seen) {
        for (const auto& selection : selections) {
            if (!isWanted(selection)) continue;
            if (selection.kind == ast::Selection::Kind::field) {
                add(selection, plan, path);
            } else if (selection.kind == ast::Selection::Kind::inlineFragment) {
                collect(selection.selections, plan, path, seen);
            } else if (seen.insert(selection.name).second) {
                collect(m_document.fragment(selection.name)->selections, plan, path, seen);
            }
        }
    }

    void add(const ast::Selection& selection, Plan& plan, const std::string& path) {
        const auto known = std::find_if(plan.fields.begin(), plan.fields.end(),
                                        [&](const auto& f) { return f.key == selection.key(); });
        if (known != plan.fields.end()) {
            known->selections.push_back(&selection);
            return;
        }
        auto& field = plan.fields.emplace_back();
        field.key = selection.key();
        field.path = path.empty() ? field.key : path + "." + field.key;
        field.field = m_schema.field(*plan.type, selection.name);
        field.selections.push_back(&selection);
    }

    void complete(PlannedField& field) {
        const auto& first = *field.selections.front();
        auto arguments = coerceArguments(field.field->arguments, first.arguments, m_variables, first.at);
        if (arguments)
            field.arguments = std::move(arguments.value());
        else
            field.wrong = arguments.error();

        const TypeDef& type = *field.field->type.type;
        if (type.kind != TypeDef::Kind::object) return;
        std::vector<const std::vector<ast::Selection>*> sets;
        for (const auto* selection : field.selections) sets.push_back(&selection->selections);
        field.below = std::make_unique<Plan>(plan(type, sets, field.path));
    }

    bool isWanted(const ast::Selection& selection) const {
        for (const auto& directive : selection.directives) {
            const auto* definition = m_schema.directive(directive.name);
            if (directive.name != "skip" && directive.name != "include") continue;
            const auto arguments =
                coerceArguments(definition->arguments, directive.arguments, m_variables, directive.at);
            const bool condition = arguments && arguments.value().flag("if");
            if (condition == (directive.name == "skip")) return false;
        }
        return true;
    }

    const Schema& m_schema;
    const ast::Document& m_document;
    const Variables& m_variables;
};

}  // namespace

Plan plan(const Schema& schema, const ast::Document& document, const ast::Operation& operation,
          const Variables& variables) {
    const TypeDef& root = operation.kind == ast::Operation::Kind::mutation ? *schema.mutation() : schema.query();
    return Planner(schema, document, variables).plan(root, {&operation.selections}, {});
}

}  // namespace nova::graphql
