// The beginnings of files, as small as they can be.
#pragma once

#include <cstdint>
#include <string>

namespace nova::test {

inline std::string bytesOf(std::uint32_t value, int count, bool bigEndian) {
    std::string out;
    for (int i = 0; i < count; ++i) {
        const int shift = 8 * (bigEndian ? count - 1 - i : i);
        out += static_cast<char>(value >> shift & 0xff);
    }
    return out;
}

// `tail` makes files of the same size differ.
inline std::string png(std::uint32_t width, std::uint32_t height, const std::string& tail = {}) {
    return "\x89PNG\r\n\x1a\n" + bytesOf(13, 4, true) + "IHDR" + bytesOf(width, 4, true) + bytesOf(height, 4, true) +
           std::string("\x08\x02\0\0\0", 5) + "crc." + tail;
}
inline std::string gif(std::uint32_t width, std::uint32_t height) {
    return "GIF89a" + bytesOf(width, 2, false) + bytesOf(height, 2, false) + std::string("\0\0\0", 3);
}
// `before`: bytes of an application segment before the frame.
inline std::string jpeg(std::uint32_t width, std::uint32_t height, std::size_t before = 14, char frame = '\xc0') {
    std::string file = "\xff\xd8";
    while (before > 0) {
        const auto size = std::min<std::size_t>(before, 65'533);
        file += "\xff\xe1" + bytesOf(static_cast<std::uint32_t>(size + 2), 2, true) + std::string(size, 'e');
        before -= size;
    }
    return file + "\xff" + frame + bytesOf(17, 2, true) + "\x08" + bytesOf(height, 2, true) + bytesOf(width, 2, true) +
           std::string(10, 'c');
}
inline std::string riff(const std::string& chunk) {
    return "RIFF" + bytesOf(static_cast<std::uint32_t>(chunk.size() + 4), 4, false) + "WEBP" + chunk;
}
inline std::string webpExtended(std::uint32_t width, std::uint32_t height) {
    return riff("VP8X" + bytesOf(10, 4, false) + std::string(4, '\0') + bytesOf(width - 1, 3, false) +
                bytesOf(height - 1, 3, false));
}
inline std::string webpLossless(std::uint32_t width, std::uint32_t height) {
    return riff("VP8L" + bytesOf(20, 4, false) + "\x2f" + bytesOf((width - 1) | (height - 1) << 14, 4, false) +
                std::string(15, 'd'));
}
inline std::string webpLossy(std::uint32_t width, std::uint32_t height) {
    return riff("VP8 " + bytesOf(20, 4, false) + "fff\x9d\x01\x2a" + bytesOf(width, 2, false) +
                bytesOf(height, 2, false) + std::string(10, 'd'));
}
inline std::string mp4(const std::string& brand = "isom") {
    return bytesOf(20, 4, true) + "ftyp" + brand + std::string(8, '\0');
}
inline std::string webm(const std::string& docType = "webm") {
    return "\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84" + docType + std::string(20, 'x');
}

}  // namespace nova::test
