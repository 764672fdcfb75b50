#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "gateway/graphql/coerce.h"
#include "gateway/graphql/rules.h"

namespace nova::graphql {
namespace {

template <typename List>
std::vector<std::string> names(const List& list) {
    std::vector<std::string> all;
    for (const auto& item : list) all.push_back(item.name);
    return all;
}

class SelectionRules {
public:
    SelectionRules(const Schema& schema, const ast::Document& document, Report& report)
        : m_schema(schema), m_document(document), m_report(report) {}

    Uses check(const ast::Operation& operation) {
        m_uses = {};
        for (const auto& variable : operation.variables) checkVariable(variable);
        checkDirectives(operation.directives, operation.kind == ast::Operation::Kind::mutation ? "MUTATION" : "QUERY");
        const bool mutation = operation.kind == ast::Operation::Kind::mutation;
        if (operation.kind != ast::Operation::Kind::subscription && (!mutation || m_schema.mutation() != nullptr)) {
            checkSelections(operation.selections, mutation ? m_schema.mutation() : &m_schema.query());
        }
        return std::move(m_uses);
    }

    Uses check(const ast::Fragment& fragment) {
        m_uses = {};
        checkDirectives(fragment.directives, "FRAGMENT_DEFINITION");
        checkSelections(fragment.selections, objectType(fragment.on, fragment.onAt));
        return std::move(m_uses);
    }

private:
    void checkVariable(const ast::VariableDefinition& variable) {
        checkDirectives(variable.directives, "VARIABLE_DEFINITION");
        const TypeUse use{m_schema.find(variable.type.name), variable.type};
        if (use.type == nullptr) {
            m_report.add(variable.type.at, fmt::format("There is no type \"{}\".", variable.type.name));
        } else if (!use.type->isInput()) {
            m_report.add(variable.type.at,
                         fmt::format("Variable \"${}\" cannot be of type {}: it is not an input type.", variable.name,
                                     ast::print(variable.type)));
        } else if (variable.defaultValue) {
            checkLiteral(*variable.defaultValue, use);
        }
    }

    // The object type of that name, or nullptr with an error.
    const TypeDef* objectType(const std::string& name, ast::Offset at) {
        const TypeDef* type = m_schema.find(name);
        if (type == nullptr)
            m_report.add(at,
                         fmt::format("There is no type \"{}\".{}", name, suggestion(name, names(m_schema.types()))));
        else if (type->kind != TypeDef::Kind::object)
            m_report.add(at, fmt::format("A fragment cannot be on {}: it has no fields.", name));
        else
            return type;
        return nullptr;
    }

    void checkSelections(const std::vector<ast::Selection>& selections, const TypeDef* parent) {
        for (const auto& selection : selections) {
            if (m_report.full()) return;
            switch (selection.kind) {
                case ast::Selection::Kind::field:
                    checkField(selection, parent);
                    break;
                case ast::Selection::Kind::spread:
                    checkSpread(selection, parent);
                    break;
                case ast::Selection::Kind::inlineFragment:
                    checkInline(selection, parent);
                    break;
            }
        }
    }

    void checkField(const ast::Selection& selection, const TypeDef* parent) {
        checkDirectives(selection.directives, "FIELD");
        const FieldDef* field = parent != nullptr ? m_schema.field(*parent, selection.name) : nullptr;
        if (field == nullptr) {
            if (parent != nullptr) {
                m_report.add(selection.at,
                             fmt::format("There is no field \"{}\" on type {}.{}", selection.name, parent->name,
                                         suggestion(selection.name, names(parent->fields))));
            }
            checkSelections(selection.selections, nullptr);
            return;
        }
        checkArguments(selection.arguments, field->arguments, selection.at,
                       fmt::format("field \"{}\"", selection.name));
        const TypeDef* type = field->type.type;
        const bool leaf = type->kind != TypeDef::Kind::object;
        if (leaf && !selection.selections.empty()) {
            m_report.add(selection.at, fmt::format("Field \"{}\" of type {} has no fields of its own to select.",
                                                   selection.name, ast::print(field->type.ref)));
        } else if (!leaf && selection.selections.empty()) {
            m_report.add(selection.at,
                         fmt::format("Field \"{}\" of type {} needs a selection of fields: \"{} {{ … }}\".",
                                     selection.name, ast::print(field->type.ref), selection.name));
        }
        if (!leaf) checkSelections(selection.selections, type);
    }

    void checkSpread(const ast::Selection& selection, const TypeDef* parent) {
        checkDirectives(selection.directives, "FRAGMENT_SPREAD");
        const auto* fragment = m_document.fragment(selection.name);
        if (fragment == nullptr) {
            m_report.add(selection.at, fmt::format("There is no fragment \"{}\".", selection.name));
            return;
        }
        m_uses.fragments.push_back(selection.name);
        const TypeDef* on = m_schema.find(fragment->on);
        if (on != nullptr && parent != nullptr && on != parent) {
            m_report.add(selection.at, fmt::format("Fragment \"{}\" is on {} and can never apply to {}.",
                                                   selection.name, on->name, parent->name));
        }
    }

    void checkInline(const ast::Selection& selection, const TypeDef* parent) {
        checkDirectives(selection.directives, "INLINE_FRAGMENT");
        const TypeDef* on = selection.name.empty() ? parent : objectType(selection.name, selection.at);
        if (on != nullptr && parent != nullptr && on != parent) {
            m_report.add(selection.at, fmt::format("A fragment on {} can never apply to {}.", on->name, parent->name));
        }
        checkSelections(selection.selections, on);
    }

    void checkDirectives(const std::vector<ast::Directive>& directives, std::string_view place) {
        std::set<std::string> seen;
        for (const auto& used : directives) {
            const auto* directive = m_schema.directive(used.name);
            if (directive == nullptr) {
                m_report.add(used.at, fmt::format("There is no directive \"@{}\".{}", used.name,
                                                  suggestion(used.name, names(m_schema.directives()))));
                continue;
            }
            if (std::find(directive->locations.begin(), directive->locations.end(), place) ==
                directive->locations.end()) {
                m_report.add(used.at, fmt::format("Directive \"@{}\" cannot be used on {}.", used.name, place));
            }
            if (!seen.insert(used.name).second && !directive->repeatable) {
                m_report.add(used.at, fmt::format("Directive \"@{}\" can be used only once in one place.", used.name));
            }
            checkArguments(used.arguments, directive->arguments, used.at, "directive \"@" + used.name + "\"");
        }
    }

    void checkArguments(const std::vector<ast::Argument>& given, const std::vector<InputDef>& definitions,
                        ast::Offset at, const std::string& owner) {
        std::set<std::string> seen;
        for (const auto& argument : given) {
            if (!seen.insert(argument.name).second) {
                m_report.add(argument.at, fmt::format("Argument \"{}\" is given more than once.", argument.name));
                continue;
            }
            const auto found = std::find_if(definitions.begin(), definitions.end(),
                                            [&](const auto& d) { return d.name == argument.name; });
            if (found == definitions.end()) {
                m_report.add(argument.at, fmt::format("There is no argument \"{}\" on {}.{}", argument.name, owner,
                                                      suggestion(argument.name, names(definitions))));
                continue;
            }
            checkLiteral(argument.value, found->type);
            noteVariables(argument.value, found->type, found->defaultValue.has_value());
        }
        for (const auto& definition : definitions) {
            if (definition.required() && !seen.contains(definition.name)) {
                m_report.add(at, fmt::format("Argument \"{}\" of type {} is required on {}.", definition.name,
                                             ast::print(definition.type.ref), owner));
            }
        }
    }

    void checkLiteral(const ast::Value& literal, const TypeUse& type) {
        if (const auto value = coerceLiteral(literal, type); !value)
            m_report.add(value.error().at, value.error().message);
    }

    void noteVariables(const ast::Value& value, TypeUse type, bool hasDefault) {
        if (value.kind == ast::Value::Kind::variable)
            m_uses.variables.push_back({value.text, value.at, type, hasDefault});
        if (value.kind != ast::Value::Kind::list || !type.isList()) return;
        auto& wraps = type.ref.wraps;
        if (wraps.back() == ast::TypeRef::Wrap::nonNull) wraps.pop_back();
        wraps.pop_back();
        for (const auto& item : value.items) noteVariables(item, type, false);
    }

    const Schema& m_schema;
    const ast::Document& m_document;
    Report& m_report;
    Uses m_uses;
};

}  // namespace

DocumentUses checkSelections(const Schema& schema, const ast::Document& document, Report& report) {
    SelectionRules rules(schema, document, report);
    DocumentUses uses;
    for (const auto& operation : document.operations) uses.operations.push_back(rules.check(operation));
    for (const auto& fragment : document.fragments) uses.fragments.emplace(fragment.name, rules.check(fragment));
    return uses;
}

}  // namespace nova::graphql
