#include "feed/reader.h"

#include <charconv>
#include <map>
#include <optional>

#include "feed/cache.h"
#include "feed/projections.h"
#include "feed/rebuilder.h"
#include "kit/runtime/ids.h"

namespace nova::feed {
namespace {

using kit::Result;

constexpr std::int64_t endOfTime = 1LL << 53;  // the greatest score that a double keeps exact
constexpr std::size_t spare = 16;              // entries read beyond a page, for those that are not shown

std::string cursorOf(const PostState& post) {
    return std::to_string(post.score()) + "." + post.id;
}

// "<score>.<post id>"
std::optional<PostRef> placeOf(const std::string& cursor) {
    const auto dot = cursor.find('.');
    if (dot == std::string::npos) return std::nullopt;
    PostRef place{cursor.substr(dot + 1), 0};
    const auto* const end = cursor.data() + dot;
    const auto [stop, error] = std::from_chars(cursor.data(), end, place.score);
    if (error != std::errc{} || stop != end || place.score < 0 || place.score > endOfTime || !kit::isUuid(place.id))
        return std::nullopt;
    return place;
}

bool isAfter(const PostRef& post, const PostRef& place) {
    return post.score < place.score || (post.score == place.score && post.id < place.id);
}

}  // namespace

Result<FeedPage> Reader::read(const std::string& user, int first, const std::string& after) {
    if (first < 1 || first > 100) return kit::badInput("first is 1 to 100");
    const auto place = after.empty() ? PostRef{"~", endOfTime} : placeOf(after);
    if (!place) return kit::badInput("after is not a cursor of an earlier page");

    FeedPage page;
    const auto wanted = static_cast<std::size_t>(first) + 1;
    for (std::size_t skip = 0; page.posts.size() < wanted;) {
        const auto count = wanted + spare;
        auto slice = m_cache.slice(user, place->score, skip, count);
        if (!slice) return slice.error();
        if (slice.value().lost && !page.rebuilding) {
            // This reader's feed is made first, the others follow.
            page.rebuilding = true;
            if (auto filled = m_rebuilder.fill({user}); !filled) return filled.error();
            continue;
        }
        std::vector<PostRef> posts;
        for (const auto& post : slice.value().posts)
            if (isAfter(post, *place)) posts.push_back(post);
        auto shown = live(posts);
        if (!shown) return shown.error();
        page.posts.insert(page.posts.end(), shown.value().begin(), shown.value().end());
        if (slice.value().posts.size() < count) break;
        skip += count;
    }
    page.hasMore = page.posts.size() >= wanted;
    if (page.hasMore) page.posts.resize(static_cast<std::size_t>(first));
    if (!page.posts.empty()) page.endCursor = cursorOf(page.posts.back());
    return page;
}

// From the snapshots; what has none is looked up in the projection, and left out when it does not live.
Result<std::vector<PostState>> Reader::live(const std::vector<PostRef>& posts) {
    std::vector<std::string> ids, missing;
    for (const auto& post : posts) ids.push_back(post.id);
    auto snapshots = m_cache.snapshots(ids);
    if (!snapshots) return snapshots.error();
    for (std::size_t i = 0; i < ids.size(); ++i)
        if (!snapshots.value()[i]) missing.push_back(ids[i]);
    std::map<std::string, PostState> found;
    if (!missing.empty()) {
        auto states = m_projections.posts(missing);
        if (!states) return states.error();
        for (auto& state : states.value())
            if (!state.deleted) found[state.id] = std::move(state);
    }
    std::vector<PostState> shown;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (snapshots.value()[i])
            shown.push_back(std::move(*snapshots.value()[i]));
        else if (const auto state = found.find(ids[i]); state != found.end())
            shown.push_back(std::move(state->second));
    }
    return shown;
}

}  // namespace nova::feed
