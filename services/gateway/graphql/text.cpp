#include "gateway/graphql/text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <vector>

namespace nova::graphql {
namespace {

void appendUtf8(std::string& out, std::uint32_t c) {
    const auto put = [&](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xC0 | (c >> 6));
        put(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        put(0xE0 | (c >> 12));
        put(0x80 | ((c >> 6) & 0x3F));
        put(0x80 | (c & 0x3F));
    } else {
        put(0xF0 | (c >> 18));
        put(0x80 | ((c >> 12) & 0x3F));
        put(0x80 | ((c >> 6) & 0x3F));
        put(0x80 | (c & 0x3F));
    }
}

bool isHigh(std::uint32_t c) {
    return c >= 0xD800 && c <= 0xDBFF;
}
bool isLow(std::uint32_t c) {
    return c >= 0xDC00 && c <= 0xDFFF;
}

std::optional<std::uint32_t> hex(std::string_view digits) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

// Reads what follows `\u` at `i`: XXXX or {X…}, and moves `i` behind it.
std::optional<std::uint32_t> codeUnit(std::string_view raw, std::size_t& i) {
    if (i < raw.size() && raw[i] == '{') {
        const std::size_t end = raw.find('}', i);
        if (end == std::string_view::npos) return std::nullopt;
        const auto value = hex(raw.substr(i + 1, end - i - 1));
        i = end + 1;
        if (!value || *value > 0x10FFFF || isHigh(*value) || isLow(*value)) return std::nullopt;
        return value;
    }
    if (i + 4 > raw.size()) return std::nullopt;
    const auto value = hex(raw.substr(i, 4));
    i += 4;
    return value;
}

// A code point from `\u` escapes; surrogates only as a pair.
std::optional<std::uint32_t> codePoint(std::string_view raw, std::size_t& i) {
    const auto first = codeUnit(raw, i);
    if (!first || isLow(*first)) return std::nullopt;
    if (!isHigh(*first)) return first;
    if (raw.substr(i, 2) != "\\u") return std::nullopt;
    i += 2;
    const auto second = codeUnit(raw, i);
    if (!second || !isLow(*second)) return std::nullopt;
    return 0x10000 + ((*first - 0xD800) << 10) + (*second - 0xDC00);
}

bool isBlank(std::string_view line) {
    return line.find_first_not_of(" \t") == std::string_view::npos;
}

std::vector<std::string_view> splitLines(std::string_view text) {
    std::vector<std::string_view> lines;
    for (;;) {
        const std::size_t end = text.find_first_of("\r\n");
        lines.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return lines;
        text.remove_prefix(end + (text.substr(end, 2) == "\r\n" ? 2 : 1));
    }
}

}  // namespace

std::optional<std::string> unescape(std::string_view raw) {
    static constexpr std::string_view names = "\"\\/bfnrt";
    static constexpr std::string_view values = "\"\\/\b\f\n\r\t";
    std::string out;
    out.reserve(raw.size());
    for (std::size_t i = 0; i < raw.size();) {
        if (raw[i] != '\\') {
            out.push_back(raw[i++]);
            continue;
        }
        if (++i >= raw.size()) return std::nullopt;
        if (raw[i] == 'u') {
            const auto c = codePoint(raw, ++i);
            if (!c) return std::nullopt;
            appendUtf8(out, *c);
            continue;
        }
        const std::size_t known = names.find(raw[i++]);
        if (known == std::string_view::npos) return std::nullopt;
        out.push_back(values[known]);
    }
    return out;
}

std::string blockText(std::string_view raw) {
    auto lines = splitLines(raw);
    std::size_t common = std::string_view::npos;
    for (std::size_t i = 1; i < lines.size(); ++i) {
        if (!isBlank(lines[i])) common = std::min(common, lines[i].find_first_not_of(" \t"));
    }
    if (common != std::string_view::npos) {
        for (std::size_t i = 1; i < lines.size(); ++i) lines[i].remove_prefix(std::min(common, lines[i].size()));
    }
    while (!lines.empty() && isBlank(lines.back())) lines.pop_back();
    const auto first = std::find_if_not(lines.begin(), lines.end(), isBlank);

    std::string out;
    for (auto line = first; line != lines.end(); ++line) {
        if (line != first) out.push_back('\n');
        out.append(*line);
    }
    for (std::size_t at = out.find("\\\"\"\""); at != std::string::npos; at = out.find("\\\"\"\"", at + 3))
        out.erase(at, 1);
    return out;
}

}  // namespace nova::graphql
