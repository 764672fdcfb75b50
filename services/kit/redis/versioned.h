// A number in Redis that only a newer version replaces: plain under `key`, its version beside it under `key:version`, so
// that writers at the same time, in any order and repeatedly, end with the newest. Thread: any.
#pragma once

#include <cstdint>
#include <string>

#include "kit/redis/client.h"

namespace nova::kit {

RedisCommand setIfNewer(const std::string& key, std::int64_t value, std::int64_t version);

}  // namespace nova::kit
