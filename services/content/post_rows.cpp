#include "content/post_rows.h"

#include <charconv>
#include <sstream>

#include "kit/runtime/times.h"

namespace nova::content {

namespace {

constexpr std::int64_t farFuture = 4'000'000'000'000'000;  // µs; PostgreSQL's timestamps end not much later

}  // namespace

Post postOf(const pqxx::row& row) {
    Post post;
    post.id = row[0].as<std::string>();
    post.authorId = row[1].as<std::string>();
    post.userTier = row[2].as<std::string>();
    post.content = row[3].as<std::string>();
    std::istringstream media(row[4].as<std::string>());
    for (std::string id; media >> id;) post.mediaIds.push_back(id);
    post.version = row[5].as<std::int64_t>();
    post.createdAt = kit::fromMicros(row[6].as<std::int64_t>());
    post.updatedAt = kit::fromMicros(row[7].as<std::int64_t>());
    post.deleted = row[8].as<bool>();
    return post;
}

std::string cursorOf(const Post& post) {
    return std::to_string(kit::micros(post.createdAt)) + "." + post.id;
}

std::optional<Place> placeOf(const std::string& cursor) {
    const auto dot = cursor.find('.');
    if (dot == std::string::npos) return std::nullopt;
    Place place{0, cursor.substr(dot + 1)};
    const auto* const end = cursor.data() + dot;
    const auto [stop, error] = std::from_chars(cursor.data(), end, place.createdMicros);
    if (error != std::errc{} || stop != end || place.createdMicros < 0 || place.createdMicros > farFuture)
        return std::nullopt;
    if (!kit::isUuid(place.id)) return std::nullopt;
    return place;
}

}  // namespace nova::content
