#include "gateway/http/body.h"

namespace nova::gateway {
namespace {

using graphql::Value;

graphql::Error bad(std::string message) {
    return {std::move(message), {}, {}, std::string(graphql::code::badInput)};
}

}  // namespace

graphql::Result<GraphqlBody> readBody(const std::string& body, int maxNesting) {
    auto json = graphql::readJson(body, maxNesting);
    if (!json) return json.error();
    if (json.value().as<Value::List>() != nullptr) return bad("Batches are not accepted: send one request at a time.");
    if (json.value().as<Value::Object>() == nullptr)
        return bad("The body must be a JSON object: {\"query\": …, \"variables\": {…}}.");

    GraphqlBody read;
    const Value* query = json.value().find("query");
    if (query == nullptr || query->as<std::string>() == nullptr) return bad("The body needs \"query\", a text.");
    read.query = *query->as<std::string>();
    if (const Value* name = json.value().find("operationName"); name != nullptr && !name->isNull()) {
        if (name->as<std::string>() == nullptr) return bad("\"operationName\" must be a text.");
        read.operationName = *name->as<std::string>();
    }
    if (const Value* variables = json.value().find("variables"); variables != nullptr && !variables->isNull()) {
        if (variables->as<Value::Object>() == nullptr) return bad("\"variables\" must be an object.");
        read.variables = *variables;
    }
    return read;
}

}  // namespace nova::gateway
