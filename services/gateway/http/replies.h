// Answers of the gateway's doors: JSON that bears the trace of its action, and refusals as GraphQL has errors. Thread:
// any.
#pragma once

#include <string>
#include <string_view>

#include "gateway/graphql/error.h"
#include "kit/http/server.h"
#include "kit/trace/span.h"

namespace nova::gateway {

kit::HttpResponse answer(int status, std::string json, const kit::trace::Context& context);
// {"errors":[…]} without data.
kit::HttpResponse refuse(int status, graphql::Errors errors, const kit::trace::Context& context);
kit::HttpResponse refuse(int status, std::string message, std::string_view code, const kit::trace::Context& context);

}  // namespace nova::gateway
