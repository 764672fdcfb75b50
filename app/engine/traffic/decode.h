// From a record's bytes to what a person or a script reads. Decoders are tried in this order: Nova's events and spans
// (by the schema that the record names), __consumer_offsets, the user's Protobuf types, JSON, MessagePack, text. A
// record that names a schema, or says that it is Protobuf, is decoded by that alone: that it can also be read as
// something else is told and does not make it sound. Thread: any.
#pragma once

#include <QStringList>
#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/engine/traffic/event.h"
#include "kit/runtime/error.h"

namespace nova::engine {

struct DecodeFault {
    std::string decoder, error;
};

struct Decoded {
    bool ok = false;     // false: see faults (or a tombstone)
    std::string json;    // one line; Protobuf field names, 64-bit as numbers, defaults printed, bytes as base64
    std::string pretty;  // the same, indented by two
    std::string schema;  // "Protobuf nova.events.v1.PostCreated", "JSON"
    std::vector<DecodeFault> faults;  // each decoder tried and why it gave up; empty when ok
    bool cut = false;  // only the beginning of the value is here: not tried, no faults
    std::size_t prettyBytes = 0;      // of the whole; more than pretty.size(): the texts were cut, nothing is lost
};

// `most`: bytes of `json` and `pretty` each; longer ones are cut between two characters.
Decoded decode(const Event& event, std::size_t most = std::numeric_limits<std::size_t>::max());
// Its payload alone; none for a tombstone, and where no decoder fits.
std::optional<nlohmann::ordered_json> decodePayload(const Event& event);
// Whether decode() would find a decoder, at the least cost: what Event::undecodable is set by.
bool isDecodable(const Event& event);
// The user's Protobuf types for this process: descriptor sets and .proto files (Profile::descriptors); none: empty.
// badInput as UserTypes::load; what was in use stays then.
kit::Result<void> useDescriptors(const QStringList& files);

// The line of `traffic --json` (contract §7).
nlohmann::ordered_json toJson(const Event& event);
// Case-insensitive (ASCII) search in key, type, user, header values and decoded payload text. `lower` is in lower case.
bool containsText(const Event& event, std::string_view lower);

}  // namespace nova::engine
