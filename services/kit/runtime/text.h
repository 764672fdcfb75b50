// Text from users. Thread: any.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace nova::kit {

// Unicode code points of valid UTF-8; nothing for invalid UTF-8 (overlong forms, surrogates) and for text that holds
// U+0000, which PostgreSQL cannot store.
std::optional<std::size_t> codePoints(std::string_view utf8);

}  // namespace nova::kit
