#include "gateway/graphql/coerce.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/outcome/try.hpp>
#include <charconv>
#include <cmath>
#include <limits>
#include <span>

#include "gateway/graphql/json.h"

namespace nova::graphql {
namespace {

using Wraps = std::span<const ast::TypeRef::Wrap>;

std::string typeName(const TypeDef& type, Wraps wraps) {
    return ast::print(ast::TypeRef{type.name, {wraps.begin(), wraps.end()}, 0});
}

bool isInt32(std::int64_t v) {
    return v >= std::numeric_limits<std::int32_t>::min() && v <= std::numeric_limits<std::int32_t>::max();
}

// A scalar that already is a Value; nothing when the type does not take it.
std::optional<Value> asScalar(const std::string& type, const Value& value) {
    const auto* whole = value.as<std::int64_t>();
    const auto* real = value.as<double>();
    if (type == "Int" || type == "Long") {
        std::int64_t number = 0;
        if (whole != nullptr)
            number = *whole;
        else if (real != nullptr && std::trunc(*real) == *real && std::abs(*real) < 9e15)
            number = static_cast<std::int64_t>(*real);
        else
            return std::nullopt;
        if (type == "Int" && !isInt32(number)) return std::nullopt;
        return Value(number);
    }
    if (type == "Float") {
        if (whole != nullptr) return Value(static_cast<double>(*whole));
        return real != nullptr ? std::optional(value) : std::nullopt;
    }
    if (type == "Boolean") return value.as<bool>() != nullptr ? std::optional(value) : std::nullopt;
    if (type == "ID" && whole != nullptr) return Value(std::to_string(*whole));
    if (type == "String" || type == "ID" || type == "DateTime")
        return value.as<std::string>() != nullptr ? std::optional(value) : std::nullopt;
    return value;
}

// The Value that a scalar literal writes; nothing for lists, objects, enum names and numbers out of range.
std::optional<Value> scalarLiteral(const ast::Value& literal) {
    const char* begin = literal.text.data();
    const char* end = begin + literal.text.size();
    switch (literal.kind) {
        case ast::Value::Kind::string:
            return Value(literal.text);
        case ast::Value::Kind::boolean:
            return Value(literal.text == "true");
        case ast::Value::Kind::integer: {
            std::int64_t number = 0;
            if (std::from_chars(begin, end, number).ec == std::errc{}) return Value(number);
            break;
        }
        case ast::Value::Kind::floating: {
            double number = 0;
            if (std::from_chars(begin, end, number).ec == std::errc{}) return Value(number);
            break;
        }
        default:
            break;
    }
    return std::nullopt;
}

constexpr std::size_t longestShown = 60;  // bytes of a value in a message

CoercionError wrongType(const TypeDef& type, Wraps wraps, std::string found, ast::Offset at) {
    return {fmt::format("Expected a value of type {}, found {}.", typeName(type, wraps),
                        shortened(std::move(found), longestShown)),
            at};
}

CoercionError unknownEnumValue(const TypeDef& type, std::string found, ast::Offset at) {
    return {fmt::format("{} is not a value of the enum {}.", shortened(std::move(found), longestShown), type.name), at};
}

Coerced<Value> fromLiteral(const ast::Value& literal, const TypeDef& type, Wraps wraps, const Variables* variables);

Coerced<Value> fromVariable(const ast::Value& literal, Wraps wraps, const Variables* variables) {
    if (variables == nullptr) return Value();
    const auto found = variables->find(literal.text);
    const bool missing = found == variables->end() || found->second.isNull();
    if (missing && !wraps.empty() && wraps.back() == ast::TypeRef::Wrap::nonNull) {
        return CoercionError{fmt::format("The variable ${} must not be null here.", literal.text), literal.at};
    }
    return missing ? Value() : found->second;
}

Coerced<Value> listFromLiteral(const ast::Value& literal, const TypeDef& type, Wraps item, const Variables* variables) {
    Value::List list;
    if (literal.kind != ast::Value::Kind::list) {
        BOOST_OUTCOME_TRY(auto only, fromLiteral(literal, type, item, variables));
        list.push_back(std::move(only));
        return Value(std::move(list));
    }
    for (const auto& each : literal.items) {
        BOOST_OUTCOME_TRY(auto value, fromLiteral(each, type, item, variables));
        list.push_back(std::move(value));
    }
    return Value(std::move(list));
}

Coerced<Value> fromLiteral(const ast::Value& literal, const TypeDef& type, Wraps wraps, const Variables* variables) {
    if (literal.kind == ast::Value::Kind::variable) return fromVariable(literal, wraps, variables);
    const Wraps whole = wraps;
    const bool nonNull = !wraps.empty() && wraps.back() == ast::TypeRef::Wrap::nonNull;
    if (nonNull) wraps = wraps.first(wraps.size() - 1);
    if (literal.kind == ast::Value::Kind::null) {
        if (nonNull) return wrongType(type, whole, "null", literal.at);
        return Value();
    }
    if (!wraps.empty()) return listFromLiteral(literal, type, wraps.first(wraps.size() - 1), variables);
    if (type.kind == TypeDef::Kind::enumeration) {
        if (literal.kind != ast::Value::Kind::enumeration)
            return wrongType(type, whole, ast::print(literal), literal.at);
        if (!type.hasValue(literal.text)) return unknownEnumValue(type, literal.text, literal.at);
        return Value(literal.text);
    }
    const auto scalar = scalarLiteral(literal);
    auto coerced = scalar ? asScalar(type.name, *scalar) : std::nullopt;
    if (!coerced) return wrongType(type, whole, ast::print(literal), literal.at);
    return std::move(*coerced);
}

Coerced<Value> fromJson(const Value& json, const TypeDef& type, Wraps wraps) {
    const Wraps whole = wraps;
    const bool nonNull = !wraps.empty() && wraps.back() == ast::TypeRef::Wrap::nonNull;
    if (nonNull) wraps = wraps.first(wraps.size() - 1);
    std::string found;
    if (json.isNull()) {
        if (nonNull) return wrongType(type, whole, "null", 0);
        return Value();
    }
    if (!wraps.empty()) {
        const Wraps item = wraps.first(wraps.size() - 1);
        Value::List list;
        const auto* given = json.as<Value::List>();
        for (const auto& each : given != nullptr ? *given : Value::List{json}) {
            BOOST_OUTCOME_TRY(auto value, fromJson(each, type, item));
            list.push_back(std::move(value));
        }
        return Value(std::move(list));
    }
    writeJson(found, json);
    if (type.kind == TypeDef::Kind::enumeration) {
        const auto* text = json.as<std::string>();
        if (text == nullptr) return wrongType(type, whole, found, 0);
        if (!type.hasValue(*text)) return unknownEnumValue(type, found, 0);
        return json;
    }
    auto coerced = asScalar(type.name, json);
    if (!coerced) return wrongType(type, whole, found, 0);
    return std::move(*coerced);
}

}  // namespace

const Value* Arguments::find(std::string_view name) const {
    const auto found = m_values.find(name);
    return found == m_values.end() || found->second.isNull() ? nullptr : &found->second;
}
std::string Arguments::text(std::string_view name) const {
    const auto* value = find(name);
    const auto* text = value != nullptr ? value->as<std::string>() : nullptr;
    return text != nullptr ? *text : std::string();
}
std::int64_t Arguments::number(std::string_view name, std::int64_t otherwise) const {
    const auto* value = find(name);
    const auto* number = value != nullptr ? value->as<std::int64_t>() : nullptr;
    return number != nullptr ? *number : otherwise;
}
bool Arguments::flag(std::string_view name) const {
    const auto* value = find(name);
    const auto* flag = value != nullptr ? value->as<bool>() : nullptr;
    return flag != nullptr && *flag;
}

Coerced<Value> coerceLiteral(const ast::Value& literal, const TypeUse& type, const Variables* variables) {
    return fromLiteral(literal, *type.type, type.ref.wraps, variables);
}
bool fitsScalar(const std::string& type, const Value& leaf) {
    return asScalar(type, leaf).has_value();
}
Coerced<Value> coerceJson(const Value& json, const TypeUse& type) {
    return fromJson(json, *type.type, type.ref.wraps);
}

Variables coerceVariables(const Schema& schema, const ast::Document& document, const ast::Operation& operation,
                          const Value& json, Errors& errors) {
    Variables variables;
    for (const auto& definition : operation.variables) {
        const TypeUse use{schema.find(definition.type.name), definition.type};
        const auto fail = [&](const std::string& why) {
            errors.push_back({fmt::format("Variable ${}: {}", shortened(definition.name, 60), why),
                              {locate(document.source, definition.at)},
                              {},
                              std::string(code::badInput)});
        };
        const Value* given = json.find(definition.name);
        if (given == nullptr && !definition.defaultValue) {
            if (use.nonNull()) fail(fmt::format("a value of type {} is required.", ast::print(definition.type)));
            continue;
        }
        auto value = given != nullptr ? coerceJson(*given, use) : coerceLiteral(*definition.defaultValue, use);
        if (value)
            variables.emplace(definition.name, std::move(value.value()));
        else
            fail(value.error().message);
    }
    return variables;
}

Coerced<Arguments> coerceArguments(const std::vector<InputDef>& definitions, const std::vector<ast::Argument>& given,
                                   const Variables& variables, ast::Offset at) {
    Arguments arguments;
    for (const auto& definition : definitions) {
        const auto found =
            std::find_if(given.begin(), given.end(), [&](const ast::Argument& a) { return a.name == definition.name; });
        const bool isGiven = found != given.end() &&
                             (found->value.kind != ast::Value::Kind::variable || variables.contains(found->value.text));
        if (isGiven) {
            BOOST_OUTCOME_TRY(auto value, coerceLiteral(found->value, definition.type, &variables));
            arguments.set(definition.name, std::move(value));
        } else if (definition.defaultValue) {
            BOOST_OUTCOME_TRY(auto value, coerceLiteral(*definition.defaultValue, definition.type, &variables));
            arguments.set(definition.name, std::move(value));
        } else if (definition.type.nonNull()) {
            return CoercionError{fmt::format("The argument \"{}\" is required.", definition.name), at};
        }
    }
    return arguments;
}

}  // namespace nova::graphql
