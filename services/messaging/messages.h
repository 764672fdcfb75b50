// Sending and marking as read: the receiver, the store and, with mode = sync, the delivery. Thread: any.
#pragma once

#include <string>

#include "kit/runtime/config.h"
#include "messaging/store.h"

namespace nova::messaging {

class Deliveries;
class Receivers;

// Whose call it is, how it is to be done, and the token to act with at other services.
struct Caller {
    std::string user, token;
    kit::Mode mode = kit::Mode::events;
};

class Messages {
public:
    Messages(Store& store, Receivers& receivers, Deliveries& deliveries)
        : m_store(store), m_receivers(receivers), m_deliveries(deliveries) {}
    // As Store::send. notFound: no such receiver. transient, with mode = sync: not delivered, and undone.
    kit::Result<Message> send(const Caller& caller, const std::string& to, const std::string& text,
                              const std::string& idempotencyKey);
    kit::Result<Message> markRead(const Caller& caller, const std::string& id);

private:
    Store& m_store;
    Receivers& m_receivers;
    Deliveries& m_deliveries;
};

}  // namespace nova::messaging
