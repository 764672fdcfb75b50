// Where users get what was uploaded. Pure.
#pragma once

#include <string>
#include <string_view>

namespace nova::media {

// "http://host:port" for a service that listens on `listen` (host:port) and was given `port`. A service that listens on
// all addresses (0.0.0.0, [::], *) is reached by its computer's name.
std::string baseUrl(std::string_view listen, int port, std::string_view computer);

}  // namespace nova::media
