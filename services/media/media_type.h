// What a file is, told by its first bytes and, for a picture, by its header; never by its name. Pure. Thread: any.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "kit/runtime/error.h"

namespace nova::media {

struct MediaType {
    std::string contentType;              // "image/png"
    std::uint32_t width = 0, height = 0;  // pixels as declared; 0 for films
};

inline constexpr std::uint64_t mostPixels = 50'000'000;
inline constexpr std::size_t bytesToTell = 64;  // with so many (or all there are) the kind can be told

// The content type of a file that begins with `head`. badInput says what it is instead, as far as that is known.
kit::Result<std::string> kindOf(std::string_view head);
// The whole file: also reads a picture's size. badInput: a header that is cut or wrong, or more than 50 megapixels.
kit::Result<MediaType> typeOf(std::string_view file);

}  // namespace nova::media
