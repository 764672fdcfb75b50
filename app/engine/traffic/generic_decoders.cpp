#include "app/engine/traffic/generic_decoders.h"

#include <cstdint>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <vector>

#include "app/engine/traffic/proto_json.h"

namespace nova::engine {
namespace {

using Json = nlohmann::ordered_json;

std::string tooDeep() {
    return "it is nested deeper than " + std::to_string(deepestPayload) + " levels";
}

// Outside of strings; what is no JSON at all is the parser's to tell.
bool isTooDeep(std::string_view text) {
    int depth = 0;
    bool inString = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (inString) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                inString = false;
        } else if (c == '"') {
            inString = true;
        } else if (c == '[' || c == '{') {
            if (++depth > deepestPayload) return true;
        } else if (c == ']' || c == '}') {
            --depth;
        }
    }
    return false;
}

// Where the first byte lies that is no text; size() when all is. UTF-8 by the table of Unicode 15, 3.9.
std::size_t firstNoText(std::string_view bytes) {
    const auto at = [&](std::size_t i) { return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U; };
    const auto follows = [&](std::size_t i) { return (at(i) & 0xC0U) == 0x80U; };
    std::size_t i = 0;
    while (i < bytes.size()) {
        const unsigned c = at(i), next = at(i + 1);
        if (c < 0x80) {
            if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F) return i;
            i += 1;
        } else if (c >= 0xC2 && c <= 0xDF && follows(i + 1)) {
            i += 2;
        } else if ((c & 0xF0U) == 0xE0U && follows(i + 1) && follows(i + 2) && !(c == 0xE0 && next < 0xA0) &&
                   !(c == 0xED && next > 0x9F)) {
            i += 3;
        } else if (c >= 0xF0 && c <= 0xF4 && follows(i + 1) && follows(i + 2) && follows(i + 3) &&
                   !(c == 0xF0 && next < 0x90) && !(c == 0xF4 && next > 0x8F)) {
            i += 4;
        } else {
            return i;
        }
    }
    return bytes.size();
}

// Walks over MessagePack without building anything: whether it is one value, takes all bytes, and is not too deep.
class PackWalker {
public:
    explicit PackWalker(std::string_view bytes) : m_bytes(bytes) {}

    bool walk(std::string& why) {
        std::vector<std::uint64_t> open{1};  // values still to come, per level
        while (!open.empty()) {
            if (open.back() == 0) {
                open.pop_back();
                continue;
            }
            --open.back();
            std::uint64_t inside = 0;
            const std::size_t start = m_at;
            if (!value(inside)) {
                why = m_at >= m_bytes.size() ? "it ends in the middle of the value at byte " + std::to_string(start)
                                             : "byte " + std::to_string(start) + " begins no value";
                return false;
            }
            if (inside > 0) open.push_back(inside);
            if (open.size() > static_cast<std::size_t>(deepestPayload)) return why = tooDeep(), false;
        }
        if (m_at == m_bytes.size()) return true;
        why = "after the value " + std::to_string(m_bytes.size() - m_at) + " bytes are left over";
        return false;
    }

private:
    // Big-endian; false: not so many bytes are there.
    bool number(std::size_t size, std::uint64_t& into) {
        if (m_bytes.size() - m_at < size) return m_at = m_bytes.size(), false;
        into = 0;
        for (std::size_t i = 0; i < size; ++i) into = into << 8 | static_cast<unsigned char>(m_bytes[m_at + i]);
        m_at += size;
        return true;
    }
    bool skip(std::uint64_t size) {
        if (m_bytes.size() - m_at < size) return m_at = m_bytes.size(), false;
        m_at += size;
        return true;
    }
    bool sized(std::size_t digits, std::uint64_t more) {
        std::uint64_t size = 0;
        return number(digits, size) && skip(size + more);
    }
    bool container(std::size_t digits, std::uint64_t each, std::uint64_t& inside) {
        std::uint64_t count = 0;
        if (!number(digits, count)) return false;
        inside = count * each;
        return inside <= m_bytes.size() - m_at || (m_at = m_bytes.size(), false);  // a value is a byte at least
    }
    bool value(std::uint64_t& inside) {
        if (m_at >= m_bytes.size()) return false;
        const auto tag = static_cast<unsigned char>(m_bytes[m_at++]);
        if (tag <= 0x7F || tag >= 0xE0) return true;
        if (tag <= 0x8F) return inside = (tag & 0x0FU) * 2, true;
        if (tag <= 0x9F) return inside = tag & 0x0FU, true;
        if (tag <= 0xBF) return skip(tag & 0x1FU);
        switch (tag) {
            case 0xC0:
            case 0xC2:
            case 0xC3:
                return true;
            case 0xC4:
            case 0xD9:
                return sized(1, 0);
            case 0xC5:
            case 0xDA:
                return sized(2, 0);
            case 0xC6:
            case 0xDB:
                return sized(4, 0);
            case 0xC7:
                return sized(1, 1);
            case 0xC8:
                return sized(2, 1);
            case 0xC9:
                return sized(4, 1);
            case 0xCA:
            case 0xCE:
            case 0xD2:
                return skip(4);
            case 0xCB:
            case 0xCF:
            case 0xD3:
                return skip(8);
            case 0xCC:
            case 0xD0:
                return skip(1);
            case 0xCD:
            case 0xD1:
                return skip(2);
            case 0xD4:
            case 0xD5:
            case 0xD6:
            case 0xD7:
            case 0xD8:
                return skip((1U << (tag - 0xD4U)) + 1U);
            case 0xDC:
                return container(2, 1, inside);
            case 0xDD:
                return container(4, 1, inside);
            case 0xDE:
                return container(2, 2, inside);
            case 0xDF:
                return container(4, 2, inside);
            default:
                return --m_at, false;  // 0xC1 is never used
        }
    }
    std::string_view m_bytes;
    std::size_t m_at = 0;
};

void binaryAsText(Json& json) {
    if (json.is_binary()) {
        const auto& bytes = json.get_binary();
        json = base64(std::string(bytes.begin(), bytes.end()));
    } else if (json.is_structured()) {
        for (auto& part : json) binaryAsText(part);
    }
}

bool isContainer(std::string_view bytes) {
    const auto tag = static_cast<unsigned char>(bytes.front());
    return (tag >= 0x80 && tag <= 0x9F) || (tag >= 0xDC && tag <= 0xDF);
}

}  // namespace

std::string wordsOf(const std::exception& fault) {
    std::string words = fault.what();
    if (const auto number = words.find("] "); words.starts_with("[json.") && number != std::string::npos)
        words.erase(0, number + 2);
    return words;
}

std::optional<Json> decodeJson(std::string_view bytes, std::string& why) {
    if (isTooDeep(bytes)) return why = tooDeep(), std::nullopt;
    try {
        return Json::parse(bytes);
    } catch (const Json::exception& fault) {
        return why = wordsOf(fault), std::nullopt;
    }
}

std::optional<Json> decodeMessagePack(std::string_view bytes, std::string& why) {
    if (bytes.empty()) return why = "it is empty", std::nullopt;
    if (!isContainer(bytes)) return why = "it begins with neither an array nor a map", std::nullopt;
    if (!PackWalker(bytes).walk(why)) return std::nullopt;
    try {
        auto json = Json::from_msgpack(bytes);
        binaryAsText(json);
        return json;
    } catch (const Json::exception& fault) {
        return why = wordsOf(fault), std::nullopt;
    }
}

bool isText(std::string_view bytes) {
    return firstNoText(bytes) == bytes.size();
}

std::optional<Json> decodeText(std::string_view bytes, std::string& why) {
    const auto bad = firstNoText(bytes);
    if (bad == bytes.size()) return Json(std::string(bytes));
    char text[64];
    std::snprintf(text, sizeof text, "byte %zu is 0x%02X, which is no text", bad,
                  static_cast<unsigned>(static_cast<unsigned char>(bytes[bad])));
    why = text;
    return std::nullopt;
}

}  // namespace nova::engine
