// Header names compare without case: we keep them in lower case. Thread: any.
#pragma once

#include <string>
#include <string_view>

namespace nova::kit::http {

inline std::string lowerCase(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    return out;
}

}  // namespace nova::kit::http
