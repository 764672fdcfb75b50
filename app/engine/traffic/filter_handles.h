// Handles of users by id, for user:alice: learned from UserCreated events and from whatever else tells them. Bound:
// 200,000; later ones are not kept. Thread: any.
#pragma once

#include <memory>
#include <shared_mutex>
#include <string>
#include <unordered_map>

#include "app/engine/traffic/event.h"

namespace nova::engine {

class FilterHandles {
public:
    // Learns from a UserCreated; other events are let pass at the cost of one comparison.
    void note(const Event& event);
    void add(const std::string& userId, const std::string& handle);
    [[nodiscard]] std::string handleOf(const std::string& userId) const;  // "" when not known

private:
    mutable std::shared_mutex m_mutex;
    std::unordered_map<std::string, std::string> m_handles;
};

}  // namespace nova::engine
