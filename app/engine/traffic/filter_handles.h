// Handles of users by id, for user:alice: learned from UserCreated events and from whatever else tells them. Bound:
// 200,000; later ones are not kept. Thread: any.
#pragma once

#include <QString>
#include <memory>
#include <shared_mutex>
#include <string>
#include <unordered_map>

#include "app/engine/cluster/read_budget.h"
#include "app/engine/traffic/event.h"
#include "kit/runtime/error.h"

namespace nova::engine {

class FilterHandles {
public:
    // Learns from a UserCreated; other events are let pass at the cost of one comparison.
    void note(const Event& event);
    // All that `users(id, handle)` of a Nova's PostgreSQL has; how many were read. Blocks ≤ 5 s. Errors: RowReader's.
    kit::Result<std::size_t> readFrom(const QString& postgresUri, std::shared_ptr<ReadBudget> budget = {});
    void add(const std::string& userId, const std::string& handle);
    [[nodiscard]] std::string handleOf(const std::string& userId) const;  // "" when not known

private:
    mutable std::shared_mutex m_mutex;
    std::unordered_map<std::string, std::string> m_handles;
};

}  // namespace nova::engine
