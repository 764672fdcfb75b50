#include "app/engine/traffic/event.h"

#include <cstring>
#include <deque>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include "app/engine/traffic/acting_user.h"
#include "contract/topics.h"
#include "kit/runtime/ids.h"
#include "kit/trace/span.h"

namespace nova::engine {
namespace {

struct Interner {
    std::shared_mutex mutex;
    std::unordered_map<std::string, std::uint16_t> index{{"", 0}};
    std::deque<std::string> names{""};

    std::uint16_t of(std::string_view name) {
        const std::string key(name);
        {
            const std::shared_lock lock(mutex);
            if (const auto found = index.find(key); found != index.end()) return found->second;
        }
        const std::unique_lock lock(mutex);
        if (names.size() >= std::numeric_limits<std::uint16_t>::max()) return 0;
        const auto [entry, isNew] = index.emplace(key, static_cast<std::uint16_t>(names.size()));
        if (isNew) names.push_back(key);
        return entry->second;
    }
    const std::string& at(std::uint16_t i) {
        const std::shared_lock lock(mutex);
        return names[i < names.size() ? i : 0];
    }
};

Interner& topics() {
    static Interner interner;
    return interner;
}
Interner& types() {
    static Interner interner;
    return interner;
}

void putSized(std::string& blob, std::string_view bytes) {
    const auto size = static_cast<std::uint32_t>(bytes.size());
    char raw[sizeof size];
    std::memcpy(raw, &size, sizeof size);
    blob.append(raw, sizeof raw).append(bytes);
}

std::string_view takeSized(std::string_view& blob) {
    std::uint32_t size = 0;
    std::memcpy(&size, blob.data(), sizeof size);
    const auto bytes = blob.substr(sizeof size, size);
    blob.remove_prefix(sizeof size + size);
    return bytes;
}

std::int64_t microseconds(std::string_view rfc3339) {
    const auto time = kit::parseRfc3339(rfc3339);
    return time ? time->time_since_epoch().count() / 1'000 : 0;
}

void readHeaders(Event& event, const kit::kafka::HeaderList& headers) {
    using kit::kafka::header;
    event.type = Names::type(header(headers, contract::header::type));
    event.eventId = header(headers, contract::header::id);
    event.ceTimeUs = microseconds(header(headers, contract::header::time));
    event.replayed = !header(headers, contract::header::replay).empty();
    const auto parent = header(headers, contract::header::traceParent);
    if (const auto context = kit::trace::Context::parse(parent)) {
        event.traceId = parent.substr(3, 32);
        event.sampled = context->sampled;
    }
    if (const auto version = header(headers, contract::header::version); !version.empty()) {
        event.version = std::strtoll(std::string(version).c_str(), nullptr, 10);
    }
}

}  // namespace

kit::kafka::HeaderList Event::headers() const {
    kit::kafka::HeaderList list;
    std::string_view rest = headerBlob, name, bytes;
    while (nextHeader(rest, name, bytes)) list.emplace_back(name, bytes);
    return list;
}

bool nextHeader(std::string_view& rest, std::string_view& name, std::string_view& value) {
    if (rest.empty()) return false;
    name = takeSized(rest);
    value = takeSized(rest);
    return true;
}

std::string packHeaders(const kit::kafka::HeaderList& headers) {
    std::size_t size = 0;
    for (const auto& [name, value] : headers) size += name.size() + value.size() + 2 * sizeof(std::uint32_t);
    std::string blob;
    blob.reserve(size);
    for (const auto& [name, value] : headers) {
        putSized(blob, name);
        putSized(blob, value);
    }
    return blob;
}

std::uint16_t Names::topic(std::string_view name) {
    return topics().of(name);
}
std::uint16_t Names::type(std::string_view name) {
    return types().of(name);
}
const std::string& Names::topicName(std::uint16_t index) {
    return topics().at(index);
}
const std::string& Names::typeName(std::uint16_t index) {
    return types().at(index);
}

Event eventFrom(const rd_kafka_message_t* message) {
    Event event;
    event.topic = Names::topic(rd_kafka_topic_name(message->rkt));
    event.partition = message->partition;
    event.offset = message->offset;
    event.timestampMs = rd_kafka_message_timestamp(message, nullptr);
    event.hasKey = message->key != nullptr;
    if (message->key) event.key.assign(static_cast<const char*>(message->key), message->key_len);
    event.tombstone = message->payload == nullptr;
    if (message->payload) event.value.assign(static_cast<const char*>(message->payload), message->len);
    const auto headers = kit::kafka::headersOf(message);
    readHeaders(event, headers);
    if (!event.tombstone) readPayload(event, kit::kafka::header(headers, contract::header::dataSchema));
    event.headerBlob = packHeaders(headers);
    return event;
}

}  // namespace nova::engine
