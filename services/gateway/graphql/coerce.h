// Input coercion (October 2021, §3 and §6.1.2, §6.4.1): literals and JSON become values of the type that was asked for.
// Scalars: Int (32 bits), Long (64 bits), Float, String, Boolean, ID, DateTime (text); any other takes what it is
// given.
#pragma once

#include <map>
#include <string>

#include "gateway/graphql/schema.h"
#include "gateway/graphql/value.h"

namespace nova::graphql {

struct CoercionError {
    std::string message;
    ast::Offset at = 0;  // of the literal; 0 for JSON
};
template <typename T>
using Coerced = boost::outcome_v2::basic_result<T, CoercionError, boost::outcome_v2::policy::terminate>;

using Variables = std::map<std::string, Value, std::less<>>;  // the ones that were given or have a default

// The arguments of one field. An argument that was not given and has no default is absent.
class Arguments {
public:
    void set(std::string name, Value value) { m_values.insert_or_assign(std::move(name), std::move(value)); }
    [[nodiscard]] const Value* find(std::string_view name) const;  // nullptr when absent or null
    [[nodiscard]] std::string text(std::string_view name) const;   // "" when absent
    [[nodiscard]] std::int64_t number(std::string_view name, std::int64_t otherwise = 0) const;
    [[nodiscard]] bool flag(std::string_view name) const;

private:
    std::map<std::string, Value, std::less<>> m_values;
};

// Without `variables`, one in the literal passes unchecked: that is what validation wants.
Coerced<Value> coerceLiteral(const ast::Value& literal, const TypeUse& type, const Variables* variables = nullptr);
// Whether a resolved leaf may stand in a response as the scalar of that name.
bool fitsScalar(const std::string& type, const Value& leaf);
Coerced<Value> coerceJson(const Value& json, const TypeUse& type);

// `json` is null or an object of variables. All that is wrong with it is told.
Variables coerceVariables(const Schema& schema, const ast::Document& document, const ast::Operation& operation,
                          const Value& json, Errors& errors);
Coerced<Arguments> coerceArguments(const std::vector<InputDef>& definitions, const std::vector<ast::Argument>& given,
                                   const Variables& variables, ast::Offset at);

}  // namespace nova::graphql
