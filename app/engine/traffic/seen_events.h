// Which events were there before: `is:duplicate` is the same topic, ce_id and ce_dataschema as an earlier record.
// Thread: any; no call waits for more than another's few steps. Bound: the latest 1 million identities and up to as
// many before them, in 64 MiB at most; one that comes again counts as late.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <mutex>

#include "app/engine/traffic/event.h"

namespace nova::engine {

class SeenEvents {
public:
    static constexpr std::size_t half = 1'000'000, bound = 2 * half;
    void see(const Event& event);                              // once for each record, in the order of reading
    [[nodiscard]] bool isDuplicate(const Event& event) const;  // of a record that was seen: another came before it

private:
    // Places by identity, in a table that is never rebuilt: its memory is taken by the system page by page.
    class Table {
    public:
        [[nodiscard]] const std::uint64_t* find(std::uint64_t identity) const;  // its place
        void add(std::uint64_t identity, std::uint64_t place);                  // not in it, and it is not full
        [[nodiscard]] bool isFull() const { return m_count == half; }

    private:
        static constexpr std::size_t slots = std::size_t{1} << 21;
        struct Slot {
            std::uint64_t identity, place;  // identity 0: free
        };
        struct Free {
            void operator()(Slot* memory) const { std::free(memory); }
        };
        [[nodiscard]] std::size_t slotOf(std::uint64_t identity) const;  // its own, or the free one where it would be
        std::unique_ptr<Slot[], Free> m_slots;
        std::size_t m_count = 0;
    };

    mutable std::mutex m_mutex;
    Table m_late, m_early;  // guarded by m_mutex
};

}  // namespace nova::engine
