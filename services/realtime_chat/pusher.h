// Brings a frame to a user's sockets: to those of this replica at once, to the others by Realtime.Push at the replica
// that holds them. A replica that does not answer within 500 ms is left out for a second and its entry removed; if it
// lives, it finds the entry missing and lets its clients catch up: nothing newer may reach them before. Thread: any.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "realtime_chat/client.h"
#include "realtime_chat/presence_store.h"

namespace nova::kit {
class Counter;
class Metrics;
class RpcClients;
}  // namespace nova::kit

namespace nova::realtime_chat {

class Clients;

struct Reached {
    int connections = 0;  // took the frame
    int repeats = 0;      // had it before
    // transient: an entry of a replica that did not answer could not be removed; all of it is to be done again.
    std::optional<kit::Error> error;
};

class Pusher {
public:
    Pusher(Clients& clients, PresenceStore& presence, kit::RpcClients& rpc, kit::Metrics& metrics);
    // To this replica's sockets of the user and, of `places`, to those elsewhere. What does not answer is taken out of
    // `places`, which hold for the user's next pushes as well.
    Reached everywhere(const Push& push, std::vector<Place>& places);
    // To one connection of this replica, or, with an empty one, to all of the user's here.
    Reached here(const Push& push, const std::string& connection);

private:
    void give(Client& client, const Push& push, Reached& reached);
    bool elsewhere(const Push& push, const Place& place, Reached& reached);  // false: the place is no more
    bool leftOut(const std::string& address);

    Clients& m_clients;
    PresenceStore& m_presence;
    kit::RpcClients& m_rpc;
    kit::Counter &m_pushed, &m_stale, &m_slow, &m_unreachable;
    std::mutex m_mutex;
    std::map<std::string, std::chrono::steady_clock::time_point> m_leftOut;  // guarded by m_mutex: address → until
};

}  // namespace nova::realtime_chat
