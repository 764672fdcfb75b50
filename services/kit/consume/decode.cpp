#include "kit/consume/decode.h"

#include <charconv>

#include "contract/topics.h"

namespace nova::kit {

const char* name(Outcome outcome) {
    switch (outcome) {
        case Outcome::done:
            return "done";
        case Outcome::duplicate:
            return "duplicate";
        case Outcome::stale:
            return "stale";
        case Outcome::skipped:
            return "skipped";
        case Outcome::failed:
            return "failed";
    }
    return "failed";
}

namespace consume {
namespace {

std::string bytes(const void* data, std::size_t size) {
    return data ? std::string(static_cast<const char*>(data), size) : std::string();
}

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

Record decode(const rd_kafka_message_t* message) {
    namespace header = contract::header;
    Record record;
    record.topic = rd_kafka_topic_name(message->rkt);
    record.partition = message->partition;
    record.offset = message->offset;
    record.key = bytes(message->key, message->key_len);
    record.value = bytes(message->payload, message->len);
    rd_kafka_timestamp_type_t kind{};
    record.appended = WallTime{std::chrono::milliseconds{rd_kafka_message_timestamp(message, &kind)}};
    record.headers = kafka::headersOf(message);
    record.eventId = kafka::header(record.headers, header::id);
    record.type = kafka::header(record.headers, header::type);
    record.dataSchema = kafka::header(record.headers, header::dataSchema);
    record.subject = kafka::header(record.headers, header::subject);
    record.version = number(kafka::header(record.headers, header::version));
    record.replayed = !kafka::header(record.headers, header::replay).empty();
    return record;
}

std::string envelopeProblem(const Record& record) {
    std::string missing;
    const auto check = [&](const std::string& value, std::string_view header) {
        if (value.empty()) missing += (missing.empty() ? "" : ", ") + std::string(header);
    };
    check(record.eventId, contract::header::id);
    check(record.type, contract::header::type);
    check(record.dataSchema, contract::header::dataSchema);
    return missing.empty() ? missing : "undecodable: header " + missing + " is missing";
}

bool meantForAnother(const Record& record, const std::string& group) {
    const auto wanted = kafka::header(record.headers, contract::header::replayGroup);
    return !wanted.empty() && wanted != group;
}

}  // namespace consume
}  // namespace nova::kit
