// UUIDv7 ids and RFC 3339 times, as the contract writes them. Thread: any.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace nova::kit {

using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;
inline WallTime wallNow() {
    return std::chrono::system_clock::now();
}

std::string newUuid();               // UUIDv7, lower case; strictly rising within a process
bool isUuid(std::string_view text);  // 8-4-4-4-12 lower-case hex
std::string rfc3339(WallTime t);     // UTC, microseconds, "2026-11-23T01:02:03.123456Z"
std::optional<WallTime> parseRfc3339(std::string_view text);

}  // namespace nova::kit
