// Brings to a client what it was sent while it was away, from messaging-service and with the user's own token: all
// after the message that it names, or, when it names none, what is unread. Then the client is live. While
// messaging-service is away it is asked again each half second. Thread: of the jobs.
#pragma once

#include <memory>
#include <string>

#include "realtime_chat/clients.h"

namespace nova::kit {
class RpcClients;
}

namespace nova::realtime_chat {

class Jobs;

class CatchUp {
public:
    CatchUp(kit::RpcClients& rpc, Clients& clients, Jobs& jobs) : m_rpc(rpc), m_clients(clients), m_jobs(jobs) {}
    // The client's beginCatchUp() was true.
    void run(const ClientPtr& client, const std::string& after);

private:
    struct Progress {
        std::string after;
        bool unreadOnly = false;
        bool waiting = false;  // for messaging-service
    };
    void step(const ClientPtr& client, Progress progress);
    void again(const ClientPtr& client, const Progress& progress, std::chrono::milliseconds in);

    kit::RpcClients& m_rpc;
    Clients& m_clients;
    Jobs& m_jobs;
};

}  // namespace nova::realtime_chat
