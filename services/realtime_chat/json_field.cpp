#include "realtime_chat/json_field.h"

#include <nlohmann/json.hpp>

namespace nova::realtime_chat {

std::string textOf(const nlohmann::json& frame, const char* name) {
    const auto found = frame.find(name);
    return found != frame.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace nova::realtime_chat
