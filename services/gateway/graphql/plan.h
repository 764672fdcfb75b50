// What an operation asks of one object type, with fragments expanded and @skip and @include decided: the
// specification's CollectFields().
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/graphql/coerce.h"
#include "gateway/graphql/schema.h"

namespace nova::graphql {

struct Plan;

struct PlannedField {
    std::string key;   // in the response
    std::string path;  // keys from the root, joined by '.'
    const FieldDef* field = nullptr;
    std::vector<const ast::Selection*> selections;  // one or more of the same field
    Arguments arguments;
    std::optional<CoercionError> wrong;  // why there are no arguments
    std::unique_ptr<Plan> below;         // of an object type
};

struct Plan {
    const TypeDef* type = nullptr;
    std::vector<PlannedField> fields;  // in the order of the document
};

// The operation is valid and within the limits.
Plan plan(const Schema& schema, const ast::Document& document, const ast::Operation& operation,
          const Variables& variables);

}  // namespace nova::graphql
