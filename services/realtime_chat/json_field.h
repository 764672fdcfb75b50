// Fields of the JSON frames that come in. Thread: any.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace nova::realtime_chat {

// A text of an object; "" when it is missing or no text.
std::string textOf(const nlohmann::json& frame, const char* name);

}  // namespace nova::realtime_chat
