// What a document says, before anyone knows what it means. Positions are byte offsets into the source; lines and
// columns are worked out only when an error is reported. Depth is bounded by the parser (limits.h), so that recursion
// over these types is safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nova::graphql::ast {

using Offset = std::uint32_t;

struct Value {
    enum class Kind { null, boolean, integer, floating, string, enumeration, variable, list, object };
    Kind kind = Kind::null;
    Offset at = 0;
    std::string text;                // digits, decoded string, name of the enum value or variable, "true" / "false"
    std::vector<Value> items;        // of a list, or the values of an object's fields
    std::vector<std::string> names;  // of an object's fields, beside `items`
};

struct Argument {
    std::string name;
    Value value;
    Offset at = 0;
};

struct Directive {
    std::string name;
    std::vector<Argument> arguments;
    Offset at = 0;
};

// `[Post!]!` is name "Post" and wraps {nonNull, list, nonNull}: from the inside out.
struct TypeRef {
    enum class Wrap : std::uint8_t { list, nonNull };
    std::string name;
    std::vector<Wrap> wraps;
    Offset at = 0;
};

struct Selection {
    enum class Kind { field, spread, inlineFragment };
    Kind kind = Kind::field;
    Offset at = 0;
    std::string alias;  // fields: empty without one
    std::string name;   // field, fragment, or type condition of an inline fragment (may be empty)
    std::vector<Argument> arguments;
    std::vector<Directive> directives;
    std::vector<Selection> selections;

    [[nodiscard]] const std::string& key() const { return alias.empty() ? name : alias; }
};

struct VariableDefinition {
    std::string name;
    TypeRef type;
    std::optional<Value> defaultValue;
    std::vector<Directive> directives;
    Offset at = 0;
};

struct Operation {
    enum class Kind { query, mutation, subscription };
    Kind kind = Kind::query;
    std::string name;
    std::vector<VariableDefinition> variables;
    std::vector<Directive> directives;
    std::vector<Selection> selections;
    Offset at = 0;
};

struct Fragment {
    std::string name;
    std::string on;
    std::vector<Directive> directives;
    std::vector<Selection> selections;
    Offset at = 0;
    Offset onAt = 0;
};

struct Document {
    std::string source;
    std::vector<Operation> operations;
    std::vector<Fragment> fragments;

    [[nodiscard]] const Fragment* fragment(std::string_view name) const;
};

// As GraphQL writes it: `[1, "two"]`, `STANDARD`, `{a: 1}`.
std::string print(const Value& value);
std::string print(const TypeRef& type);
const char* name(Operation::Kind kind);

}  // namespace nova::graphql::ast
