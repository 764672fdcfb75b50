// Validation (October 2021, §5): what is wrong with a document before it runs. A document without errors executes
// without surprises. Time is linear in the document, but for the merging of fields, which is linear in the expanded
// operation: limit that first.
#pragma once

#include "gateway/graphql/limits.h"
#include "gateway/graphql/schema.h"

namespace nova::graphql {

// Fragment cycles, limits on depth, fields and aliases, then all the rules. At most `limits.errors` errors.
Errors validate(const Schema& schema, const ast::Document& document, const Limits& limits = {});

}  // namespace nova::graphql
