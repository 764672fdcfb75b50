// Single values of a Protobuf message, and all of it as text, by reflection and without building JSON. What it says is
// what protoToJson() prints. Thread: any.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "app/engine/traffic/filter_payload.h"

namespace google::protobuf {
class Message;
}

namespace nova::engine::filter {

// Whether `visit` says true of a value at the path; of a repeated field each element is tried.
bool visitMessage(const google::protobuf::Message& message, std::span<const std::string> path,
                  const std::function<bool(const Scalar&)>& visit);
bool hasInMessage(const google::protobuf::Message& message, std::span<const std::string> path);
// As compact JSON, but strings without escapes.
void appendMessage(const google::protobuf::Message& message, std::string& text);

}  // namespace nova::engine::filter
