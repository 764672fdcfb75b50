// Reading rows of feed_posts.
#pragma once

#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "feed/states.h"

namespace nova::feed {

// Of `feed_posts p LEFT JOIN feed_likes l ON l.post_id = p.id`; postOf() reads them in this order.
#define NOVA_FEED_POST_COLUMNS                                                                             \
    "p.id, p.author_id, (extract(epoch FROM p.created_at) * 1000000)::bigint,"                             \
    " (extract(epoch FROM p.updated_at) * 1000000)::bigint, p.version, p.deleted, p.content, p.media_ids," \
    " COALESCE(l.count, 0), COALESCE(l.version, 0)"
inline constexpr int postColumns = 10;
PostState postOf(const pqxx::row& row);
std::vector<std::string> words(const std::string& text);  // separated by single spaces

}  // namespace nova::feed
