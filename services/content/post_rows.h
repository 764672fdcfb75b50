// Reading rows of `posts`, and the cursor of a list of them.
#pragma once

#include <optional>
#include <pqxx/pqxx>
#include <string>

#include "content/store.h"

namespace nova::content {

// The columns that postOf() reads, in its order.
#define NOVA_POST_COLUMNS                                                                                      \
    "id, author_id, user_tier, content, array_to_string(media_ids, ' '), version,"                             \
    " (extract(epoch FROM created_at) * 1000000)::bigint, (extract(epoch FROM updated_at) * 1000000)::bigint," \
    " deleted_at IS NOT NULL"
Post postOf(const pqxx::row& row);

// A place in a list ordered by (created_at, id): "<Unix µs>.<id>".
struct Place {
    std::int64_t createdMicros;
    std::string id;
};
std::string cursorOf(const Post& post);
std::optional<Place> placeOf(const std::string& cursor);

}  // namespace nova::content
