// A bounded map that forgets what was not asked for the longest. Thread: any.
#pragma once

#include <list>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

namespace nova {

template <typename Key, typename Value>
class Lru {
public:
    explicit Lru(std::size_t capacity) : m_capacity(capacity) {}

    std::optional<Value> find(const Key& key) {
        const std::lock_guard lock(m_mutex);
        const auto found = m_index.find(key);
        if (found == m_index.end()) return std::nullopt;
        m_entries.splice(m_entries.begin(), m_entries, found->second);
        return found->second->second;
    }

    void put(const Key& key, Value value) {
        const std::lock_guard lock(m_mutex);
        if (const auto found = m_index.find(key); found != m_index.end()) {
            found->second->second = std::move(value);
            m_entries.splice(m_entries.begin(), m_entries, found->second);
            return;
        }
        m_entries.emplace_front(key, std::move(value));
        m_index.emplace(key, m_entries.begin());
        if (m_entries.size() <= m_capacity) return;
        m_index.erase(m_entries.back().first);
        m_entries.pop_back();
    }

    void erase(const Key& key) {
        const std::lock_guard lock(m_mutex);
        const auto found = m_index.find(key);
        if (found == m_index.end()) return;
        m_entries.erase(found->second);
        m_index.erase(found);
    }

    std::size_t size() const {
        const std::lock_guard lock(m_mutex);
        return m_entries.size();
    }

private:
    using Entries = std::list<std::pair<Key, Value>>;
    mutable std::mutex m_mutex;
    std::size_t m_capacity;
    Entries m_entries;  // the latest used first
    std::unordered_map<Key, typename Entries::iterator> m_index;
};

}  // namespace nova
