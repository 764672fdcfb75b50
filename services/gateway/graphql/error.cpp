#include "gateway/graphql/error.h"

#include <algorithm>

namespace nova::graphql {

Location locate(std::string_view source, std::size_t offset) {
    Location at;
    offset = std::min(offset, source.size());
    for (std::size_t i = 0; i < offset; ++i) {
        const char c = source[i];
        const bool newLine = c == '\n' || (c == '\r' && (i + 1 >= source.size() || source[i + 1] != '\n'));
        if (newLine) {
            ++at.line;
            at.column = 1;
        } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
            ++at.column;
        }
    }
    return at;
}

std::string shortened(std::string text, std::size_t bytes) {
    if (text.size() <= bytes) return text;
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
    text.resize(bytes);
    return text + "…";
}

}  // namespace nova::graphql
