// What a lookup keeps of each record that it passes by. Thread: any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "app/engine/traffic/event.h"

namespace nova::engine {

struct SeenRecord {
    std::string topic, eventId, type, subject, traceId, schema;
    std::string deadLetterGroup, deadLetterError;  // of a dead letter
    int partition = 0;
    std::int64_t offset = 0, timeMs = 0, ceTimeMs = 0, version = -1;  // timeMs: see soundMs()
    std::optional<std::uint64_t> payload;  // a hash of the whole value; none: it was not seen whole
    bool sampled = false, replayed = false;
    [[nodiscard]] bool isDeadLetter() const { return !deadLetterGroup.empty(); }
};

SeenRecord seenIn(const rd_kafka_message_t& message);
SeenRecord seenIn(const Event& event);

bool sameRecord(const SeenRecord& a, const SeenRecord& b);
bool byTime(const SeenRecord& a, const SeenRecord& b);  // then by place

}  // namespace nova::engine
