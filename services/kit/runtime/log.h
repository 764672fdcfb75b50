// Log lines on stderr: `2026-11-23T01:02:03.123Z I component  text`, one line each (line breaks become spaces). Thread:
// any.
#pragma once

#include <fmt/core.h>

#include <string_view>
#include <utility>

namespace nova::kit {

enum class LogLevel { info, warn, error };

void writeLog(LogLevel level, std::string_view component, fmt::string_view format, fmt::format_args arguments);

template <typename... Args>
void logInfo(std::string_view component, fmt::format_string<Args...> format, Args&&... arguments) {
    writeLog(LogLevel::info, component, format, fmt::make_format_args(arguments...));
}
template <typename... Args>
void logWarn(std::string_view component, fmt::format_string<Args...> format, Args&&... arguments) {
    writeLog(LogLevel::warn, component, format, fmt::make_format_args(arguments...));
}
template <typename... Args>
void logError(std::string_view component, fmt::format_string<Args...> format, Args&&... arguments) {
    writeLog(LogLevel::error, component, format, fmt::make_format_args(arguments...));
}

}  // namespace nova::kit
