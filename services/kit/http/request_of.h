// A request's head as handlers get it. Internal to kit/http. Thread: any.
#pragma once

#include <cstdint>
#include <string>

#include "kit/http/names.h"
#include "kit/http/server.h"

namespace nova::kit::http {

inline constexpr std::uint32_t headerLimit = 16 * 1024;  // bytes

// `message`: of Beast, with any body, which is left out.
template <typename Message>
HttpRequest requestOf(const Message& message, const std::string& remote) {
    HttpRequest request;
    request.method = message.method_string();
    request.target = message.target();
    for (const auto& field : message) request.headers.emplace_back(lowerCase(field.name_string()), field.value());
    request.remote = remote;
    return request;
}

}  // namespace nova::kit::http
