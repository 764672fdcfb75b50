#include "media/media_type.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace nova::media {
namespace {

using namespace std::string_view_literals;

struct Size {
    std::uint32_t width = 0, height = 0;
};

std::uint32_t byteAt(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}
std::uint32_t big(std::string_view bytes, std::size_t at, std::size_t count) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i) value = value << 8 | byteAt(bytes, at + i);
    return value;
}
std::uint32_t little(std::string_view bytes, std::size_t at, std::size_t count) {
    std::uint32_t value = 0;
    for (std::size_t i = count; i > 0; --i) value = value << 8 | byteAt(bytes, at + i - 1);
    return value;
}

// The brand of an ISO base media file: which family of formats it is of.
bool isMp4Brand(std::string_view brand) {
    static constexpr std::array brands{"isom"sv, "iso2"sv, "iso3"sv, "iso4"sv, "iso5"sv, "iso6"sv, "mp41"sv,
                                       "mp42"sv, "avc1"sv, "M4V "sv, "M4VP"sv, "MSNV"sv, "dash"sv, "f4v "sv};
    return std::ranges::find(brands, brand) != brands.end();
}

struct Known {
    std::string_view begin, name;
};
// Named in the refusal alone.
constexpr std::array others{Known{"%PDF"sv, "a PDF document"sv},
                            Known{"PK\x03\x04"sv, "a ZIP archive or an office document"sv},
                            Known{"\x7f"
                                  "ELF"sv,
                                  "a program"sv},
                            Known{"MZ"sv, "a program"sv},
                            Known{"#!"sv, "a script"sv},
                            Known{"<"sv, "text in HTML, SVG or XML"sv},
                            Known{"BM"sv, "a BMP picture"sv},
                            Known{"II*\0"sv, "a TIFF picture"sv},
                            Known{"MM\0*"sv, "a TIFF picture"sv},
                            Known{"OggS"sv, "an Ogg recording"sv},
                            Known{"ID3"sv, "an MP3 recording"sv},
                            Known{"\x1f\x8b"sv, "a gzip archive"sv}};

kit::Error notTaken(std::string_view what) {
    return kit::badInput(fmt::format("the file is {}, which is not taken", what),
                         "send a PNG, JPEG, GIF or WebP picture, or an MP4 or WebM film");
}
kit::Error broken(std::string_view kind) {
    return kit::badInput(fmt::format("the header of the {} file is cut or wrong", kind));
}

std::optional<Size> pngSize(std::string_view file) {
    if (file.size() < 24 || big(file, 8, 4) != 13 || file.substr(12, 4) != "IHDR") return std::nullopt;
    return Size{big(file, 16, 4), big(file, 20, 4)};
}

std::optional<Size> gifSize(std::string_view file) {
    if (file.size() < 13) return std::nullopt;
    return Size{little(file, 6, 2), little(file, 8, 2)};
}

std::optional<Size> webpSize(std::string_view file) {
    if (file.size() < 30) return std::nullopt;
    const auto chunk = file.substr(12, 4);
    if (chunk == "VP8X") return Size{little(file, 24, 3) + 1, little(file, 27, 3) + 1};
    if (chunk == "VP8L") {
        if (byteAt(file, 20) != 0x2f) return std::nullopt;
        const auto bits = little(file, 21, 4);
        return Size{(bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1};
    }
    if (chunk != "VP8 " || file.substr(23, 3) != "\x9d\x01\x2a") return std::nullopt;
    return Size{little(file, 26, 2) & 0x3fff, little(file, 28, 2) & 0x3fff};
}

// Walks the segments to the start of frame. Their number is bounded by the file: each is at least four bytes long.
std::optional<Size> jpegSize(std::string_view file) {
    std::size_t at = 2;
    while (at + 4 <= file.size()) {
        if (byteAt(file, at) != 0xff) return std::nullopt;
        const auto marker = byteAt(file, at + 1);
        if (marker == 0xff) {  // fill byte
            ++at;
            continue;
        }
        const bool alone = marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8);
        if (alone) {
            at += 2;
            continue;
        }
        if (marker == 0xd9 || marker == 0xda) return std::nullopt;  // pixels before their frame
        const auto length = big(file, at + 2, 2);
        if (length < 2) return std::nullopt;
        const bool frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
        if (frame) {
            if (at + 9 > file.size()) return std::nullopt;
            return Size{big(file, at + 7, 2), big(file, at + 5, 2)};
        }
        at += 2 + length;
    }
    return std::nullopt;
}

std::optional<Size> sizeOf(const std::string& contentType, std::string_view file) {
    if (contentType == "image/png") return pngSize(file);
    if (contentType == "image/gif") return gifSize(file);
    if (contentType == "image/webp") return webpSize(file);
    return jpegSize(file);
}

}  // namespace

kit::Result<std::string> kindOf(std::string_view head) {
    if (head.empty()) return kit::badInput("the file is empty");
    if (head.starts_with("\x89PNG\r\n\x1a\n")) return std::string("image/png");
    if (head.starts_with("\xff\xd8\xff")) return std::string("image/jpeg");
    if (head.starts_with("GIF87a") || head.starts_with("GIF89a")) return std::string("image/gif");
    if (head.size() >= 12 && head.starts_with("RIFF")) {
        if (head.substr(8, 4) == "WEBP") return std::string("image/webp");
        return notTaken("a RIFF file (WAV or AVI)");
    }
    if (head.size() >= 12 && head.substr(4, 4) == "ftyp") {
        const auto brand = head.substr(8, 4);
        if (isMp4Brand(brand)) return std::string("video/mp4");
        const bool printable = std::ranges::all_of(brand, [](char c) { return c >= ' ' && c <= '~'; });
        return notTaken(printable ? fmt::format("an ISO media file of brand \"{}\"", brand) : "an ISO media file");
    }
    if (head.starts_with("\x1a\x45\xdf\xa3")) {
        if (head.substr(0, bytesToTell).find("webm") != head.npos) return std::string("video/webm");
        return notTaken("a Matroska film");
    }
    for (const auto& known : others)
        if (head.starts_with(known.begin)) return notTaken(known.name);
    return notTaken("neither a picture nor a film that is known");
}

kit::Result<MediaType> typeOf(std::string_view file) {
    auto kind = kindOf(file);
    if (!kind) return kind.error();
    if (kind.value().starts_with("video/")) return MediaType{std::move(kind.value())};
    const auto size = sizeOf(kind.value(), file);
    if (!size || size->width == 0 || size->height == 0) return broken(kind.value());
    if (std::uint64_t{size->width} * size->height > mostPixels) {
        return kit::badInput(
            fmt::format("the picture has {} x {} pixels, more than 50 million", size->width, size->height),
            "send a smaller one");
    }
    return MediaType{std::move(kind.value()), size->width, size->height};
}

}  // namespace nova::media
