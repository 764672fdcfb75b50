// Builds the pieces that documents and schemas share, and counts tokens and nesting. A state for PEGTL actions:
// builders derive from it.
#pragma once

#include <string>
#include <tao/pegtl.hpp>
#include <utility>
#include <vector>

#include "gateway/graphql/ast.h"
#include "gateway/graphql/limits.h"
#include "gateway/graphql/text.h"
#include "gateway/graphql/tokens.h"

namespace nova::graphql::grammar {

class Pieces {
public:
    Pieces(const std::string& source, const Limits& limits) : m_begin(source.data()), m_limits(limits) {}

    [[nodiscard]] ast::Offset offset(const char* at) const { return static_cast<ast::Offset>(at - m_begin); }
    std::vector<ast::Argument> takeArguments() { return std::exchange(m_arguments, {}); }
    std::vector<ast::Directive> takeDirectives() { return std::exchange(m_directives, {}); }
    ast::TypeRef takeType() { return std::exchange(m_type, {}); }
    ast::Value takeValue() { return std::exchange(m_value, {}); }
    void expectConstants(bool on) { m_constants = on; }

    // A complete value: an item of the innermost open list or object, or the value that was asked for.
    void place(ast::Value value) {
        if (m_open.empty())
            m_value = std::move(value);
        else
            m_open.back().items.push_back(std::move(value));
    }

protected:
    template <typename Rule>
    friend struct PieceAction;
    const char* m_begin;
    const Limits& m_limits;
    int m_tokens = 0;
    int m_depth = 0;
    bool m_constants = false;
    std::vector<ast::Value> m_open;
    ast::Value m_value;
    std::vector<ast::Argument> m_arguments;
    std::vector<ast::Directive> m_directives;
    ast::TypeRef m_type;
};

template <typename Rule>
struct PieceAction : peg::nothing<Rule> {};

template <>
struct PieceAction<Tick> {
    template <typename In>
    static void apply(const In& in, Pieces& p) {
        if (++p.m_tokens > p.m_limits.tokens) {
            throw peg::parse_error("more than " + std::to_string(p.m_limits.tokens) + " tokens", in);
        }
    }
};
template <>
struct PieceAction<OpenText> {
    template <typename In>
    static void apply(const In& in, Pieces& p) {
        if (++p.m_depth > p.m_limits.nesting) {
            throw peg::parse_error("nested more than " + std::to_string(p.m_limits.nesting) + " deep", in);
        }
    }
};
template <>
struct PieceAction<CloseText> {
    static void apply0(Pieces& p) { --p.m_depth; }
};

template <>
struct PieceAction<StringText> {
    template <typename In>
    static void apply(const In& in, Pieces& p) {
        const auto raw = in.string_view();
        auto text = unescape(raw.substr(1, raw.size() - 2));
        if (!text) throw peg::parse_error("an invalid escape in a string", in);
        p.place({ast::Value::Kind::string, p.offset(in.begin()), std::move(*text), {}, {}});
    }
};
template <>
struct PieceAction<BlockText> {
    template <typename In>
    static void apply(const In& in, Pieces& p) {
        const auto raw = in.string_view();
        p.place({ast::Value::Kind::string, p.offset(in.begin()), blockText(raw.substr(3, raw.size() - 6)), {}, {}});
    }
};
template <>
struct PieceAction<NumberText> {
    template <typename In>
    static void apply(const In& in, Pieces& p) {
        const auto text = in.string_view();
        const bool whole = text.find_first_of(".eE") == std::string_view::npos;
        p.place({whole ? ast::Value::Kind::integer : ast::Value::Kind::floating,
                 p.offset(in.begin()),
                 std::string(text),
                 {},
                 {}});
    }
};
template <>
struct PieceAction<WordText> {
    template <typename In>
    static void apply(const In& in, Pieces& p) {
        const auto text = in.string_view();
        auto kind = ast::Value::Kind::enumeration;
        if (text == "true" || text == "false") kind = ast::Value::Kind::boolean;
        if (text == "null") kind = ast::Value::Kind::null;
        p.place({kind, p.offset(in.begin()), std::string(text), {}, {}});
    }
};
template <>
struct PieceAction<VariableName> {
    template <typename In>
    static void apply(const In& in, Pieces& p) {
        if (p.m_constants) throw peg::parse_error("a variable where only constants are allowed", in);
        p.place({ast::Value::Kind::variable, p.offset(in.begin()) - 1, in.string(), {}, {}});
    }
};
template <>
struct PieceAction<ListOpen> {
    template <typename In>
    static void apply(const In& in, Pieces& p) {
        p.m_open.push_back({ast::Value::Kind::list, p.offset(in.begin()), {}, {}, {}});
    }
};
template <>
struct PieceAction<ObjectOpen> {
    template <typename In>
    static void apply(const In& in, Pieces& p) {
        p.m_open.push_back({ast::Value::Kind::object, p.offset(in.begin()), {}, {}, {}});
    }
};
template <>
struct PieceAction<ObjectFieldName> {
    template <typename In>
    static void apply(const In& in, Pieces& p) {
        p.m_open.back().names.push_back(in.string());
    }
};
struct CloseValue {
    template <typename State>
    static void close(State& open, Pieces& p) {
        ast::Value value = std::move(open.back());
        open.pop_back();
        p.place(std::move(value));
    }
};
template <>
struct PieceAction<ListValue> {
    static void apply0(Pieces& p) { CloseValue::close(p.m_open, p); }
};
template <>
struct PieceAction<ObjectValue> {
    static void apply0(Pieces& p) { CloseValue::close(p.m_open, p); }
};

template <>
struct PieceAction<ArgumentName> {
    template <typename In>
    static void apply(const In& in, Pieces& p) {
        p.m_arguments.push_back({in.string(), {}, p.offset(in.begin())});
    }
};
template <>
struct PieceAction<ArgumentValue> {
    static void apply0(Pieces& p) { p.m_arguments.back().value = p.takeValue(); }
};
template <>
struct PieceAction<DirectiveName> {
    template <typename In>
    static void apply(const In& in, Pieces& p) {
        if (std::ssize(p.m_directives) >= p.m_limits.directives) {
            throw peg::parse_error("more than " + std::to_string(p.m_limits.directives) + " directives in one place",
                                   in);
        }
        p.m_directives.push_back({in.string(), {}, p.offset(in.begin()) - 1});
    }
};
template <>
struct PieceAction<DirectiveArguments> {
    static void apply0(Pieces& p) { p.m_directives.back().arguments = p.takeArguments(); }
};

template <>
struct PieceAction<TypeName> {
    template <typename In>
    static void apply(const In& in, Pieces& p) {
        p.m_type = {in.string(), {}, p.offset(in.begin())};
    }
};
template <>
struct PieceAction<TypeListEnd> {
    static void apply0(Pieces& p) { p.m_type.wraps.push_back(ast::TypeRef::Wrap::list); }
};
template <>
struct PieceAction<TypeNonNull> {
    static void apply0(Pieces& p) { p.m_type.wraps.push_back(ast::TypeRef::Wrap::nonNull); }
};

}  // namespace nova::graphql::grammar
