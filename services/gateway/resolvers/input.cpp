#include "gateway/resolvers/input.h"

#include <algorithm>

#include "kit/runtime/text.h"

namespace nova::gateway::input {
namespace {

std::optional<graphql::Failure> characters(const std::string& text, std::size_t least, std::size_t most,
                                           const char* rule) {
    const auto count = kit::codePoints(text);
    if (count && *count >= least && *count <= most) return std::nullopt;
    return bad(rule);
}

}  // namespace

graphql::Failure bad(std::string message) {
    return {std::move(message), std::string(graphql::code::badInput)};
}
graphql::Failure notFound(std::string message) {
    return {std::move(message), std::string(graphql::code::notFound)};
}

std::optional<graphql::Failure> handle(const std::string& text) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    };
    if (text.size() >= 3 && text.size() <= 32 && std::all_of(text.begin(), text.end(), allowed)) return std::nullopt;
    return bad("A handle is 3 to 32 characters of a-z, 0-9, _ and -.");
}

std::optional<graphql::Failure> password(const std::string& text) {
    return characters(text, 8, 128, "A password is 8 to 128 characters of valid UTF-8, without U+0000.");
}
std::optional<graphql::Failure> displayName(const std::string& text) {
    return characters(text, 0, 100, "A display name is up to 100 characters of valid UTF-8, without U+0000.");
}
std::optional<graphql::Failure> content(const std::string& text) {
    return characters(text, 1, 10'000, "A post is 1 to 10,000 characters of valid UTF-8, without U+0000.");
}
std::optional<graphql::Failure> messageText(const std::string& text) {
    return characters(text, 1, 10'000, "A message is 1 to 10,000 characters of valid UTF-8, without U+0000.");
}

std::optional<graphql::Failure> first(std::int64_t count) {
    if (count >= 1 && count <= 100) return std::nullopt;
    return bad("\"first\" is 1 to 100.");
}

}  // namespace nova::gateway::input
