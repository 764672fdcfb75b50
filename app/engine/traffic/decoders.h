// The decoders, in the order in which they are tried. Thread: any.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/engine/traffic/decode.h"

namespace nova::engine {

struct DecodeTask {
    const Event& event;
    std::string topic;
    std::string schema;       // ce_dataschema, or what the topic's records are by the contract
    bool isProtobuf = false;  // its content-type says so
    bool isNova = false;      // of a topic of the contract, or of its dead letters
};

struct DecodeAttempt {
    bool mine = false;     // it is for records like this one: told when it fails
    bool binding = false;  // the record names this decoder's schema: no other one counts
    std::optional<nlohmann::ordered_json> payload;
    std::string schema, error;
};

struct Decoder {
    const char* name;
    DecodeAttempt (*attempt)(const DecodeTask& task);
};

DecodeTask taskOf(const Event& event);
const std::vector<Decoder>& decoders();

}  // namespace nova::engine
