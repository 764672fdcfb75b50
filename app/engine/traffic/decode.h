// From a record's bytes to what a person or a script reads. Protobuf by reflection over nova.events.v1 and OTLP.
// Thread: any.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "app/engine/traffic/event.h"

namespace nova::engine {

struct DecodeFault {
    std::string decoder, error;
};

struct Decoded {
    bool ok = false;     // false: see faults (or a tombstone)
    std::string json;    // one line; Protobuf field names, 64-bit as numbers, defaults printed, bytes as base64
    std::string pretty;  // the same, indented by two
    std::string schema;  // "Protobuf nova.events.v1.PostCreated"
    std::vector<DecodeFault> faults;  // each decoder tried and why it gave up
};

Decoded decode(const Event& event);
// The line of `traffic --json` (contract §7).
nlohmann::ordered_json toJson(const Event& event);
// Case-insensitive (ASCII) search in key, type, user, header values and decoded payload text. `lower` is in lower case.
bool containsText(const Event& event, std::string_view lower);

}  // namespace nova::engine
