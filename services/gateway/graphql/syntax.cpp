#include "gateway/graphql/syntax.h"

#include <cctype>

namespace nova::graphql::grammar {
namespace {

bool isNameChar(char c) {
    return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0;
}

}  // namespace

std::string foundAt(const std::string& source, std::size_t offset) {
    static constexpr std::size_t longest = 40;
    offset = source.find_first_not_of(" \t,", offset);
    if (offset >= source.size()) return "the end";
    const char c = source[offset];
    if (c == '\n' || c == '\r') return "the end of the line";
    std::size_t end = offset + 1;
    if (isNameChar(c)) {
        while (end < source.size() && end - offset < longest && isNameChar(source[end])) ++end;
        return "\"" + source.substr(offset, end - offset) + "\"";
    }
    if (source.compare(offset, 3, "...") == 0) return "'...'";
    while (end < source.size() && (static_cast<unsigned char>(source[end]) & 0xC0) == 0x80) ++end;
    if (std::iscntrl(static_cast<unsigned char>(c)) != 0) return "a control character";
    return "'" + source.substr(offset, end - offset) + "'";
}

Error syntaxError(const std::string& source, const peg::parse_error& error) {
    const std::size_t at = error.positions().front().byte;
    std::string message = "Syntax error: " + std::string(error.message());
    if (error.message().substr(0, 9) == "expected ") message += ", found " + foundAt(source, at);
    return {message + ".", {locate(source, at)}, {}, std::string(code::badInput)};
}

}  // namespace nova::graphql::grammar
