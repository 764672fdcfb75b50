// Keys whose order an unhandled record broke (contract §4): a record that could not be handled parks its key, and the
// key's later records follow it to the dead letters, until all are sent again in order, or discarded, and the key is
// released. Kept in table parked(topic, key) of the group's schema; a group without a schema (realtime-chat-service)
// keeps them in the Redis hash `parked:{group}:{topic}`. A record sent again (header nova-replay) is handled although
// its key is parked. Only topics that parks() names. Thread: any.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kit/runtime/error.h"

namespace nova::kit {
class PostgresPool;
class RedisClient;
}  // namespace nova::kit

namespace nova::kit::consume {

struct ParkedBy {
    std::string eventId, error;  // of the record that could not be handled
};

class Parking {
public:
    virtual ~Parking() = default;
    // Those of the keys that are parked.
    virtual Result<std::map<std::string, ParkedBy>> find(const std::string& topic,
                                                         const std::vector<std::string>& keys) = 0;
    // Durable on return; a parked key stays as it is.
    virtual Result<void> park(const std::string& topic, const std::string& key, const ParkedBy& by) = 0;
    // Its next records are handled again. False: it was not parked.
    virtual Result<bool> release(const std::string& topic, const std::string& key) = 0;

    static bool parks(const std::string& topic);  // nova.message.events
    static const char* schemaSql();               // of the table; migrate() adds it to each schema
};

std::unique_ptr<Parking> parkingIn(PostgresPool& pool);
std::unique_ptr<Parking> parkingIn(RedisClient& redis, const std::string& group);

}  // namespace nova::kit::consume
