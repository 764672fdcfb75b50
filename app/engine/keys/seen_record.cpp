#include "app/engine/keys/seen_record.h"

#include <chrono>
#include <cstdlib>
#include <tuple>

#include "contract/topics.h"
#include "kit/runtime/ids.h"
#include "kit/trace/span.h"

namespace nova::engine {
namespace {

std::string_view headerOf(rd_kafka_headers_t* headers, std::string_view name) {
    const void* value = nullptr;
    std::size_t size = 0;
    if (!headers || rd_kafka_header_get_last(headers, name.data(), &value, &size) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return {};
    return {static_cast<const char*>(value), size};
}

std::int64_t millisecondsOf(std::string_view rfc3339) {
    const auto time = kit::parseRfc3339(rfc3339);
    return time ? std::chrono::floor<std::chrono::milliseconds>(time->time_since_epoch()).count() : 0;
}

}  // namespace

SeenRecord seenIn(const rd_kafka_message_t& message) {
    namespace header = contract::header;
    rd_kafka_headers_t* headers = nullptr;
    rd_kafka_message_headers(&message, &headers);
    SeenRecord seen;
    seen.topic = rd_kafka_topic_name(message.rkt);
    seen.partition = message.partition;
    seen.offset = message.offset;
    seen.timeMs = soundMs(rd_kafka_message_timestamp(&message, nullptr));
    seen.eventId = headerOf(headers, header::id);
    seen.type = headerOf(headers, header::type);
    seen.schema = headerOf(headers, header::dataSchema);
    seen.subject = headerOf(headers, header::subject);
    if (seen.subject.empty() && message.key)
        seen.subject.assign(static_cast<const char*>(message.key), message.key_len);
    seen.ceTimeMs = millisecondsOf(headerOf(headers, header::time));
    seen.replayed = !headerOf(headers, header::replay).empty();
    if (const auto version = headerOf(headers, header::version); !version.empty())
        seen.version = std::strtoll(std::string(version).c_str(), nullptr, 10);
    if (const auto context = kit::trace::Context::parse(headerOf(headers, header::traceParent))) {
        seen.traceId = context->traceIdHex();
        seen.sampled = context->sampled;
    }
    if (seen.topic.ends_with(contract::topic::deadLetterSuffix)) {
        seen.deadLetterGroup = headerOf(headers, header::dlqGroup);
        seen.deadLetterError = headerOf(headers, header::dlqError);
        if (seen.deadLetterGroup.empty()) seen.deadLetterGroup = "?";
    }
    seen.payload = hashOfValue({static_cast<const char*>(message.payload), message.len});
    return seen;
}

SeenRecord seenIn(const Event& event) {
    const auto headers = event.headers();
    SeenRecord seen;
    seen.topic = Names::topicName(event.topic);
    seen.partition = event.partition;
    seen.offset = event.offset;
    seen.timeMs = soundMs(event.timestampMs);
    seen.eventId = event.eventId;
    seen.type = Names::typeName(event.type);
    seen.schema = kit::kafka::header(headers, contract::header::dataSchema);
    seen.subject = kit::kafka::header(headers, contract::header::subject);
    if (seen.subject.empty()) seen.subject = event.key;
    seen.ceTimeMs = event.ceTimeUs / 1'000;
    seen.version = event.version;
    seen.traceId = event.traceId;
    seen.sampled = event.sampled;
    seen.replayed = event.replayed;
    seen.payload = event.valueHash();
    return seen;
}

bool sameRecord(const SeenRecord& a, const SeenRecord& b) {
    return a.offset == b.offset && a.partition == b.partition && a.topic == b.topic;
}

bool byTime(const SeenRecord& a, const SeenRecord& b) {
    return std::tie(a.timeMs, a.topic, a.partition, a.offset) < std::tie(b.timeMs, b.topic, b.partition, b.offset);
}

}  // namespace nova::engine
