// Gathers violations: one per invariant and sentence, with all its offenders. Private to the checker.
#pragma once

#include <map>

#include "tests/support/oracle/checker.h"

namespace nova::test {

class Accusations {
public:
    void add(int invariant, const std::string& what, const std::string& id) { m_all[{invariant, what}].push_back(id); }
    // Accuses unless `fine`.
    void expect(bool fine, int invariant, const std::string& what, const std::string& id) {
        if (!fine) add(invariant, what, id);
    }
    [[nodiscard]] std::vector<Violation> all() const {
        std::vector<Violation> list;
        for (const auto& [key, ids] : m_all) list.push_back({key.first, key.second, ids});
        return list;
    }

private:
    std::map<std::pair<int, std::string>, std::vector<std::string>> m_all;
};

void checkWrites(const std::vector<Op>& ops, const World& world, Accusations& out);    // 1, 8
void checkLog(const World& world, Accusations& out);                                   // 2, 3
void checkFeeds(const std::vector<Op>& ops, const World& world, Accusations& out);     // 4, 5
void checkCounts(const World& world, Accusations& out);                                // 6
void checkMessages(const std::vector<Op>& ops, const World& world, Accusations& out);  // 7

}  // namespace nova::test
