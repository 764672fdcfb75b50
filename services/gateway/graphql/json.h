// JSON in and out of Value. Reading refuses invalid UTF-8, lone surrogates and anything nested deeper than asked.
#pragma once

#include <string>
#include <string_view>

#include "gateway/graphql/error.h"
#include "gateway/graphql/parser.h"
#include "gateway/graphql/value.h"

namespace nova::graphql {

// Numbers with a fraction, an exponent or beyond 64 bits become double. The error says where in the text.
Result<Value> readJson(std::string_view text, int maxNesting);
void writeJson(std::string& out, const Value& value);
void writeJsonString(std::string& out, std::string_view text);  // with quotes
void writeErrors(std::string& out, const Errors& errors);       // a JSON array, as the specification's §7.1.2

}  // namespace nova::graphql
