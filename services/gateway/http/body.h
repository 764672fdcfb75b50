// The JSON body of a GraphQL request.
#pragma once

#include <string>

#include "gateway/graphql/json.h"

namespace nova::gateway {

struct GraphqlBody {
    std::string query;
    graphql::Value variables;  // null or an object
    std::string operationName;
};

// Refuses what is not JSON, not one object, or has parts of another kind, each with a sentence.
graphql::Result<GraphqlBody> readBody(const std::string& body, int maxNesting);

}  // namespace nova::gateway
