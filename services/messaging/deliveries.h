// mode = sync (contract §6): what realtime-chat-service does with an event, asked of it by call. Thread: any.
#pragma once

#include <string>

#include "kit/runtime/error.h"
#include "messaging/message.h"

namespace nova::kit {
class RpcClients;
}

namespace nova::messaging {

class Deliveries {
public:
    explicit Deliveries(kit::RpcClients& clients) : m_clients(clients) {}
    // To the receiver's sockets, within 1 s; a receiver without one is no error.
    kit::Result<void> sent(const Message& message, const std::string& token);
    kit::Result<void> read(const Message& message, const std::string& token);  // to the sender's

private:
    kit::RpcClients& m_clients;
};

}  // namespace nova::messaging
