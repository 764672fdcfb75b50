#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <span>

#include "gateway/graphql/rules.h"

namespace nova::graphql {
namespace {

using Wrap = ast::TypeRef::Wrap;
using Wraps = std::span<const Wrap>;

Wraps inner(Wraps wraps) {
    return wraps.first(wraps.size() - 1);
}
bool isNonNull(Wraps wraps) {
    return !wraps.empty() && wraps.back() == Wrap::nonNull;
}

// The specification's AreTypesCompatible(), for types of one name.
bool fits(Wraps variable, Wraps place) {
    if (isNonNull(place)) return isNonNull(variable) && fits(inner(variable), inner(place));
    if (isNonNull(variable)) return fits(inner(variable), place);
    if (place.empty() || variable.empty()) return place.empty() && variable.empty();
    return fits(inner(variable), inner(place));
}

bool isAllowed(const ast::VariableDefinition& variable, const VariableUse& use) {
    if (variable.type.name != use.expected.ref.name) return false;
    const Wraps given = variable.type.wraps;
    Wraps place = use.expected.ref.wraps;
    if (isNonNull(place) && !isNonNull(given)) {
        const bool hasValue = variable.defaultValue && variable.defaultValue->kind != ast::Value::Kind::null;
        if (!hasValue && !use.hasDefault) return false;
        place = inner(place);
    }
    return fits(given, place);
}

// The fragments that `uses` reaches, each once.
std::set<std::string> reach(const Uses& uses, const DocumentUses& all) {
    std::set<std::string> reached;
    std::vector<std::string> open = uses.fragments;
    while (!open.empty()) {
        const std::string name = std::move(open.back());
        open.pop_back();
        if (!reached.insert(name).second) continue;
        if (const auto found = all.fragments.find(name); found != all.fragments.end()) {
            open.insert(open.end(), found->second.fragments.begin(), found->second.fragments.end());
        }
    }
    return reached;
}

void checkVariables(const Schema& schema, const ast::Operation& operation, const std::vector<const Uses*>& parts,
                    Report& report) {
    std::set<std::string> used;
    for (const Uses* part : parts) {
        for (const auto& use : part->variables) {
            used.insert(use.name);
            const auto variable = std::find_if(operation.variables.begin(), operation.variables.end(),
                                               [&](const auto& v) { return v.name == use.name; });
            if (variable == operation.variables.end()) {
                report.add(use.at, fmt::format("Variable \"${}\" is not defined.", use.name));
            } else if (schema.find(variable->type.name) != nullptr && !isAllowed(*variable, use)) {
                report.add({variable->at, use.at},
                           fmt::format("Variable \"${}\" of type {} cannot be used where {} is expected.", use.name,
                                       ast::print(variable->type), ast::print(use.expected.ref)));
            }
        }
    }
    for (const auto& variable : operation.variables) {
        if (!used.contains(variable.name))
            report.add(variable.at, fmt::format("Variable \"${}\" is never used.", variable.name));
    }
}

}  // namespace

void checkUses(const Schema& schema, const ast::Document& document, const DocumentUses& uses, Report& report) {
    std::set<std::string> used;
    for (std::size_t i = 0; i < document.operations.size() && !report.full(); ++i) {
        std::vector<const Uses*> parts{&uses.operations[i]};
        for (const auto& name : reach(uses.operations[i], uses)) {
            used.insert(name);
            if (const auto found = uses.fragments.find(name); found != uses.fragments.end())
                parts.push_back(&found->second);
        }
        checkVariables(schema, document.operations[i], parts, report);
    }
    for (const auto& fragment : document.fragments) {
        if (!used.contains(fragment.name))
            report.add(fragment.at, fmt::format("Fragment \"{}\" is never used.", fragment.name));
    }
}

std::string suggestion(const std::string& wrong, const std::vector<std::string>& known) {
    const auto distance = [&](const std::string& to) {
        std::vector<std::size_t> row(to.size() + 1);
        std::iota(row.begin(), row.end(), std::size_t{0});
        for (std::size_t i = 1; i <= wrong.size(); ++i) {
            std::size_t diagonal = std::exchange(row[0], i);
            for (std::size_t j = 1; j <= to.size(); ++j) {
                const std::size_t replaced = diagonal + (wrong[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = std::exchange(row[j], std::min({replaced, row[j] + 1, row[j - 1] + 1}));
            }
        }
        return row.back();
    };
    static constexpr std::size_t longest = 64;  // nobody mistypes a longer name of ours
    if (wrong.size() > longest) return {};
    std::size_t best = std::max<std::size_t>(2, wrong.size() / 3) + 1;
    std::string nearest;
    for (const auto& name : known) {
        if (const auto d = distance(name); d < best) {
            best = d;
            nearest = name;
        }
    }
    return nearest.empty() ? std::string() : " Did you mean \"" + nearest + "\"?";
}

}  // namespace nova::graphql
