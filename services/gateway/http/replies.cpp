#include "gateway/http/replies.h"

#include "contract/topics.h"
#include "gateway/graphql/engine.h"

namespace nova::gateway {

kit::HttpResponse answer(int status, std::string json, const kit::trace::Context& context) {
    kit::HttpResponse response;
    response.status = status;
    response.body = std::move(json);
    response.headers.emplace_back(contract::header::traceParent, context.traceparent());
    return response;
}

kit::HttpResponse refuse(int status, graphql::Errors errors, const kit::trace::Context& context) {
    return answer(status, graphql::writeResponse({{}, std::move(errors)}), context);
}

kit::HttpResponse refuse(int status, std::string message, std::string_view code, const kit::trace::Context& context) {
    return refuse(status, {{std::move(message), {}, {}, std::string(code)}}, context);
}

}  // namespace nova::gateway
