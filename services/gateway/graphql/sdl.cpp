#include "gateway/graphql/sdl.h"

#include "gateway/graphql/pieces.h"
#include "gateway/graphql/syntax.h"

namespace nova::graphql {
namespace grammar {
namespace {

struct Description : peg::opt<StringValue> {};
struct ScalarWord : Keyword<'s', 'c', 'a', 'l', 'a', 'r'> {};
struct TypeWord : Keyword<'t', 'y', 'p', 'e'> {};
struct EnumWord : Keyword<'e', 'n', 'u', 'm'> {};
struct DirectiveWord : Keyword<'d', 'i', 'r', 'e', 'c', 't', 'i', 'v', 'e'> {};
struct RepeatableWord : Keyword<'r', 'e', 'p', 'e', 'a', 't', 'a', 'b', 'l', 'e'> {};
struct OnWord : Keyword<'o', 'n'> {};

struct DefinedType : NameText {};
struct Scalar : peg::if_must<ScalarWord, Token<DefinedType>, Directives> {};

struct InputName : NameText {};
struct InputType : Type {};
struct InputDefault : Value {};
struct Input : peg::seq<Description, Token<InputName>, peg::must<Colon>, peg::must<InputType>,
                        peg::opt<peg::if_must<Sign<'='>, InputDefault>>, Directives> {};
struct Inputs : peg::if_must<Open<'('>, peg::plus<Input>, CloseParenthesis> {};

struct FieldName : NameText {};
struct FieldInputs : peg::opt<Inputs> {};
struct FieldType : Type {};
struct Field
    : peg::seq<Description, Token<FieldName>, FieldInputs, peg::must<Colon>, peg::must<FieldType>, Directives> {};
struct Object : peg::if_must<TypeWord, Token<DefinedType>, Directives, Open<'{'>, peg::plus<Field>, CloseBrace> {};

struct EnumValueName : NameText {};
struct EnumValue : peg::seq<Description, Token<EnumValueName>, Directives> {};
struct Enum : peg::if_must<EnumWord, Token<DefinedType>, Directives, Open<'{'>, peg::plus<EnumValue>, CloseBrace> {};

struct DefinedDirective : NameText {};
struct DirectiveInputs : peg::opt<Inputs> {};
struct Repeatable : RepeatableWord {};
struct LocationName : NameText {};
struct DirectiveDefinition
    : peg::if_must<DirectiveWord, Sign<'@'>, Token<DefinedDirective>, DirectiveInputs, peg::opt<Repeatable>, OnWord,
                   peg::opt<Sign<'|'>>, peg::list<Token<LocationName>, Sign<'|'>>> {};

struct Definition : peg::seq<Description, peg::sor<Scalar, Object, Enum, DirectiveDefinition>> {};
struct End : peg::eof {};
struct SchemaDocument : peg::must<Skip, peg::star<Definition>, End> {};

}  // namespace

template <>
inline constexpr const char* expected<End> = "'type', 'enum', 'scalar' or 'directive'";
template <>
inline constexpr const char* expected<peg::plus<Field>> = "a field";
template <>
inline constexpr const char* expected<FieldType> = "a type";
template <>
inline constexpr const char* expected<InputType> = "a type";
template <>
inline constexpr const char* expected<Token<DefinedType>> = "the name of a type";

namespace {

class SdlBuilder : public Pieces {
public:
    using Pieces::Pieces;
    SdlDocument document;
    std::string description;
    std::vector<InputDef> inputs;

    TypeDef& type() { return document.types.back(); }
    DirectiveDef& directive() { return document.directives.back(); }
    void beginType(TypeDef::Kind kind) {
        auto& type = document.types.emplace_back();
        type.kind = kind;
        type.description = takeDescription();
    }
    std::string takeDescription() { return std::exchange(description, {}); }
    TypeUse takeUse() { return {nullptr, takeType()}; }

    // The text argument of the directive `name` at the definition just read; `byDefault` when it is there without one.
    std::optional<std::string> directiveText(std::string_view name, std::string_view argument, const char* byDefault) {
        std::optional<std::string> text;
        for (const auto& used : takeDirectives()) {
            if (used.name != name) continue;
            text = byDefault;
            for (const auto& given : used.arguments) {
                if (given.name == argument) text = given.value.text;
            }
        }
        return text;
    }
    std::optional<std::string> deprecation() { return directiveText("deprecated", "reason", "No longer supported"); }
};

template <typename Rule>
struct SdlAction : PieceAction<Rule> {};

template <>
struct SdlAction<Description> {
    static void apply0(SdlBuilder& b) { b.description = b.takeValue().text; }
};
template <>
struct SdlAction<ScalarWord> {
    static void apply0(SdlBuilder& b) { b.beginType(TypeDef::Kind::scalar); }
};
template <>
struct SdlAction<TypeWord> {
    static void apply0(SdlBuilder& b) { b.beginType(TypeDef::Kind::object); }
};
template <>
struct SdlAction<EnumWord> {
    static void apply0(SdlBuilder& b) { b.beginType(TypeDef::Kind::enumeration); }
};
template <>
struct SdlAction<DefinedType> {
    template <typename In>
    static void apply(const In& in, SdlBuilder& b) {
        b.type().name = in.string();
    }
};
template <>
struct SdlAction<Scalar> {
    static void apply0(SdlBuilder& b) { b.type().specifiedBy = b.directiveText("specifiedBy", "url", ""); }
};

template <>
struct SdlAction<InputName> {
    template <typename In>
    static void apply(const In& in, SdlBuilder& b) {
        auto& input = b.inputs.emplace_back();
        input.name = in.string();
        input.description = b.takeDescription();
    }
};
template <>
struct SdlAction<InputType> {
    static void apply0(SdlBuilder& b) { b.inputs.back().type = b.takeUse(); }
};
template <>
struct SdlAction<InputDefault> {
    static void apply0(SdlBuilder& b) { b.inputs.back().defaultValue = b.takeValue(); }
};
template <>
struct SdlAction<Input> {
    static void apply0(SdlBuilder& b) { b.inputs.back().deprecated = b.deprecation(); }
};

template <>
struct SdlAction<FieldName> {
    template <typename In>
    static void apply(const In& in, SdlBuilder& b) {
        auto& field = b.type().fields.emplace_back();
        field.name = in.string();
        field.description = b.takeDescription();
    }
};
template <>
struct SdlAction<FieldInputs> {
    static void apply0(SdlBuilder& b) { b.type().fields.back().arguments = std::exchange(b.inputs, {}); }
};
template <>
struct SdlAction<FieldType> {
    static void apply0(SdlBuilder& b) { b.type().fields.back().type = b.takeUse(); }
};
template <>
struct SdlAction<Field> {
    static void apply0(SdlBuilder& b) { b.type().fields.back().deprecated = b.deprecation(); }
};

template <>
struct SdlAction<EnumValueName> {
    template <typename In>
    static void apply(const In& in, SdlBuilder& b) {
        b.type().values.push_back({in.string(), b.takeDescription(), {}});
    }
};
template <>
struct SdlAction<EnumValue> {
    static void apply0(SdlBuilder& b) { b.type().values.back().deprecated = b.deprecation(); }
};

template <>
struct SdlAction<DefinedDirective> {
    template <typename In>
    static void apply(const In& in, SdlBuilder& b) {
        auto& directive = b.document.directives.emplace_back();
        directive.name = in.string();
        directive.description = b.takeDescription();
    }
};
template <>
struct SdlAction<DirectiveInputs> {
    static void apply0(SdlBuilder& b) { b.directive().arguments = std::exchange(b.inputs, {}); }
};
template <>
struct SdlAction<Repeatable> {
    static void apply0(SdlBuilder& b) { b.directive().repeatable = true; }
};
template <>
struct SdlAction<LocationName> {
    template <typename In>
    static void apply(const In& in, SdlBuilder& b) {
        b.directive().locations.push_back(in.string());
    }
};

}  // namespace
}  // namespace grammar

Result<SdlDocument> parseSdl(const std::string& sdl) {
    const Limits roomy{.tokens = 100'000};
    grammar::SdlBuilder builder(sdl, roomy);
    if (auto error = grammar::run<grammar::SchemaDocument, grammar::SdlAction>(sdl, builder)) return std::move(*error);
    return std::move(builder.document);
}

}  // namespace nova::graphql
