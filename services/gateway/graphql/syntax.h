// Runs a grammar over a source; turns what PEGTL throws into an Error with line, column and what was found there.
#pragma once

#include <optional>
#include <string>

#include "gateway/graphql/error.h"
#include "gateway/graphql/tokens.h"

namespace nova::graphql::grammar {

// What a rule is called in "expected …".
template <typename Rule>
inline constexpr const char* expected = "other syntax";
template <>
inline constexpr const char* expected<Colon> = "':'";
template <>
inline constexpr const char* expected<CloseBrace> = "'}'";
template <>
inline constexpr const char* expected<CloseBracket> = "']'";
template <>
inline constexpr const char* expected<TypeListEnd> = "']'";
template <>
inline constexpr const char* expected<CloseParenthesis> = "an argument or ')'";
template <>
inline constexpr const char* expected<peg::plus<Argument>> = "an argument";
template <>
inline constexpr const char* expected<Value> = "a value";
template <>
inline constexpr const char* expected<ArgumentValue> = "a value";
template <>
inline constexpr const char* expected<Type> = "a type";
template <>
inline constexpr const char* expected<StringEnd> = "the end of a string (\")";
template <>
inline constexpr const char* expected<BlockEnd> = "the end of a block string (\"\"\")";
template <>
inline constexpr const char* expected<NumberEnd> = "the end of a number";
template <>
inline constexpr const char* expected<IntegerPart> = "a digit";
template <>
inline constexpr const char* expected<Digits> = "a digit";
template <>
inline constexpr const char* expected<Token<VariableName>> = "the name of a variable";
template <>
inline constexpr const char* expected<Token<DirectiveName>> = "the name of a directive";

template <typename Rule>
struct Control : peg::normal<Rule> {
    template <typename Input, typename... States>
    [[noreturn]] static void raise(const Input& in, States&&...) {
        throw peg::parse_error(std::string("expected ") + expected<Rule>, in);
    }
};

// "'}'", "name \"me\"", "the end": the token that begins at `offset`.
std::string foundAt(const std::string& source, std::size_t offset);
Error syntaxError(const std::string& source, const peg::parse_error& error);

template <typename Grammar, template <typename...> class Action, typename Builder>
std::optional<Error> run(const std::string& source, Builder& builder) {
    peg::memory_input<peg::tracking_mode::lazy> input(source.data(), source.data() + source.size(), "");
    try {
        peg::parse<Grammar, Action, Control>(input, builder);
        return std::nullopt;
    } catch (const peg::parse_error& error) {
        return syntaxError(source, error);
    }
}

}  // namespace nova::graphql::grammar
