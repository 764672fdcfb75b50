#include "tests/support/oracle/checker.h"

#include <algorithm>

#include "tests/support/oracle/accusations.h"

namespace nova::test {

std::vector<Violation> check(const std::vector<Op>& ops, const World& world) {
    Accusations out;
    checkWrites(ops, world, out);
    checkLog(world, out);
    checkFeeds(ops, world, out);
    checkCounts(world, out);
    checkMessages(ops, world, out);
    return out.all();
}

std::string text(const std::vector<Violation>& violations) {
    constexpr std::size_t mostLines = 40, mostIds = 6;
    std::string lines;
    for (std::size_t i = 0; i < std::min(mostLines, violations.size()); ++i) {
        const auto& v = violations[i];
        lines +=
            "invariant " + std::to_string(v.invariant) + ": " + v.what + " (" + std::to_string(v.ids.size()) + "):";
        for (std::size_t n = 0; n < std::min(mostIds, v.ids.size()); ++n) lines += " " + v.ids[n];
        lines += v.ids.size() > mostIds ? " …\n" : "\n";
    }
    return lines;
}

}  // namespace nova::test
