#include "kit/outbox/shards.h"

#include <xxhash.h>

#include <bit>
#include <vector>

#include "kit/postgres/pool.h"

namespace nova::kit::outbox {
namespace {

constexpr int presence = shardCount;  // every relay alive holds this one in shared mode

}  // namespace

int shardOf(const std::string& partKey) {
    return static_cast<int>(XXH64(partKey.data(), partKey.size(), 0) % shardCount);
}

void Shards::attach(pqxx::connection_base& connection, const std::string& table) {
    detach();
    pqxx::nontransaction work(connection);
    m_class = work.exec_params1("SELECT $1::regclass::oid::int", table)[0].as<int>();
    work.exec_params("SELECT pg_try_advisory_lock_shared($1, $2)", m_class, presence);
}

bool Shards::balance(pqxx::connection_base& connection) {
    pqxx::nontransaction work(connection);
    const int relays = std::max(1, work.exec_params1("SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = "
                                                     "l.database AND d.datname = current_database()"
                                                     " WHERE l.locktype = 'advisory' AND l.classid = $1::int::oid AND "
                                                     "l.objid = $2::int::oid AND l.objsubid = 2 AND l.granted",
                                                     m_class, presence)[0]
                                       .as<int>());
    const int fair = (shardCount + relays - 1) / relays;
    const std::uint32_t before = m_held;
    std::uint32_t held = before;
    if (std::popcount(held) < fair) {
        std::vector<std::string> missing;
        for (int s = 0; s < shardCount; ++s) {
            if (!holds(s)) missing.push_back(std::to_string(s));
        }
        const auto taken = work.exec_params("SELECT s FROM unnest($2::int[]) s WHERE pg_try_advisory_lock($1, s)",
                                            m_class, sqlArray(missing));
        for (const auto& row : taken) held |= 1U << row[0].as<int>();
    }
    for (int s = shardCount - 1; s >= 0 && std::popcount(held) > fair; --s) {
        if (!((held >> s) & 1U)) continue;
        m_held = held &= ~(1U << s);  // not ours any more before another can take it
        work.exec_params("SELECT pg_advisory_unlock($1, $2)", m_class, s);
    }
    m_held = held;
    return held != before;
}

int Shards::count() const {
    return std::popcount(m_held.load());
}

std::string Shards::list() const {
    std::vector<std::string> numbers;
    for (int s = 0; s < shardCount; ++s) {
        if (holds(s)) numbers.push_back(std::to_string(s));
    }
    return sqlArray(numbers);
}

}  // namespace nova::kit::outbox
