// Which shards of a schema's outbox this relay publishes: advisory locks on the relay's connection, shared out evenly
// among the relays alive. Bound: 16 shards. Thread: the relay's; holds() from any.
#pragma once

#include <atomic>
#include <cstdint>
#include <pqxx/pqxx>
#include <string>

namespace nova::kit::outbox {

inline constexpr int shardCount = 16;
int shardOf(const std::string& partKey);

class Shards {
public:
    // `table`: quoted "<schema>.outbox". Throws pqxx exceptions, as all that follows.
    void attach(pqxx::connection_base& connection, const std::string& table);
    // Forgets all; the server has dropped the locks with the connection.
    void detach() { m_held = 0; }
    // Takes free shards up to a fair share and gives back what is above it. Only between batches. True: the set
    // changed.
    bool balance(pqxx::connection_base& connection);
    bool holds(int shard) const { return (m_held.load(std::memory_order_relaxed) >> shard) & 1U; }
    int count() const;
    std::string list() const;  // "{0,3,…}" for = ANY($1)

private:
    std::atomic<std::uint32_t> m_held{0};
    int m_class = 0;  // oid of the table: the locks' first key
};

}  // namespace nova::kit::outbox
