// The lexical rules of GraphQL (October 2021, §2.1) and the pieces that documents and schemas share: values, arguments,
// directives, type references. LL(1) throughout: what an action has built is never undone in a source that is accepted,
// so that actions may build as they go.
#pragma once

#include <tao/pegtl.hpp>

namespace nova::graphql::grammar {

namespace peg = tao::pegtl;

struct Comment : peg::seq<peg::one<'#'>, peg::star<peg::not_one<'\n', '\r'>>> {};
struct ByteOrderMark : peg::string<'\xEF', '\xBB', '\xBF'> {};
struct Skip : peg::star<peg::sor<peg::one<' ', '\t', '\n', '\r', ','>, Comment, ByteOrderMark>> {};

struct Tick : peg::success {};  // counts a token
template <typename... Rules>
struct Token : peg::seq<Rules..., Tick, Skip> {};

struct NameStart : peg::ranges<'a', 'z', 'A', 'Z', '_'> {};
struct NameChar : peg::ranges<'a', 'z', 'A', 'Z', '0', '9', '_'> {};
struct NameText : peg::seq<NameStart, peg::star<NameChar>> {};
template <char... Text>
struct Keyword : Token<peg::string<Text...>, peg::not_at<NameChar>> {};
template <char C>
struct Sign : Token<peg::one<C>> {};

struct OpenText : peg::one<'{', '[', '('> {};  // counts nesting
struct CloseText : peg::one<'}', ']', ')'> {};
template <char C>
struct Open : Token<peg::at<peg::one<C>>, OpenText> {};
template <char C>
struct Close : Token<peg::at<peg::one<C>>, CloseText> {};
struct CloseBrace : Close<'}'> {};
struct CloseBracket : Close<']'> {};
struct CloseParenthesis : Close<')'> {};
struct Colon : Sign<':'> {};

// Strings
struct Escaped : peg::if_must<peg::one<'\\'>, peg::any> {};
struct StringChar : peg::sor<Escaped, peg::not_one<'"', '\\', '\n', '\r'>> {};
struct StringEnd : peg::one<'"'> {};
struct StringText : peg::if_must<peg::one<'"'>, peg::star<StringChar>, StringEnd> {};
struct TripleQuote : peg::string<'"', '"', '"'> {};
struct BlockEnd : peg::until<TripleQuote, peg::sor<peg::string<'\\', '"', '"', '"'>, peg::any>> {};
struct BlockText : peg::if_must<TripleQuote, BlockEnd> {};
struct StringValue : Token<peg::sor<BlockText, StringText>> {};

// Numbers
struct Digits : peg::plus<peg::digit> {};
struct IntegerPart : peg::seq<peg::opt<peg::one<'-'>>,
                              peg::sor<peg::one<'0'>, peg::seq<peg::range<'1', '9'>, peg::star<peg::digit>>>> {};
struct Fraction : peg::if_must<peg::one<'.'>, Digits> {};
struct Exponent : peg::if_must<peg::one<'e', 'E'>, peg::opt<peg::one<'+', '-'>>, Digits> {};
struct NumberEnd : peg::not_at<peg::sor<NameStart, peg::digit, peg::one<'.'>>> {};
struct NumberText : peg::seq<peg::at<peg::sor<peg::digit, peg::one<'-'>>>, peg::must<IntegerPart>, peg::opt<Fraction>,
                             peg::opt<Exponent>> {};
struct NumberValue : Token<NumberText, peg::must<NumberEnd>> {};

// Values
struct VariableName : NameText {};
struct ValueVariable : peg::if_must<Sign<'$'>, Token<VariableName>> {};
struct WordText : NameText {};
struct WordValue : Token<WordText> {};  // true, false, null or an enum value
struct Value;
struct ListOpen : Open<'['> {};
struct ListValue : peg::if_must<ListOpen, peg::star<peg::not_at<peg::one<']'>>, peg::must<Value>>, CloseBracket> {};
struct ObjectOpen : Open<'{'> {};
struct ObjectFieldName : NameText {};
struct ObjectField : peg::if_must<Token<ObjectFieldName>, Colon, Value> {};
struct ObjectValue : peg::if_must<ObjectOpen, peg::star<ObjectField>, CloseBrace> {};
struct Value : peg::sor<StringValue, NumberValue, WordValue, ValueVariable, ListValue, ObjectValue> {};

// Arguments and directives
struct ArgumentName : NameText {};
struct ArgumentValue : Value {};
struct Argument : peg::if_must<Token<ArgumentName>, Colon, ArgumentValue> {};
struct Arguments : peg::if_must<Open<'('>, peg::plus<Argument>, CloseParenthesis> {};
struct DirectiveName : NameText {};
struct DirectiveArguments : peg::opt<Arguments> {};
struct Directive : peg::if_must<Sign<'@'>, Token<DirectiveName>, DirectiveArguments> {};
struct Directives : peg::star<Directive> {};

// Types
struct TypeName : NameText {};
struct TypeNonNull : Sign<'!'> {};
struct Type;
struct TypeListEnd : CloseBracket {};
struct TypeList : peg::if_must<Open<'['>, Type, TypeListEnd> {};
struct Type : peg::seq<peg::sor<Token<TypeName>, TypeList>, peg::opt<TypeNonNull>> {};

}  // namespace nova::graphql::grammar
