#include "tests/support/oracle/records.h"

#include "contract/topics.h"
#include "kit/runtime/ids.h"
#include "kit/runtime/times.h"
#include "nova/events/v1/events.pb.h"
#include "tests/support/oracle/stores.h"

namespace nova::test {

kit::kafka::OutRecord recordOf(const Envelope& e) {
    namespace header = contract::header;
    kit::kafka::OutRecord record{e.topic, e.key, e.payload, {}, -1};
    const auto add = [&](std::string_view name, std::string value) {
        record.headers.emplace_back(std::string(name), std::move(value));
    };
    add(header::specVersion, "1.0");
    add(header::id, e.eventId.empty() ? kit::newUuid() : e.eventId);
    add(header::source, "/nova/test");
    add(header::type, e.type);
    add(header::time, kit::rfc3339(kit::wallNow()));
    add(header::subject, e.key);
    add(header::dataSchema, e.schema);
    add(header::contentType, "application/protobuf");
    add(header::version, std::to_string(e.version));
    return record;
}

kit::kafka::OutRecord without(kit::kafka::OutRecord record, const std::string& header) {
    std::erase_if(record.headers, [&](const auto& h) { return h.first == header; });
    return record;
}

bool send(const LiveNova& nova, const std::vector<kit::kafka::OutRecord>& records) {
    auto producer = kit::kafka::Producer::make(brokerOf(nova), "test-publisher");
    if (!producer) return false;
    for (const auto& delivery : producer.value().sendAll(records))
        if (!delivery.ok) return false;
    return true;
}

std::string postBytes(const std::string& post, const std::string& author, std::int64_t version,
                      const std::string& content, bool withUnknownField) {
    events::v1::PostCreated event;  // PostUpdated has the same fields
    event.set_post_id(post);
    event.set_version(version);
    kit::setTime(event.mutable_event_time(), kit::wallNow());
    kit::setTime(event.mutable_created_at(), kit::wallNow());
    event.set_user_tier("standard");
    event.set_author_id(author);
    event.set_content(content);
    auto bytes = event.SerializeAsString();
    if (withUnknownField)
        bytes += std::string("\xa2\x06\x05later\xa8\x06\x2a", 11);  // field 100: "later", field 101: 42
    return bytes;
}

std::string deletionBytes(const std::string& post, const std::string& author, std::int64_t version) {
    events::v1::PostDeleted event;
    event.set_post_id(post);
    event.set_version(version);
    kit::setTime(event.mutable_event_time(), kit::wallNow());
    event.set_user_tier("standard");
    event.set_author_id(author);
    return event.SerializeAsString();
}

std::string firstPostBytes(const std::string& post, std::int64_t version) {
    events::v1::PostCreated event;  // PostUpdated and PostDeleted begin alike
    event.set_post_id(post);
    event.set_version(version);
    kit::setTime(event.mutable_event_time(), kit::wallNow());
    return event.SerializeAsString();
}

std::string firstMessageBytes(const std::string& conversation, const std::string& from, const std::string& to) {
    events::v1::MessageSent event;
    event.set_message_id(kit::newUuid());
    event.set_conversation_id(conversation);
    kit::setTime(event.mutable_event_time(), kit::wallNow());
    event.set_seq(1);
    event.set_from_id(from);
    event.set_to_id(to);
    event.set_text("of old");
    return event.SerializeAsString();
}

std::string firstUploadBytes(const std::string& upload, const std::string& user) {
    events::v1::MediaUploadCompleted event;
    event.set_upload_id(upload);
    event.set_user_id(user);
    event.set_file_name("dot.png");
    event.set_size_bytes(70);
    return event.SerializeAsString();
}

std::string firstFollowBytes(const std::string& follower, const std::string& followee, std::int64_t version) {
    events::v1::UserFollowed event;  // UserUnfollowed has the same fields
    event.set_follower_id(follower);
    event.set_version(version);
    kit::setTime(event.mutable_event_time(), kit::wallNow());
    event.set_followee_id(followee);
    return event.SerializeAsString();
}

}  // namespace nova::test
