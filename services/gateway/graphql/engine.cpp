#include "gateway/graphql/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "gateway/graphql/analyse.h"
#include "gateway/graphql/json.h"
#include "gateway/graphql/validate.h"

namespace nova::graphql {
namespace {

constexpr std::size_t rememberedDocuments = 512;
constexpr std::size_t longestRemembered = 8 * 1024;

Error refusal(std::string message) {
    return {std::move(message), {}, {}, std::string(code::badInput)};
}

void collectFields(const ast::Document& document, const std::vector<ast::Selection>& selections,
                   std::set<std::string>& seen, std::vector<std::string>& names) {
    for (const auto& selection : selections) {
        if (selection.kind == ast::Selection::Kind::inlineFragment) {
            collectFields(document, selection.selections, seen, names);
        } else if (selection.kind == ast::Selection::Kind::spread) {
            const auto* fragment = document.fragment(selection.name);
            if (fragment != nullptr && seen.insert("..." + selection.name).second)
                collectFields(document, fragment->selections, seen, names);
        } else if (!selection.name.starts_with("__") && seen.insert(selection.key()).second) {
            names.push_back(selection.name);
        }
    }
}

}  // namespace

Engine::Engine(std::shared_ptr<const Resolvers> resolvers, Limits limits)
    : m_resolvers(std::move(resolvers)), m_limits(limits), m_prepared(rememberedDocuments) {}

std::shared_ptr<const Prepared> Engine::prepare(const std::string& query) {
    if (auto known = m_prepared.find(query)) return *known;
    auto prepared = std::make_shared<Prepared>();
    auto document = parse(query, m_limits);
    if (!document) {
        prepared->errors.push_back(document.error());
        return prepared;
    }
    prepared->document = std::move(document.value());
    prepared->errors = validate(m_resolvers->schema(), prepared->document, m_limits);
    if (prepared->errors.empty() && query.size() <= longestRemembered) m_prepared.put(query, prepared);
    return prepared;
}

Result<const ast::Operation*> Engine::choose(const Prepared& prepared, const std::string& operationName) {
    const auto& operations = prepared.document.operations;
    if (operationName.empty()) {
        if (operations.size() == 1) return &operations.front();
        return refusal("The document has more than one operation: name one in \"operationName\".");
    }
    const auto found =
        std::find_if(operations.begin(), operations.end(), [&](const auto& o) { return o.name == operationName; });
    if (found == operations.end())
        return refusal(fmt::format("There is no operation \"{}\".", shortened(operationName, 60)));
    return &*found;
}

std::vector<std::string> Engine::rootFields(const Prepared& prepared, const ast::Operation& operation) {
    std::set<std::string> seen;
    std::vector<std::string> names;
    collectFields(prepared.document, operation.selections, seen, names);
    return names;
}

Engine::Answer Engine::run(const Prepared& prepared, const ast::Operation& operation, const Value& variables,
                           Request& request) const {
    const auto deadline = std::chrono::steady_clock::now() + m_limits.deadline;
    const Schema& schema = m_resolvers->schema();
    Answer answer;
    const Variables values = coerceVariables(schema, prepared.document, operation, variables, answer.errors);
    if (!answer.errors.empty()) {
        if (std::ssize(answer.errors) > m_limits.errors)
            answer.errors.resize(static_cast<std::size_t>(m_limits.errors));
        return answer;
    }
    if (auto error = exceeded(measure(schema, prepared.document, operation, m_limits, &values), m_limits, true)) {
        answer.errors.push_back(std::move(*error));
        return answer;
    }
    const Plan planned = plan(schema, prepared.document, operation, values);
    auto executed = execute(*m_resolvers, prepared.document, planned, operation.kind == ast::Operation::Kind::mutation,
                            request, m_limits, deadline);
    return {std::move(executed.data), std::move(executed.errors)};
}

std::string writeResponse(const Engine::Answer& answer, const std::string& extensions) {
    std::string out = "{";
    const auto comma = [&] {
        if (out.size() > 1) out += ',';
    };
    if (!answer.errors.empty()) {
        out += "\"errors\":";
        writeErrors(out, answer.errors);
    }
    if (!answer.data.empty()) {
        comma();
        out += "\"data\":" + answer.data;
    }
    if (!extensions.empty()) {
        comma();
        out += "\"extensions\":" + extensions;
    }
    return out + "}";
}

}  // namespace nova::graphql
