#include "tests/support/oracle/judge.h"

#include <QDeadlineTimer>
#include <QtGlobal>

#include "tests/support/oracle/checker.h"
#include "tests/support/oracle/world_reader.h"

namespace nova::test {

std::string judge(const LiveNova& nova, const History& history, const std::function<World()>& world, int limitMs) {
    std::string wrong = "not tried";
    for (QDeadlineTimer limit(limitMs); !wrong.empty() && !limit.hasExpired();) {
        const auto open = settle(nova);
        wrong = open.empty() ? text(check(history.ops(), world())) : "not settled: " + open;
    }
    if (!wrong.empty()) qWarning("%s", wrong.c_str());
    return wrong;
}

}  // namespace nova::test
