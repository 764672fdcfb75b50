// Payloads that name no schema: JSON, MessagePack, text. Input is never trusted: nesting is bounded. Thread: any.
#pragma once

#include <exception>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace nova::engine {

constexpr int deepestPayload = 200;  // levels of arrays and objects

// Each: the payload, or none, and `why` says what is wrong and where.
std::optional<nlohmann::ordered_json> decodeJson(std::string_view bytes, std::string& why);
// An array or a map that takes all bytes, with names for keys; binary as base64.
std::optional<nlohmann::ordered_json> decodeMessagePack(std::string_view bytes, std::string& why);
// UTF-8 without control characters but tabs and line ends; a JSON string.
std::optional<nlohmann::ordered_json> decodeText(std::string_view bytes, std::string& why);
// What a fault of the JSON library says, without its own number.
std::string wordsOf(const std::exception& fault);
bool isText(std::string_view bytes);  // decodeText() would take it; allocates nothing

}  // namespace nova::engine
