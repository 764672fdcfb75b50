// A trace told in lines of text, so that a test reads as the story it tests. A line is a span
//
//     span ID PARENT SERVICE KIND SIDE START DURATION NAME… [key=value …]
//
// or the record of an event, as the traffic reads it
//
//     event ID TYPE TOPIC PARTITION OFFSET CE_TIME RECORD_TIME [dlq=GROUP]
//
// Times are ms after `zeroNs`. PARENT `-`: none. SIDE: server client internal producer consumer. Names have `_` for a
// space. Keys: action user handle event topic partition offset group outcome effect recipients tries error statements
// repeated more mode.
#pragma once

#include <vector>

#include "app/engine/actions/trace_parts.h"

namespace nova::test {

inline constexpr std::int64_t zeroNs = 1'700'000'000'000'000'000;
inline constexpr std::int64_t zeroMs = zeroNs / 1'000'000;
inline constexpr const char* traceId = "4bf92f3577b34da6a3ce929d0e0e4736";

struct Story {
    std::vector<engine::SpanRecord> spans;
    std::vector<engine::EventFact> events;

    static Story of(const char* text);
    Story without(const char* id) const;  // a span or an event that never comes
    engine::TraceParts parts() const;
};

// Alice's createPost with its two consuming groups, as the services tell it.
const char* createPostText();

}  // namespace nova::test
