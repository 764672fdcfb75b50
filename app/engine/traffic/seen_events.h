// Which events were there before: `is:duplicate` is the same topic, ce_id and ce_dataschema as an earlier record.
// Thread: any. Bound: 2 million identities of 24 bytes; the memory of the oldest goes first.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <unordered_map>

#include "app/engine/traffic/event.h"

namespace nova::engine {

class SeenEvents {
public:
    static constexpr std::size_t bound = 2'000'000;
    void see(const Event& event);                              // once for each record, in the order of reading
    [[nodiscard]] bool isDuplicate(const Event& event) const;  // of a record that was seen: another came before it

private:
    struct First {
        std::int64_t offset;
        int partition;
    };
    mutable std::mutex m_mutex;
    std::unordered_map<std::uint64_t, First> m_first;  // guarded by m_mutex
    std::deque<std::uint64_t> m_order;
};

}  // namespace nova::engine
