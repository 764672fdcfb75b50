#include "gateway/graphql/analyse.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace nova::graphql {
namespace {

constexpr std::int64_t ceiling = 1'000'000'000;

std::int64_t plus(std::int64_t a, std::int64_t b) {
    return std::min(ceiling, a + b);
}
std::int64_t times(std::int64_t a, std::int64_t b) {
    return std::min(ceiling, a * b);
}

void add(Measure& to, const Measure& part) {
    to.depth = std::max(to.depth, part.depth);
    to.fields = plus(to.fields, part.fields);
    to.aliases = plus(to.aliases, part.aliases);
    to.cost = plus(to.cost, part.cost);
}

class Measurer {
public:
    Measurer(const Schema& schema, const ast::Document& document, const Limits& limits, const Variables* variables)
        : m_schema(schema), m_document(document), m_limits(limits), m_variables(variables) {}

    Measure of(const std::vector<ast::Selection>& selections, const TypeDef* parent) {
        Measure total;
        for (const auto& selection : selections) add(total, of(selection, parent));
        return total;
    }

private:
    Measure of(const ast::Selection& selection, const TypeDef* parent) {
        switch (selection.kind) {
            case ast::Selection::Kind::spread:
                return ofFragment(selection.name);
            case ast::Selection::Kind::inlineFragment:
                return of(selection.selections, selection.name.empty() ? parent : m_schema.find(selection.name));
            case ast::Selection::Kind::field:
                break;
        }
        const FieldDef* field = parent != nullptr ? m_schema.field(*parent, selection.name) : nullptr;
        const TypeDef* type = field != nullptr ? field->type.type : nullptr;
        const bool introspection =
            (type != nullptr && type->name.starts_with("__")) || (parent != nullptr && parent->name.starts_with("__"));

        Measure measured = of(selection.selections, type);
        measured.depth = plus(measured.depth, 1);
        measured.fields = plus(measured.fields, 1);
        if (!selection.alias.empty() && !introspection) measured.aliases = plus(measured.aliases, 1);
        if (!selection.selections.empty() && !introspection) {
            measured.cost = plus(1, times(measured.cost, field != nullptr ? page(selection, *field) : 1));
        }
        return measured;
    }

    Measure ofFragment(const std::string& name) {
        if (const auto known = m_fragments.find(name); known != m_fragments.end()) return known->second;
        const auto* fragment = m_document.fragment(name);
        if (fragment == nullptr) return {};
        const Measure measured = of(fragment->selections, m_schema.find(fragment->on));
        m_fragments.emplace(name, measured);
        return measured;
    }

    // How many objects a field with `first` stands for.
    std::int64_t page(const ast::Selection& selection, const FieldDef& field) const {
        const auto* definition = field.argument("first");
        if (definition == nullptr) return 1;
        const ast::Value* literal = definition->defaultValue ? &*definition->defaultValue : nullptr;
        for (const auto& argument : selection.arguments) {
            if (argument.name != "first") continue;
            if (argument.value.kind == ast::Value::Kind::variable && m_variables == nullptr) return 1;
            if (argument.value.kind != ast::Value::Kind::variable || m_variables->contains(argument.value.text))
                literal = &argument.value;
        }
        if (literal == nullptr) return 1;
        const auto value = coerceLiteral(*literal, definition->type, m_variables);
        const auto* number = value ? value.value().as<std::int64_t>() : nullptr;
        return number != nullptr ? std::clamp<std::int64_t>(*number, 1, m_limits.page) : 1;
    }

    const Schema& m_schema;
    const ast::Document& m_document;
    const Limits& m_limits;
    const Variables* m_variables;
    std::unordered_map<std::string, Measure> m_fragments;
};

class CycleFinder {
public:
    explicit CycleFinder(const ast::Document& document) : m_document(document) {}
    std::optional<Error> find() {
        for (const auto& fragment : m_document.fragments) visit(fragment);
        return m_error;
    }

private:
    enum class State { open, done };
    void visit(const ast::Fragment& fragment) {
        if (m_error || !m_states.emplace(fragment.name, State::open).second) return;
        visit(fragment.selections);
        m_states[fragment.name] = State::done;
    }
    void visit(const std::vector<ast::Selection>& selections) {
        for (const auto& selection : selections) {
            if (m_error) return;
            if (selection.kind != ast::Selection::Kind::spread)
                visit(selection.selections);
            else if (const auto* fragment = m_document.fragment(selection.name))
                follow(selection, *fragment);
        }
    }
    void follow(const ast::Selection& spread, const ast::Fragment& fragment) {
        const auto known = m_states.find(fragment.name);
        if (known == m_states.end()) {
            visit(fragment);
        } else if (known->second == State::open) {
            m_error = Error{fmt::format("Fragment \"{}\" contains itself.", shortened(fragment.name, 60)),
                            {locate(m_document.source, spread.at)},
                            {},
                            std::string(code::badInput)};
        }
    }

    const ast::Document& m_document;
    std::unordered_map<std::string, State> m_states;
    std::optional<Error> m_error;
};

}  // namespace

std::optional<Error> findFragmentCycle(const ast::Document& document) {
    return CycleFinder(document).find();
}

Measure measure(const Schema& schema, const ast::Document& document, const ast::Operation& operation,
                const Limits& limits, const Variables* variables) {
    const TypeDef* root = operation.kind == ast::Operation::Kind::query      ? &schema.query()
                          : operation.kind == ast::Operation::Kind::mutation ? schema.mutation()
                                                                             : nullptr;
    return Measurer(schema, document, limits, variables).of(operation.selections, root);
}

std::optional<Error> exceeded(const Measure& measure, const Limits& limits, bool withCost) {
    const auto tooMuch = [](std::string_view what, std::int64_t limit) {
        return Error{fmt::format("{}: at most {} allowed.", what, limit), {}, {}, std::string(code::badInput)};
    };
    if (measure.depth > limits.depth) return tooMuch("The query is too deep", limits.depth);
    if (measure.fields > limits.fields) return tooMuch("The query has too many fields", limits.fields);
    if (measure.aliases > limits.aliases) return tooMuch("The query has too many aliases", limits.aliases);
    if (withCost && measure.cost > limits.cost) return tooMuch("The query asks for too many objects", limits.cost);
    return std::nullopt;
}

}  // namespace nova::graphql
