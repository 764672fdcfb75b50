#include "kit/redis/versioned.h"

namespace nova::kit {
namespace {

// KEYS value, version; ARGV value, version.
constexpr const char* script =
    "local v = tonumber(redis.call('GET', KEYS[2]) or '-1')\n"
    "if tonumber(ARGV[2]) <= v then return 0 end\n"
    "redis.call('SET', KEYS[1], ARGV[1]) redis.call('SET', KEYS[2], ARGV[2]) return 1";

}  // namespace

RedisCommand setIfNewer(const std::string& key, std::int64_t value, std::int64_t version) {
    return {"EVAL", script, "2", key, key + ":version", std::to_string(value), std::to_string(version)};
}

}  // namespace nova::kit
