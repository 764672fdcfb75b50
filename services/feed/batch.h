// A batch of records in hand: what each changes, what became of it, and who watches. Plain values, no I/O.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "feed/decode.h"
#include "feed/projections.h"
#include "kit/consume/handler.h"

namespace nova::feed {

struct Item {
    const kit::Record* record = nullptr;
    Change change;
    kit::Outcome outcome = kit::Outcome::done;
    bool effective = false;  // Redis has to be written for it
};

class Batch {
public:
    void add(const kit::Record* record, Change change);
    // The newest change of each post, edge and count.
    const Changes& changes() const { return m_changes; }
    const std::vector<Item>& items() const { return m_items; }
    // Sets outcomes and effectiveness from what the projections knew before.
    void judge(const Noted& noted);
    // Posts whose versions have a hole between the gate and the batch's newest.
    std::vector<std::string> gaps() const;
    // The owner's newer state takes the event's place.
    void replace(const PostState& post) { m_changes.posts[post.id] = post; }

    // No version of it was ever applied, or a delete that its owner took back since.
    bool comesIn(const std::string& post) const { return !m_gates.contains(post) || m_dead.contains(post); }
    std::vector<std::string> effectivePosts() const;
    std::vector<EdgeKey> effectiveEdges() const;
    bool hasEffects() const;
    std::vector<kit::trace::Context> watchers(bool effectiveOnly) const;
    // The consume span of the post's newest record.
    kit::trace::Context watcherOf(const std::string& post) const;

private:
    std::vector<Item> m_items;
    Changes m_changes;
    std::map<std::string, std::int64_t> m_gates;
    std::set<std::string> m_dead;  // known as deleted before the batch
};

}  // namespace nova::feed
