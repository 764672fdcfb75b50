// Keeps this replica's entries of `websocket:{user}`: enters a client, renews all each 10 s, and looks each 2 s for
// entries that Redis lost or another replica removed; such a client may have missed frames and catches up. The looks
// have a thread of their own: jobs that wait for another service must not let the entries lapse. Thread: any.
#pragma once

#include <chrono>

#include "kit/runtime/periodic.h"
#include "realtime_chat/clients.h"
#include "realtime_chat/presence_store.h"

namespace nova::realtime_chat {

class CatchUp;
class Jobs;

class Keeper {
public:
    Keeper(PresenceStore& store, Clients& clients, CatchUp& catchUp, Jobs& jobs)
        : m_store(store), m_clients(clients), m_catchUp(catchUp), m_jobs(jobs) {}
    void start() { m_looks.start(); }
    void stop() { m_looks.stop(); }
    // Enters the client, whose beginCatchUp() was true, and lets it catch up after the message `after` (or with what is
    // unread), by a job. Tried until Redis takes it.
    void enterSoon(const ClientPtr& client, const std::string& after, std::chrono::milliseconds in = {});
    void leave(const ClientPtr& client);
    void leaveAll();  // on stop

private:
    void enter(const ClientPtr& client, const std::string& after);
    void look();
    void takeUpMissing(const std::vector<Presence>& mine);

    PresenceStore& m_store;
    Clients& m_clients;
    CatchUp& m_catchUp;
    Jobs& m_jobs;
    int m_round = 0;                                                     // of the looks' thread
    kit::Periodic m_looks{std::chrono::seconds{2}, [this] { look(); }};  // last: uses the others
};

}  // namespace nova::realtime_chat
