// Message events: one aggregate a message, version 1 when it is sent and 2 when it is read, keyed by conversation.
#pragma once

#include "kit/outbox/outbox.h"
#include "messaging/message.h"

namespace nova::messaging {

kit::OutEvent messageSent(const Message& message);
kit::OutEvent messageRead(const Message& message);  // readAt is set

}  // namespace nova::messaging
