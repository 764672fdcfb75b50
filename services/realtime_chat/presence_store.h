// Who is connected where: Redis `websocket:{user}`, a sorted set of `<gRPC host:port>/<connection>` scored by their
// expiry in Unix ms (contract §1). An entry lives 30 s unless renewed; expired ones are read by nobody and removed by
// whoever enters the set, which itself goes when nobody renews. Thread: any.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "kit/consume/handler.h"
#include "kit/runtime/error.h"

namespace nova::kit {
class RedisClient;
}

namespace nova::realtime_chat {

struct Place {
    std::string address, connection;
};
struct Presence {
    std::string user, connection;
};

class PresenceStore {
public:
    // `address`: of this replica.
    PresenceStore(kit::RedisClient& redis, std::string address) : m_redis(redis), m_address(std::move(address)) {}
    const std::string& address() const { return m_address; }

    kit::Result<void> enter(const Presence& mine);
    kit::Result<void> renew(const std::vector<Presence>& mine);  // those that are still there
    kit::Result<void> remove(const std::vector<Presence>& mine);
    kit::Result<void> forget(const std::string& user, const Place& place);  // of a replica that is gone
    // Those of mine that Redis does not know (any more).
    kit::Result<std::vector<Presence>> missing(const std::vector<Presence>& mine);
    // Where the users are connected, users without a place left out. `owners`: the consume spans it is done for.
    kit::Result<std::map<std::string, std::vector<Place>>> places(const std::vector<std::string>& users,
                                                                  const std::vector<kit::trace::Context>& owners);

private:
    std::string member(const Presence& presence) const { return m_address + "/" + presence.connection; }

    kit::RedisClient& m_redis;
    const std::string m_address;
};

}  // namespace nova::realtime_chat
