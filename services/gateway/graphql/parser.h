// Parses the executable language: operations and fragments. Time and memory are linear in the source. Thread: any.
#pragma once

#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/policy/terminate.hpp>
#include <string>

#include "gateway/graphql/ast.h"
#include "gateway/graphql/error.h"
#include "gateway/graphql/limits.h"

namespace nova::graphql {

template <typename T>
using Result = boost::outcome_v2::basic_result<T, Error, boost::outcome_v2::policy::terminate>;

// `source` is valid UTF-8. The first syntax error, or more tokens, nesting or directives than `limits` allow, ends the
// work.
Result<ast::Document> parse(std::string source, const Limits& limits = {});

}  // namespace nova::graphql
