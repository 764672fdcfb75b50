// Errors as a GraphQL response carries them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace nova::graphql {

struct Location {
    int line = 1;    // from 1
    int column = 1;  // from 1, in code points
    bool operator==(const Location&) const = default;
};

// Line and column of a byte offset. Line ends: \n, \r, \r\n.
Location locate(std::string_view source, std::size_t offset);

// `text`, cut between code points to at most `bytes` and "…": what a message may repeat of a request.
std::string shortened(std::string text, std::size_t bytes);

// extensions.code of an error; the gateway's contract has these six.
namespace code {
inline constexpr std::string_view unauthenticated = "UNAUTHENTICATED";
inline constexpr std::string_view forbidden = "FORBIDDEN";
inline constexpr std::string_view notFound = "NOT_FOUND";
inline constexpr std::string_view badInput = "BAD_INPUT";
inline constexpr std::string_view conflict = "CONFLICT";
inline constexpr std::string_view unavailable = "UNAVAILABLE";
}  // namespace code

using PathStep = std::variant<std::string, std::int64_t>;  // response key, or index in a list

struct Error {
    std::string message;
    std::vector<Location> locations;
    std::vector<PathStep> path;
    std::string code{code::badInput};
};
using Errors = std::vector<Error>;

}  // namespace nova::graphql
