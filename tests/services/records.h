// Kafka records as a consumer's handler gets them, made from events.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "contract/topics.h"
#include "kit/consume/handler.h"
#include "kit/runtime/times.h"
#include "nova/events/v1/events.pb.h"

namespace nova::test {

template <typename Event>
kit::Record recordOf(std::string_view topic, const std::string& key, const Event& event) {
    kit::Record record;
    record.topic = topic;
    record.key = key;
    record.value = event.SerializeAsString();
    record.eventId = kit::newUuid();
    record.type = Event::descriptor()->name();
    record.dataSchema = Event::descriptor()->full_name();
    record.subject = key;
    record.appended = kit::wallNow();
    if constexpr (requires { event.version(); }) record.version = event.version();
    return record;
}

template <typename Event>
kit::Record postRecord(const std::string& post, const std::string& author, std::int64_t version,
                       std::int64_t createdMicros, const std::string& content = "text") {
    Event event;
    event.set_post_id(post);
    event.set_author_id(author);
    event.set_version(version);
    kit::setTime(event.mutable_event_time(), kit::fromMicros(createdMicros + version - 1));
    if constexpr (requires { event.set_content(content); }) {
        event.set_content(content);
        kit::setTime(event.mutable_created_at(), kit::fromMicros(createdMicros));
    }
    return recordOf(contract::topic::content, post, event);
}

template <typename Event>
kit::Record followRecord(const std::string& follower, const std::string& followee, std::int64_t version,
                         std::int64_t atMicros) {
    Event event;
    event.set_follower_id(follower);
    event.set_followee_id(followee);
    event.set_version(version);
    kit::setTime(event.mutable_event_time(), kit::fromMicros(atMicros));
    return recordOf(contract::topic::social, followee, event);
}

template <typename Event>
kit::Record likeRecord(const std::string& post, std::int64_t count, std::int64_t version) {
    Event event;
    event.set_post_id(post);
    event.set_user_id(kit::newUuid());
    event.set_like_count(count);
    event.set_version(version);
    kit::setTime(event.mutable_event_time(), kit::wallNow());
    return recordOf(contract::topic::social, post, event);
}

inline std::vector<kit::Outcome> deliver(kit::RecordHandler& handler, std::vector<kit::Record>& records) {
    std::vector<kit::Record*> batch;
    for (auto& record : records) batch.push_back(&record);
    std::vector<kit::Outcome> outcomes;
    for (const auto& handled : handler.handle(batch)) outcomes.push_back(handled.outcome);
    return outcomes;
}

inline std::vector<kit::Outcome> deliver(kit::RecordHandler& handler, const kit::Record& record) {
    std::vector<kit::Record> one{record};
    return deliver(handler, one);
}

}  // namespace nova::test
