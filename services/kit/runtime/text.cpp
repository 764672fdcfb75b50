#include "kit/runtime/text.h"

#include <cstdint>

namespace nova::kit {
namespace {

struct Form {
    std::size_t length;
    std::uint32_t bits, least;
};

std::optional<Form> formOf(unsigned char lead) {
    if (lead < 0x80) return Form{1, lead, 1};
    if ((lead & 0xE0U) == 0xC0U) return Form{2, lead & 0x1FU, 0x80};
    if ((lead & 0xF0U) == 0xE0U) return Form{3, lead & 0x0FU, 0x800};
    if ((lead & 0xF8U) == 0xF0U) return Form{4, lead & 0x07U, 0x10000};
    return std::nullopt;
}

}  // namespace

std::optional<std::size_t> codePoints(std::string_view utf8) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < utf8.size(); ++count) {
        const auto form = formOf(static_cast<unsigned char>(utf8[at]));
        if (!form || utf8.size() - at < form->length) return std::nullopt;
        std::uint32_t point = form->bits;
        for (std::size_t i = 1; i < form->length; ++i) {
            const auto next = static_cast<unsigned char>(utf8[at + i]);
            if ((next & 0xC0U) != 0x80U) return std::nullopt;
            point = point << 6U | (next & 0x3FU);
        }
        if (point < form->least || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return std::nullopt;
        at += form->length;
    }
    return count;
}

}  // namespace nova::kit
