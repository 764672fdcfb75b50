// MessageSent → the receiver's sockets, MessageRead → the sender's. The effect is outward: nothing is stored, a repeat
// is recognised by the sockets' own memory. Thread: the consumer's.
#pragma once

#include "kit/consume/handler.h"

namespace nova::realtime_chat {

class PresenceStore;
class Pusher;

class MessageHandler final : public kit::RecordHandler {
public:
    MessageHandler(PresenceStore& presence, Pusher& pusher) : m_presence(presence), m_pusher(pusher) {}
    bool knows(const kit::Record& record) const override;
    std::vector<kit::Handled> handle(const std::vector<kit::Record*>& batch) override;

private:
    PresenceStore& m_presence;
    Pusher& m_pusher;
};

}  // namespace nova::realtime_chat
