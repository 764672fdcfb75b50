#include "feed/batch.h"

#include <algorithm>

namespace nova::feed {
namespace {

using kit::Outcome;

template <typename Key, typename Value>
void keepNewest(std::map<Key, Value>& all, const Key& key, const Value& value) {
    auto& held = all[key];
    if (value.version > held.version) held = value;
}

// done for a version above all before it, `repeat` else.
Outcome rise(std::int64_t& seen, std::int64_t version, Outcome repeat) {
    if (version <= seen) return repeat;
    seen = version;
    return Outcome::done;
}

}  // namespace

void Batch::add(const kit::Record* record, Change change) {
    if (const auto* post = std::get_if<PostState>(&change)) keepNewest(m_changes.posts, post->id, *post);
    if (const auto* edge = std::get_if<EdgeChange>(&change)) keepNewest(m_changes.edges, edge->key, *edge);
    if (const auto* likes = std::get_if<LikesChange>(&change)) keepNewest(m_changes.likes, likes->postId, *likes);
    m_items.push_back({record, std::move(change)});
}

void Batch::judge(const Noted& noted) {
    m_gates = noted.gates;
    m_dead = noted.dead;
    auto posts = noted.gates;
    std::map<EdgeKey, std::int64_t> edges;
    std::map<std::string, std::int64_t> likes;
    for (auto& item : m_items) {
        if (const auto* post = std::get_if<PostState>(&item.change)) {
            item.outcome = rise(posts[post->id], post->version, Outcome::stale);
            item.effective = item.outcome == Outcome::done;
        } else if (const auto* edge = std::get_if<EdgeChange>(&item.change)) {
            item.outcome = rise(edges[edge->key], edge->version, Outcome::duplicate);
            if (!noted.edges.contains(edge->key)) item.outcome = Outcome::duplicate;
            // Known already, but perhaps not yet written to Redis when the process died.
            item.effective = noted.edgeVersions.at(edge->key) == edge->version;
        } else if (const auto* count = std::get_if<LikesChange>(&item.change)) {
            item.outcome = rise(likes[count->postId], count->version, Outcome::duplicate);
            if (!noted.likes.contains(count->postId)) item.outcome = Outcome::duplicate;
            item.effective = m_changes.likes.at(count->postId).version == count->version;
        }
    }
}

std::vector<std::string> Batch::gaps() const {
    std::map<std::string, std::set<std::int64_t>> versions;
    for (const auto& item : m_items)
        if (const auto* post = std::get_if<PostState>(&item.change); post && item.effective)
            versions[post->id].insert(post->version);
    std::vector<std::string> gaps;
    for (const auto& [id, seen] : versions) {
        const auto gate = m_gates.find(id);
        const auto expected = *seen.rbegin() - (gate == m_gates.end() ? 0 : gate->second);
        if (static_cast<std::int64_t>(seen.size()) != expected) gaps.push_back(id);
    }
    return gaps;
}

std::vector<std::string> Batch::effectivePosts() const {
    std::set<std::string> posts;
    for (const auto& item : m_items)
        if (const auto* post = std::get_if<PostState>(&item.change); post && item.effective) posts.insert(post->id);
    return {posts.begin(), posts.end()};
}

std::vector<EdgeKey> Batch::effectiveEdges() const {
    std::set<EdgeKey> edges;
    for (const auto& item : m_items)
        if (const auto* edge = std::get_if<EdgeChange>(&item.change); edge && item.effective) edges.insert(edge->key);
    return {edges.begin(), edges.end()};
}

bool Batch::hasEffects() const {
    return std::ranges::any_of(m_items, [](const Item& item) { return item.effective; });
}

std::vector<kit::trace::Context> Batch::watchers(bool effectiveOnly) const {
    std::vector<kit::trace::Context> all;
    for (const auto& item : m_items)
        if (item.effective || !effectiveOnly) all.push_back(item.record->trace);
    return all;
}

kit::trace::Context Batch::watcherOf(const std::string& post) const {
    kit::trace::Context newest;
    for (const auto& item : m_items)
        if (const auto* state = std::get_if<PostState>(&item.change); state && item.effective && state->id == post)
            newest = item.record->trace;
    return newest;
}

}  // namespace nova::feed
