// Reads the world of a running, settled Nova through PostgreSQL's read-only role, Kafka, Redis and GraphQL.
// Thread: the caller's; blocks for a second or so.
#pragma once

#include <vector>

#include "tests/support/live_nova.h"
#include "tests/support/oracle/world.h"

namespace nova::test {

// `shown`: also what GraphQL shows to each of these users.
World readWorld(const LiveNova& nova, const std::vector<Account>& shown);
// All records of these topics from the beginning to their present ends, by topic, partition, offset.
std::vector<EventRecord> readLog(const std::string& bootstrap, const std::vector<std::string>& topics);
// "" when nothing is under way (outboxes, fan-out jobs, lag of every group: 0), else what still is.
std::string unsettled(const LiveNova& nova);
// Waits for "", returns the last answer. Never longer than `limitMs`.
std::string settle(const LiveNova& nova, int limitMs = 60'000);

}  // namespace nova::test
