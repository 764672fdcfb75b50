#include "app/engine/traffic/event.h"

#include <array>
#include <charconv>
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

// Types come in runs and are few: the last ones of this thread are found without a lock.
std::uint16_t typeOf(std::string_view name) {
    struct Known {
        std::string name;
        std::uint16_t index = 0;
    };
    thread_local std::array<Known, 16> known;
    thread_local std::size_t next = 0;
    for (const auto& each : known) {
        if (each.name == name) return each.index;
    }
    const auto index = Names::type(name);
    known[next++ % known.size()] = {std::string(name), index};
    return index;
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

// A client's topic has the same address as long as something of it is held; the name is looked up once for a run of
// records. A topic object may be freed and its address used again, so the name is compared.
std::uint16_t topicOf(const rd_kafka_topic_t* topic) {
    thread_local std::string lastName;
    thread_local std::uint16_t lastIndex = 0;
    const char* name = rd_kafka_topic_name(topic);
    if (lastName != name) {
        lastName = name;
        lastIndex = Names::topic(lastName);
    }
    return lastIndex;
}

std::int64_t microseconds(std::string_view rfc3339) {
    const auto time = kit::parseRfc3339(rfc3339);
    return time ? time->time_since_epoch().count() / 1'000 : 0;
}

void readHeader(Event& event, std::string_view name, std::string_view value) {
    namespace h = contract::header;
    if (name == h::type) {
        event.type = typeOf(value);
    } else if (name == h::id) {
        event.eventId = value;
    } else if (name == h::time) {
        event.ceTimeUs = microseconds(value);
    } else if (name == h::replay) {
        event.replayed = !value.empty();
    } else if (name == h::version) {
        std::int64_t number = 0;
        const auto parsed = std::from_chars(value.data(), value.data() + value.size(), number);
        event.version = parsed.ec == std::errc() ? number : -1;
    } else if (name == h::traceParent) {
        const auto context = kit::trace::Context::parse(value);
        event.traceId = context ? value.substr(3, 32) : std::string_view();
        event.sampled = context && context->sampled;
    }
}

// Straight into the blob: a list of strings in between costs more than all else of an event.
void takeHeaders(Event& event, const rd_kafka_message_t& message) {
    rd_kafka_headers_t* raw = nullptr;
    if (rd_kafka_message_headers(&message, &raw) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0, all = 0;
    const auto get = [&](std::size_t i) {
        return rd_kafka_header_get_all(raw, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
    };
    for (std::size_t i = 0; get(i); ++i) all += std::strlen(name) + (value ? size : 0) + 2 * sizeof(std::uint32_t);
    event.headerBlob.reserve(all);  // an event is kept for long: no more room than it needs
    for (std::size_t i = 0; get(i); ++i) {
        putSized(event.headerBlob, name);
        putSized(event.headerBlob,
                 value ? std::string_view(static_cast<const char*>(value), size) : std::string_view());
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

std::string_view lastHeader(const Event& event, std::string_view name) {
    std::string_view found, rest = event.headerBlob;
    while (!rest.empty()) {
        const auto each = takeSized(rest);
        const auto value = takeSized(rest);
        if (each == name) found = value;
    }
    return found;
}

void readParts(Event& event, const EventParts& parts) {
    if (parts.headers) {
        std::string_view rest = event.headerBlob;
        while (!rest.empty()) {
            const auto name = takeSized(rest);
            readHeader(event, name, takeSized(rest));
        }
    }
    if (parts.headers && parts.value && !event.tombstone)
        readPayload(event, lastHeader(event, contract::header::dataSchema));
}

void fillEvent(Event& event, const rd_kafka_message_t& message, const EventParts& parts) {
    event.topic = topicOf(message.rkt);
    event.type = 0;
    event.partition = message.partition;
    event.offset = message.offset;
    event.timestampMs = rd_kafka_message_timestamp(&message, nullptr);
    event.ceTimeUs = 0;
    event.version = -1;
    event.eventId.clear();
    event.traceId.clear();
    event.user.clear();
    event.value.clear();
    event.cutFrom = 0;
    event.cutHash.reset();
    event.headerBlob.clear();
    event.undecodable = event.replayed = event.sampled = false;
    event.hasKey = message.key != nullptr;
    event.key.assign(static_cast<const char*>(message.key), message.key ? message.key_len : 0);
    event.tombstone = message.payload == nullptr;
    if (message.payload && parts.value) event.value.assign(static_cast<const char*>(message.payload), message.len);
    if (parts.headers) takeHeaders(event, message);
    readParts(event, parts);
}

Event eventFrom(const rd_kafka_message_t* message) {
    Event event;
    fillEvent(event, *message, {});
    return event;
}

Event heldEventFrom(const rd_kafka_message_t* message) {
    auto event = eventFrom(message);
    cutValue(event);
    return event;
}

std::uint64_t hashOfValue(std::string_view value) {
    return std::hash<std::string_view>{}(value);
}

std::optional<std::uint64_t> Event::valueHash() const {
    return isCut() ? cutHash : std::optional(hashOfValue(value));
}

void cutValue(Event& event) {
    if (event.value.size() <= Event::heldValue) return;
    event.cutHash = hashOfValue(event.value);
    event.cutFrom = event.value.size();
    event.value = event.value.substr(0, Event::heldValue);
}

}  // namespace nova::engine
