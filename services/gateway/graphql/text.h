// Text of GraphQL string literals.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nova::graphql {

// The text between the quotes of a "string" with its escapes resolved; nothing when an escape is wrong: unknown, or a
// lone surrogate.
std::optional<std::string> unescape(std::string_view raw);
// The text between the quotes of a """block string""": common indentation and blank first and last lines removed.
std::string blockText(std::string_view raw);

}  // namespace nova::graphql
