// The groups of validation rules, each over a whole document. They share a Report.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/graphql/limits.h"
#include "gateway/graphql/schema.h"

namespace nova::graphql {

class Report {
public:
    Report(const ast::Document& document, const Limits& limits) : m_source(document.source), m_limit(limits.errors) {}
    void add(ast::Offset at, std::string message) { add(std::vector<ast::Offset>{at}, std::move(message)); }
    void add(const std::vector<ast::Offset>& at, std::string message) {
        if (full()) return;
        Error error{shortened(std::move(message), 300), {}, {}, std::string(code::badInput)};
        for (const auto offset : at) error.locations.push_back(locate(m_source, offset));
        m_errors.push_back(std::move(error));
    }
    [[nodiscard]] bool full() const { return std::ssize(m_errors) >= m_limit; }
    Errors take() { return std::move(m_errors); }

private:
    const std::string& m_source;
    int m_limit;
    Errors m_errors;
};

// A variable where a value of a type is expected.
struct VariableUse {
    std::string name;
    ast::Offset at = 0;
    TypeUse expected;
    bool hasDefault = false;  // the place has one
};

// What one operation or fragment uses.
struct Uses {
    std::vector<VariableUse> variables;
    std::vector<std::string> fragments;
};
struct DocumentUses {
    std::vector<Uses> operations;                     // beside Document::operations
    std::unordered_map<std::string, Uses> fragments;  // by name
};

// Names are unique, operations can be told apart and exist.
void checkDefinitions(const Schema& schema, const ast::Document& document, Report& report);
// Fields, arguments, directives, leaves, fragments and their types, literals. Returns what is used where.
DocumentUses checkSelections(const Schema& schema, const ast::Document& document, Report& report);
// Variables are defined, used and fit; fragments are used.
void checkUses(const Schema& schema, const ast::Document& document, const DocumentUses& uses, Report& report);
// Fields of one response key are the same field.
void checkMerging(const ast::Document& document, Report& report);

// " Did you mean \"handle\"?", or "".
std::string suggestion(const std::string& wrong, const std::vector<std::string>& known);

}  // namespace nova::graphql
