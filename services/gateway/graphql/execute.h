// Executes a valid operation level by level: all objects that stand at one place of the query are resolved by one call,
// so that an owner is asked once for a whole list. Root fields of a mutation run one after another, each to its end.
#pragma once

#include <chrono>
#include <string>

#include "gateway/graphql/limits.h"
#include "gateway/graphql/plan.h"
#include "gateway/graphql/resolve.h"

namespace nova::graphql {

struct Executed {
    std::string data;  // JSON
    Errors errors;     // at most Limits::errors
};

// Fields whose turn comes after `deadline` fail with UNAVAILABLE. More nodes than the limit: no data, one error.
Executed execute(const Resolvers& resolvers, const ast::Document& document, const Plan& plan, bool serially,
                 Request& request, const Limits& limits, std::chrono::steady_clock::time_point deadline);

}  // namespace nova::graphql
