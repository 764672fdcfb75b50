#include "gateway/graphql/parser.h"

#include "gateway/graphql/pieces.h"
#include "gateway/graphql/syntax.h"

namespace nova::graphql {
namespace grammar {
namespace {

struct Selection;
struct SetOpen : Open<'{'> {};
struct SetClose : CloseBrace {};
struct Selections : peg::plus<Selection> {};
struct SelectionSet : peg::if_must<SetOpen, Selections, SetClose> {};
struct SelectionDirectives : Directives {};

struct FieldName : NameText {};
struct AliasedName : NameText {};
struct FieldArguments : Arguments {};
struct Field : peg::seq<Token<FieldName>, peg::opt<peg::if_must<Colon, Token<AliasedName>>>, peg::opt<FieldArguments>,
                        SelectionDirectives, peg::opt<SelectionSet>> {};

struct OnWord : Keyword<'o', 'n'> {};
struct FragmentName : peg::seq<peg::not_at<peg::string<'o', 'n'>, peg::not_at<NameChar>>, NameText> {};
struct SpreadName : FragmentName {};
struct InlineType : NameText {};
struct TypedInline : peg::if_must<OnWord, Token<InlineType>, SelectionDirectives, SelectionSet> {};
struct NamedSpread : peg::seq<Token<SpreadName>, SelectionDirectives> {};
struct BareInline : peg::seq<SelectionDirectives, SelectionSet> {};
struct SpreadDots : Token<peg::string<'.', '.', '.'>> {};
struct SpreadRest : peg::sor<TypedInline, NamedSpread, BareInline> {};
struct Spread : peg::if_must<SpreadDots, SpreadRest> {};
struct Selection : peg::sor<Spread, Field> {};

struct DefinedVariable : NameText {};
struct VariableType : Type {};
struct DefaultSign : Sign<'='> {};
struct DefaultValue : Value {};
struct VariableDefault : peg::if_must<DefaultSign, DefaultValue> {};
struct VariableDirectives : Directives {};
struct VariableDefinition : peg::if_must<Sign<'$'>, Token<DefinedVariable>, Colon, VariableType,
                                         peg::opt<VariableDefault>, VariableDirectives> {};
struct VariableDefinitions : peg::if_must<Open<'('>, peg::plus<VariableDefinition>, CloseParenthesis> {};

struct QueryWord : Keyword<'q', 'u', 'e', 'r', 'y'> {};
struct MutationWord : Keyword<'m', 'u', 't', 'a', 't', 'i', 'o', 'n'> {};
struct SubscriptionWord : Keyword<'s', 'u', 'b', 's', 'c', 'r', 'i', 'p', 't', 'i', 'o', 'n'> {};
struct OperationName : NameText {};
struct OperationDirectives : Directives {};
struct Shorthand : peg::at<peg::one<'{'>> {};
struct Operation
    : peg::sor<peg::seq<Shorthand, SelectionSet>,
               peg::if_must<peg::sor<QueryWord, MutationWord, SubscriptionWord>, peg::opt<Token<OperationName>>,
                            peg::opt<VariableDefinitions>, OperationDirectives, SelectionSet>> {};

struct FragmentWord : Keyword<'f', 'r', 'a', 'g', 'm', 'e', 'n', 't'> {};
struct DefinedFragment : FragmentName {};
struct FragmentType : NameText {};
struct FragmentDirectives : Directives {};
struct Fragment : peg::if_must<FragmentWord, Token<DefinedFragment>, OnWord, Token<FragmentType>, FragmentDirectives,
                               SelectionSet> {};

struct Definition : peg::sor<Operation, Fragment> {};
struct End : peg::eof {};
struct Document : peg::must<Skip, Definition, peg::star<Definition>, End> {};

}  // namespace

template <>
inline constexpr const char* expected<Selections> = "a field or '...'";
template <>
inline constexpr const char* expected<SetClose> = "a field, '...' or '}'";
template <>
inline constexpr const char* expected<SelectionSet> = "'{'";
template <>
inline constexpr const char* expected<Token<AliasedName>> = "the name of a field";
template <>
inline constexpr const char* expected<Token<InlineType>> = "the name of a type";
template <>
inline constexpr const char* expected<Token<FragmentType>> = "the name of a type";
template <>
inline constexpr const char* expected<OnWord> = "'on'";
template <>
inline constexpr const char* expected<SpreadRest> = "the name of a fragment, 'on' or '{'";
template <>
inline constexpr const char* expected<Token<DefinedVariable>> = "the name of a variable";
template <>
inline constexpr const char* expected<VariableType> = "a type";
template <>
inline constexpr const char* expected<DefaultValue> = "a value";
template <>
inline constexpr const char* expected<peg::plus<VariableDefinition>> = "a variable";
template <>
inline constexpr const char* expected<Token<DefinedFragment>> = "the name of a fragment";
template <>
inline constexpr const char* expected<Definition> = "'query', 'mutation', 'fragment' or '{'";
template <>
inline constexpr const char* expected<End> = "'query', 'mutation', 'fragment' or the end";

namespace {

class Builder : public Pieces {
public:
    using Pieces::Pieces;
    ast::Document document;

    void beginOperation(ast::Operation::Kind kind, const char* at) {
        auto& operation = document.operations.emplace_back();
        operation.kind = kind;
        operation.at = offset(at);
        m_target = &operation.selections;
    }
    void beginFragment(std::string name, const char* at) {
        auto& fragment = document.fragments.emplace_back();
        fragment.name = std::move(name);
        fragment.at = offset(at);
        m_target = &fragment.selections;
    }
    ast::Operation& operation() { return document.operations.back(); }
    ast::Fragment& fragment() { return document.fragments.back(); }
    ast::Selection& selection() { return m_selections.back(); }

    void beginSelection(ast::Selection::Kind kind, const char* at) {
        auto& selection = m_selections.emplace_back();
        selection.kind = kind;
        selection.at = offset(at);
    }
    void endSelection() {
        m_sets.back().push_back(std::move(m_selections.back()));
        m_selections.pop_back();
    }
    void beginSet() { m_sets.emplace_back(); }
    void endSet() {
        (m_selections.empty() ? *m_target : selection().selections) = std::move(m_sets.back());
        m_sets.pop_back();
    }

private:
    std::vector<ast::Selection> m_selections;         // open ones, outermost first
    std::vector<std::vector<ast::Selection>> m_sets;  // open ones, outermost first
    std::vector<ast::Selection>* m_target = nullptr;  // of the definition in work
};

template <typename Rule>
struct Action : PieceAction<Rule> {};

template <>
struct Action<SetOpen> {
    static void apply0(Builder& b) { b.beginSet(); }
};
template <>
struct Action<SetClose> {
    static void apply0(Builder& b) { b.endSet(); }
};
template <>
struct Action<FieldName> {
    template <typename In>
    static void apply(const In& in, Builder& b) {
        b.beginSelection(ast::Selection::Kind::field, in.begin());
        b.selection().name = in.string();
    }
};
template <>
struct Action<AliasedName> {
    template <typename In>
    static void apply(const In& in, Builder& b) {
        b.selection().alias = std::move(b.selection().name);
        b.selection().name = in.string();
    }
};
template <>
struct Action<FieldArguments> {
    static void apply0(Builder& b) { b.selection().arguments = b.takeArguments(); }
};
template <>
struct Action<SelectionDirectives> {
    static void apply0(Builder& b) { b.selection().directives = b.takeDirectives(); }
};
template <>
struct Action<Field> {
    static void apply0(Builder& b) { b.endSelection(); }
};
template <>
struct Action<SpreadDots> {
    template <typename In>
    static void apply(const In& in, Builder& b) {
        b.beginSelection(ast::Selection::Kind::inlineFragment, in.begin());
    }
};
template <>
struct Action<SpreadName> {
    template <typename In>
    static void apply(const In& in, Builder& b) {
        b.selection().kind = ast::Selection::Kind::spread;
        b.selection().name = in.string();
    }
};
template <>
struct Action<InlineType> {
    template <typename In>
    static void apply(const In& in, Builder& b) {
        b.selection().name = in.string();
    }
};
template <>
struct Action<Spread> {
    static void apply0(Builder& b) { b.endSelection(); }
};

template <ast::Operation::Kind kind>
struct BeginOperation {
    template <typename In>
    static void apply(const In& in, Builder& b) {
        b.beginOperation(kind, in.begin());
    }
};
template <>
struct Action<Shorthand> : BeginOperation<ast::Operation::Kind::query> {};
template <>
struct Action<QueryWord> : BeginOperation<ast::Operation::Kind::query> {};
template <>
struct Action<MutationWord> : BeginOperation<ast::Operation::Kind::mutation> {};
template <>
struct Action<SubscriptionWord> : BeginOperation<ast::Operation::Kind::subscription> {};
template <>
struct Action<OperationName> {
    template <typename In>
    static void apply(const In& in, Builder& b) {
        b.operation().name = in.string();
    }
};
template <>
struct Action<OperationDirectives> {
    static void apply0(Builder& b) { b.operation().directives = b.takeDirectives(); }
};
template <>
struct Action<DefinedVariable> {
    template <typename In>
    static void apply(const In& in, Builder& b) {
        auto& variable = b.operation().variables.emplace_back();
        variable.name = in.string();
        variable.at = b.offset(in.begin()) - 1;
    }
};
template <>
struct Action<VariableType> {
    static void apply0(Builder& b) { b.operation().variables.back().type = b.takeType(); }
};
template <>
struct Action<DefaultSign> {
    static void apply0(Builder& b) { b.expectConstants(true); }
};
template <>
struct Action<DefaultValue> {
    static void apply0(Builder& b) {
        b.operation().variables.back().defaultValue = b.takeValue();
        b.expectConstants(false);
    }
};
template <>
struct Action<VariableDirectives> {
    static void apply0(Builder& b) { b.operation().variables.back().directives = b.takeDirectives(); }
};

template <>
struct Action<DefinedFragment> {
    template <typename In>
    static void apply(const In& in, Builder& b) {
        b.beginFragment(in.string(), in.begin());
    }
};
template <>
struct Action<FragmentType> {
    template <typename In>
    static void apply(const In& in, Builder& b) {
        b.fragment().on = in.string();
        b.fragment().onAt = b.offset(in.begin());
    }
};
template <>
struct Action<FragmentDirectives> {
    static void apply0(Builder& b) { b.fragment().directives = b.takeDirectives(); }
};

}  // namespace
}  // namespace grammar

Result<ast::Document> parse(std::string source, const Limits& limits) {
    grammar::Builder builder(source, limits);
    if (auto error = grammar::run<grammar::Document, grammar::Action>(source, builder)) return std::move(*error);
    builder.document.source = std::move(source);
    return std::move(builder.document);
}

}  // namespace nova::graphql
