#include "realtime_chat/message_handler.h"

#include <optional>
#include <set>

#include "contract/topics.h"
#include "kit/http/websocket_frames.h"
#include "kit/runtime/times.h"
#include "nova/events/v1/events.pb.h"
#include "realtime_chat/presence_store.h"
#include "realtime_chat/pusher.h"

namespace nova::realtime_chat {
namespace {

using kit::Handled;
using kit::Outcome;
using kit::Record;

constexpr std::string_view sentSchema = "nova.events.v1.MessageSent", readSchema = "nova.events.v1.MessageRead";

// What is to be pushed; the frame is made when its span is known.
struct Work {
    Push push;
    std::function<std::string(const kit::trace::Context&)> frame;
};

std::optional<Work> sent(const std::string& bytes) {
    events::v1::MessageSent event;
    if (!event.ParseFromString(bytes)) return std::nullopt;
    if (!kit::isUuid(event.message_id()) || !kit::isUuid(event.conversation_id()) || !kit::isUuid(event.to_id()) ||
        !kit::isUuid(event.from_id()) || event.seq() < 1)
        return std::nullopt;
    Work work;
    work.push.userId = event.to_id();
    work.push.conversationId = event.conversation_id();
    work.push.seq = event.seq();
    work.push.inboxSeq = event.inbox_seq();
    work.frame = [event](const kit::trace::Context& push) {
        return kit::frame::message({event.message_id(), event.conversation_id(), event.from_id(), event.text(),
                                    kit::timeOf(event.event_time()), event.inbox_seq()},
                                   push);
    };
    return work;
}

std::optional<Work> read(const std::string& bytes) {
    events::v1::MessageRead event;
    if (!event.ParseFromString(bytes)) return std::nullopt;
    if (!kit::isUuid(event.message_id()) || !kit::isUuid(event.sender_id())) return std::nullopt;
    Work work;
    work.push.userId = event.sender_id();
    work.push.fact = "read:" + event.message_id();
    work.push.at = kit::timeOf(event.event_time());
    work.frame = [id = event.message_id(), at = *work.push.at](const kit::trace::Context& push) {
        return kit::frame::read(id, at, push);
    };
    return work;
}

Handled push(Pusher& pusher, Work& work, const kit::trace::Context& consume, std::vector<Place>& places) {
    const kit::trace::Scope scope(consume);
    kit::trace::Span span("push", kit::trace::SpanKind::producer, "push");
    work.push.frame = work.frame(span.context());
    const Reached reached = pusher.everywhere(work.push, places);
    if (reached.error) {
        span.fail(reached.error->what);
        return Handled::failure(*reached.error);
    }
    span.set(contract::attr::effect, "push");
    span.set(contract::attr::recipients, std::int64_t{reached.connections});
    return Handled::of(reached.connections == 0 && reached.repeats > 0 ? Outcome::stale : Outcome::done);
}

}  // namespace

bool MessageHandler::knows(const Record& record) const {
    return record.dataSchema == sentSchema || record.dataSchema == readSchema;
}

std::vector<Handled> MessageHandler::handle(const std::vector<Record*>& batch) {
    std::vector<std::optional<Work>> works;
    std::set<std::string> users;
    std::vector<kit::trace::Context> owners;
    for (const auto* record : batch) {
        works.push_back(record->dataSchema == sentSchema ? sent(record->value) : read(record->value));
        if (!works.back()) continue;
        users.insert(works.back()->push.userId);
        owners.push_back(record->trace);
    }
    auto places = m_presence.places({users.begin(), users.end()}, owners);
    std::vector<Handled> handled;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (!works[i]) {
            handled.push_back(Handled::undecodable("a message event without valid ids and number"));
        } else if (!places) {
            handled.push_back(Handled::failure(places.error()));
        } else {
            handled.push_back(push(m_pusher, *works[i], batch[i]->trace, places.value()[works[i]->push.userId]));
        }
    }
    return handled;
}

}  // namespace nova::realtime_chat
