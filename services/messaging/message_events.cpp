#include "messaging/message_events.h"

#include "contract/topics.h"
#include "kit/runtime/times.h"
#include "nova/events/v1/events.pb.h"

namespace nova::messaging {
namespace {

constexpr std::int64_t sentVersion = 1, readVersion = 2;

template <typename Event>
kit::OutEvent out(const Message& message, const Event& event, std::int64_t version, kit::WallTime at) {
    return {.topic = std::string(contract::topic::message),
            .key = message.conversationId,
            .aggType = "message",
            .aggId = message.id,
            .version = version,
            .type = Event::descriptor()->name(),
            .dataSchema = Event::descriptor()->full_name(),
            .payload = event.SerializeAsString(),
            .time = at};
}

}  // namespace

kit::OutEvent messageSent(const Message& message) {
    events::v1::MessageSent event;
    event.set_message_id(message.id);
    event.set_conversation_id(message.conversationId);
    kit::setTime(event.mutable_event_time(), message.sentAt);
    event.set_seq(message.seq);
    event.set_from_id(message.fromId);
    event.set_to_id(message.toId);
    event.set_text(message.text);
    event.set_inbox_seq(message.inboxSeq);
    return out(message, event, sentVersion, message.sentAt);
}

kit::OutEvent messageRead(const Message& message) {
    events::v1::MessageRead event;
    event.set_message_id(message.id);
    event.set_conversation_id(message.conversationId);
    kit::setTime(event.mutable_event_time(), *message.readAt);
    event.set_reader_id(message.toId);
    event.set_sender_id(message.fromId);
    event.set_seq(message.seq);
    return out(message, event, readVersion, *message.readAt);
}

}  // namespace nova::messaging
