// The durable version gate: table gate(topic, key, version) in the consumer's schema. A version not newer is stale.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "kit/postgres/pool.h"

namespace nova::kit::gate {

// SQL of the table, for the service's schema.sql (copied there by migrate() as Outbox::schemaSql is).
const char* schemaSql();
// Locks (FOR UPDATE) and returns the gates of these keys; absent keys are not in the map. Keys are locked in sorted order.
std::map<std::string, std::int64_t> lock(Transaction& t, const std::string& topic, const std::vector<std::string>& keys);
// Raises the gate where `version` is newer; returns the keys that were raised.
std::vector<std::string> raise(Transaction& t, const std::string& topic, const std::map<std::string, std::int64_t>& versions);

}  // namespace nova::kit::gate
