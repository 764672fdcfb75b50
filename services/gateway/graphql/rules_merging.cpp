#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "gateway/graphql/rules.h"

namespace nova::graphql {
namespace {

// Without interfaces and unions all fields of a set belong to one type, so that fields of one key must simply be equal,
// and what is below them is merged in turn. Each field of the expanded operation is looked at once.
class Merger {
public:
    Merger(const ast::Document& document, Report& report) : m_document(document), m_report(report) {}

    void check(const std::vector<const std::vector<ast::Selection>*>& sets) {
        std::map<std::string, std::vector<const ast::Selection*>> fields;
        std::set<std::string> seen;
        for (const auto* set : sets) collect(*set, fields, seen);
        for (const auto& [key, same] : fields) {
            if (m_report.full()) return;
            std::vector<const std::vector<ast::Selection>*> below;
            for (const auto* field : same) {
                if (conflict(key, *same.front(), *field)) return;
                if (!field->selections.empty()) below.push_back(&field->selections);
            }
            if (!below.empty()) check(below);
        }
    }

private:
    void collect(const std::vector<ast::Selection>& selections,
                 std::map<std::string, std::vector<const ast::Selection*>>& fields, std::set<std::string>& seen) {
        for (const auto& selection : selections) {
            if (selection.kind == ast::Selection::Kind::field) {
                fields[selection.key()].push_back(&selection);
            } else if (selection.kind == ast::Selection::Kind::inlineFragment) {
                collect(selection.selections, fields, seen);
            } else if (seen.insert(selection.name).second) {
                if (const auto* fragment = m_document.fragment(selection.name))
                    collect(fragment->selections, fields, seen);
            }
        }
    }

    static std::map<std::string, std::string> arguments(const ast::Selection& field) {
        std::map<std::string, std::string> all;
        for (const auto& argument : field.arguments) all.emplace(argument.name, ast::print(argument.value));
        return all;
    }

    bool conflict(const std::string& key, const ast::Selection& first, const ast::Selection& other) {
        const char* why = nullptr;
        if (first.name != other.name)
            why = "they are different fields";
        else if (&first != &other && arguments(first) != arguments(other))
            why = "their arguments differ";
        if (why != nullptr)
            m_report.add({first.at, other.at}, fmt::format("Fields \"{}\" conflict: {}. Give them aliases.", key, why));
        return why != nullptr;
    }

    const ast::Document& m_document;
    Report& m_report;
};

}  // namespace

void checkMerging(const ast::Document& document, Report& report) {
    Merger merger(document, report);
    for (const auto& operation : document.operations) merger.check({&operation.selections});
}

}  // namespace nova::graphql
