#include "feed/rows.h"

namespace nova::feed {

PostState postOf(const pqxx::row& row) {
    return {.id = row[0].as<std::string>(),
            .authorId = row[1].as<std::string>(),
            .created = row[2].as<std::int64_t>(),
            .updated = row[3].as<std::int64_t>(),
            .version = row[4].as<std::int64_t>(),
            .deleted = row[5].as<bool>(),
            .content = row[6].as<std::string>(),
            .mediaIds = row[7].as<std::string>(),
            .likes = row[8].as<std::int64_t>(),
            .likesVersion = row[9].as<std::int64_t>()};
}

std::vector<std::string> words(const std::string& text) {
    std::vector<std::string> all;
    for (std::size_t from = 0; from < text.size();) {
        const auto end = std::min(text.find(' ', from), text.size());
        all.push_back(text.substr(from, end - from));
        from = end + 1;
    }
    return all;
}

}  // namespace nova::feed
