// Measures an operation with all fragments expanded, in time linear in the document: each fragment is measured once.
#pragma once

#include <optional>

#include "gateway/graphql/coerce.h"
#include "gateway/graphql/limits.h"
#include "gateway/graphql/schema.h"

namespace nova::graphql {

// Counts stop growing at one billion.
struct Measure {
    std::int64_t depth = 0;
    std::int64_t fields = 0;
    std::int64_t aliases = 0;
    // One for each object asked for: a field with an argument `first` multiplies what is below it. Leaves and
    // introspection are free.
    std::int64_t cost = 0;
};

// A cycle among the fragments of the document, told as an error at the spread that closes it.
std::optional<Error> findFragmentCycle(const ast::Document& document);

// The document has no fragment cycle. Without `variables`, a `first` given by one counts once.
Measure measure(const Schema& schema, const ast::Document& document, const ast::Operation& operation,
                const Limits& limits, const Variables* variables = nullptr);

// What exceeds the limits, if anything; cost is looked at only when `withCost`.
std::optional<Error> exceeded(const Measure& measure, const Limits& limits, bool withCost);

}  // namespace nova::graphql
