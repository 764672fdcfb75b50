// A feed before the door: who looks, what stands in it, and short ways to read what was answered.
#pragma once

#include "tests/services/gateway/world.h"

namespace nova::test {

// Alice looks at a feed with three posts, two of Bob's and one of Carol's.
struct Feed : World {
    using World::World;
    std::string alice = addUser("alice");
    std::string bob = addUser("bob");
    std::string carol = addUser("carol", "premium");
    std::string first = addPost(bob, "one");
    std::string second = addPost(carol, "two");
    std::string third = addPost(bob, "three");
    std::string token = World::token(alice);
};

inline const char* const wholeFeed =
    "{ feed { posts { id content version author { handle displayName tier followerCount } likeCount likedByMe media { "
    "id } createdAt updatedAt } "
    "endCursor hasMore stale } }";

inline QJsonObject firstPost(const Answer& answer, const char* root = "feed") {
    return answer.data()[QLatin1String(root)].toObject()[QStringLiteral("posts")].toArray()[0].toObject();
}
inline bool isStale(const Answer& answer, const char* root = "feed") {
    return answer.data()[QLatin1String(root)].toObject()[QStringLiteral("stale")].toBool();
}
inline QStringList contents(const Answer& answer, const char* root = "feed") {
    QStringList all;
    for (const auto& post : answer.data()[QLatin1String(root)].toObject()[QStringLiteral("posts")].toArray()) {
        all << post.toObject()[QStringLiteral("content")].toString();
    }
    return all;
}

}  // namespace nova::test
