#include "gateway/graphql/validate.h"

#include <fmt/format.h>

#include <set>

#include "gateway/graphql/analyse.h"
#include "gateway/graphql/rules.h"

namespace nova::graphql {

void checkDefinitions(const Schema& schema, const ast::Document& document, Report& report) {
    std::set<std::string> operations;
    for (const auto& operation : document.operations) {
        if (operation.name.empty() && document.operations.size() > 1) {
            report.add(operation.at, "An operation without a name must be the only one.");
        } else if (!operation.name.empty() && !operations.insert(operation.name).second) {
            report.add(operation.at, fmt::format("There is more than one operation named \"{}\".", operation.name));
        }
        const bool known = operation.kind == ast::Operation::Kind::query ||
                           (operation.kind == ast::Operation::Kind::mutation && schema.mutation() != nullptr);
        if (!known) report.add(operation.at, fmt::format("The schema has no {}s.", ast::name(operation.kind)));
        std::set<std::string> variables;
        for (const auto& variable : operation.variables) {
            if (!variables.insert(variable.name).second) {
                report.add(variable.at, fmt::format("There is more than one variable named \"${}\".", variable.name));
            }
        }
    }
    std::set<std::string> fragments;
    for (const auto& fragment : document.fragments) {
        if (!fragments.insert(fragment.name).second) {
            report.add(fragment.at, fmt::format("There is more than one fragment named \"{}\".", fragment.name));
        }
    }
    if (document.operations.empty()) report.add(0, "The document has no operation.");
}

Errors validate(const Schema& schema, const ast::Document& document, const Limits& limits) {
    if (auto cycle = findFragmentCycle(document)) return {std::move(*cycle)};
    for (const auto& operation : document.operations) {
        if (auto error = exceeded(measure(schema, document, operation, limits), limits, false))
            return {std::move(*error)};
    }
    Report report(document, limits);
    checkDefinitions(schema, document, report);
    const auto uses = checkSelections(schema, document, report);
    checkUses(schema, document, uses, report);
    checkMerging(document, report);
    return report.take();
}

}  // namespace nova::graphql
