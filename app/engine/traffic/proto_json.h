// Protobuf to JSON as the contract prints payloads: field names as in the schema, 64-bit integers as numbers, defaults
// printed, enums by name, bytes as base64, Timestamp as RFC 3339. Thread: any.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace google::protobuf {
class Message;
}

namespace nova::engine {

nlohmann::ordered_json protoToJson(const google::protobuf::Message& message);
std::string base64(const std::string& bytes);
// A google.protobuf.Timestamp: RFC 3339 with microseconds in the years 1–9999, else "<seconds>.<nanos> s since 1970".
std::string timestampText(std::int64_t seconds, std::int32_t nanos);

}  // namespace nova::engine
