// What the contract allows users to send; everything else is BAD_INPUT.
#pragma once

#include <optional>
#include <string>

#include "gateway/graphql/resolve.h"

namespace nova::gateway::input {

// Each answers nothing when the value is fine.
std::optional<graphql::Failure> handle(const std::string& text);       // 3–32 of a-z 0-9 _ -
std::optional<graphql::Failure> password(const std::string& text);     // 8–128 characters
std::optional<graphql::Failure> displayName(const std::string& text);  // up to 100 characters
std::optional<graphql::Failure> content(const std::string& text);      // 1–10,000 characters of valid UTF-8
std::optional<graphql::Failure> messageText(const std::string& text);  // as content
std::optional<graphql::Failure> first(std::int64_t count);             // 1–100

graphql::Failure bad(std::string message);
graphql::Failure notFound(std::string message);

}  // namespace nova::gateway::input
