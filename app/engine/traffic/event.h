// One record as the console holds it: compact, decoded once. Strings are bytes as they came (UTF-8 where they are
// text).
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "kit/kafka/handles.h"

namespace nova::engine {

struct Event {
    // Bytes of a value that a ring holds. Of a larger one it holds so many; the whole is read again from the broker
    // when it is wanted, see readEvent().
    static constexpr std::size_t heldValue = 64 * 1024;

    std::uint16_t topic = 0;  // index into Names::topics()
    std::uint16_t type = 0;   // index into Names::types(); 0: no ce_type
    int partition = 0;
    std::int64_t offset = 0;
    std::int64_t timestampMs = 0;       // the record's time, Unix ms
    std::int64_t ceTimeUs = 0;          // ce_time, Unix µs; 0: absent
    std::int64_t version = -1;          // nova-version; -1: absent
    std::string key, eventId, traceId;  // traceId: 32 hex, from traceparent; empty: none
    std::string user;                   // acting user's id as far as the payload tells; may be empty
    std::string value;
    std::size_t cutFrom = 0;  // bytes of the whole value where `value` is only its beginning; 0: it is whole
    std::optional<std::uint64_t> cutHash;  // of the whole value, where that was seen before it was cut
    std::string headerBlob;  // packed, see packHeaders()
    bool hasKey = false, tombstone = false, undecodable = false, replayed = false;
    bool sampled = false;  // its traceparent says that spans of this trace exist

    [[nodiscard]] kit::kafka::HeaderList headers() const;
    [[nodiscard]] bool isCut() const { return cutFrom > 0; }
    [[nodiscard]] std::size_t valueBytes() const { return isCut() ? cutFrom : value.size(); }  // of the whole
    // Equal for equal values, in this process only; none: only the beginning of the value was ever seen.
    [[nodiscard]] std::optional<std::uint64_t> valueHash() const;
    // Record time − ce_time, ms; NaN without ce_time.
    [[nodiscard]] double latencyMs() const {
        return ceTimeUs == 0 ? std::numeric_limits<double>::quiet_NaN()
                             : static_cast<double>(timestampMs) - static_cast<double>(ceTimeUs) / 1000.0;
    }
    [[nodiscard]] std::size_t bytes() const {
        return sizeof(Event) + key.size() + eventId.size() + traceId.size() + user.size() + value.size() +
               headerBlob.size();
    }
};

// Of a record's time what can be reckoned with: a broker passes on whatever a producer set. Within 1970 … 2116, −1: none.
inline std::int64_t soundMs(std::int64_t unixMs) {
    constexpr std::int64_t most = (std::int64_t{1} << 62) / 1'000'000;
    return unixMs < 0 ? -1 : unixMs < most ? unixMs : most;
}
std::uint64_t hashOfValue(std::string_view value);

std::string packHeaders(const kit::kafka::HeaderList& headers);
// Walks packed headers in order without copying: takes the first off `rest`, false when none is left.
bool nextHeader(std::string_view& rest, std::string_view& name, std::string_view& value);

// Interned names of topics and event types, shared by all events of the process. Thread: any; entries are never
// removed. Bound: 65,535 of each; later ones become index 0, "".
class Names {
public:
    static std::uint16_t topic(std::string_view name);
    static std::uint16_t type(std::string_view name);
    static const std::string& topicName(std::uint16_t index);
    static const std::string& typeName(std::uint16_t index);
};

// The last header of that name, as it lies in the event; "" when there is none.
std::string_view lastHeader(const Event& event, std::string_view name);

// Which parts of a record are read; topic, partition, offset, time, key and tombstone always are.
struct EventParts {
    bool headers = true;  // and what is taken from them: type, event id, trace, time, version
    bool value = true;    // and the user in it, and whether it decodes (needs the headers, too)
};
// Fills an event from a record; never fails, undecodable is a flag.
Event eventFrom(const rd_kafka_message_t* message);
// For a ring: of a large value only its beginning is kept, after all of it was looked at.
Event heldEventFrom(const rd_kafka_message_t* message);
void cutValue(Event& event);
// The same into an event that is used again: what is not read is empty.
void fillEvent(Event& into, const rd_kafka_message_t& message, const EventParts& parts);
// Sets what headers and value tell, from `headerBlob`, `value` and `tombstone`: for events that come from elsewhere.
void readParts(Event& event, const EventParts& parts = {});

}  // namespace nova::engine
