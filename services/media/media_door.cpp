#include "media/media_door.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "kit/objects/object_store.h"
#include "media/store.h"

namespace nova::media {
namespace {

constexpr std::int64_t pieceSize = 1024 * 1024;

kit::HttpResponse refuse(int status, std::string_view code, std::string_view message) {
    kit::HttpResponse response;
    response.status = status;
    response.body = fmt::format(R"({{"errors":[{{"message":"{}","extensions":{{"code":"{}"}}}}]}})", message, code);
    return response;
}

// RFC 5987: what is not plain becomes %XX.
std::string encoded(std::string_view name) {
    std::string out;
    for (const char c : name) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                           c == '-' || c == '_';
        out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

std::optional<std::int64_t> numberOf(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
    return value;
}

}  // namespace

std::optional<ByteRange> rangeOf(std::string_view header, std::int64_t size) {
    static constexpr std::string_view unit = "bytes=";
    if (!header.starts_with(unit)) return std::nullopt;
    header.remove_prefix(unit.size());
    const auto dash = header.find('-');
    if (dash == header.npos || header.find(',') != header.npos) return std::nullopt;
    const auto first = numberOf(header.substr(0, dash)), last = numberOf(header.substr(dash + 1));
    if (dash == 0) {  // so many at the end
        if (!last) return std::nullopt;
        const auto length = std::min(*last, size);
        return ByteRange{size - length, length};
    }
    const bool open = dash + 1 == header.size();
    if (!first || (!open && !last) || (last && *last < *first)) return std::nullopt;
    if (*first >= size) return ByteRange{};
    const auto end = open ? size : std::min(*last, size - 1) + 1;
    return ByteRange{*first, end - *first};
}

kit::HttpResponse MediaDoor::handle(const kit::HttpRequest& request) {
    if (request.method != "GET" && request.method != "HEAD") {
        auto response = refuse(405, "BAD_INPUT", "Media are read with GET.");
        response.headers.emplace_back("allow", "GET, HEAD");
        return response;
    }
    const std::string_view target = std::string_view(request.target).substr(0, request.target.find('?'));
    const std::string id(target.substr(std::min(target.size(), std::string_view(path).size())));
    auto found = m_store.get({id});
    if (!found) return refuse(503, "UNAVAILABLE", "The media are out of reach just now.");
    if (found.value().empty()) return refuse(404, "NOT_FOUND", "There are no such media.");
    return bytesOf(found.value().front(), request);
}

kit::HttpResponse MediaDoor::bytesOf(const Media& media, const kit::HttpRequest& request) {
    const std::string tag = "\"" + media.sha256 + "\"";
    const auto range = rangeOf(request.header("range"), media.sizeBytes);
    if (range && range->length == 0) {
        auto response = refuse(416, "BAD_INPUT", "The media have no such bytes.");
        response.headers.emplace_back("content-range", fmt::format("bytes */{}", media.sizeBytes));
        return response;
    }
    kit::HttpResponse response;
    response.contentType = media.contentType;
    // What a browser may do with a stranger's file: show it as what it is, and nothing else.
    response.headers = {{"etag", tag},
                        {"accept-ranges", "bytes"},
                        {"cache-control", "public, max-age=31536000, immutable"},
                        {"content-disposition", "inline; filename*=UTF-8''" + encoded(media.fileName)},
                        {"content-security-policy", "default-src 'none'; sandbox"},
                        {"x-content-type-options", "nosniff"}};
    if (request.header("if-none-match") == tag) {
        response.status = 304;
        return response;
    }
    const ByteRange part = range.value_or(ByteRange{0, media.sizeBytes});
    if (range) {
        response.status = 206;
        response.headers.emplace_back(
            "content-range", fmt::format("bytes {}-{}/{}", part.from, part.from + part.length - 1, media.sizeBytes));
    }
    auto next = [this, key = objectKey(media.sha256), at = part.from, end = part.from + part.length]() mutable {
        auto piece = m_objects.get(key, at, std::min(pieceSize, end - at));
        if (piece) at += static_cast<std::int64_t>(piece.value().size());
        return piece;
    };
    response.content = std::make_shared<kit::HttpContent>(kit::HttpContent{part.length, std::move(next)});
    return response;
}

}  // namespace nova::media
