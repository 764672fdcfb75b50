#include "kit/runtime/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>
#include <string>

namespace nova::kit {
namespace {

spdlog::logger& logger() {
    // Never destroyed: threads may still log while the process ends.
    static auto* const instance = [] {
        auto* made = new spdlog::logger("nova", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made->set_formatter(
            std::make_unique<spdlog::pattern_formatter>("%Y-%m-%dT%H:%M:%S.%eZ %L %v", spdlog::pattern_time_type::utc));
        return made;
    }();
    return *instance;
}

spdlog::level::level_enum levelOf(LogLevel level) {
    switch (level) {
        case LogLevel::info:
            return spdlog::level::info;
        case LogLevel::warn:
            return spdlog::level::warn;
        case LogLevel::error:
            return spdlog::level::err;
    }
    return spdlog::level::err;
}

}  // namespace

void writeLog(LogLevel level, std::string_view component, fmt::string_view format, fmt::format_args arguments) {
    std::string line(component);
    line += "  ";
    line += fmt::vformat(format, arguments);
    while (!line.empty() && line.back() == '\n') line.pop_back();
    std::replace_if(
        line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    logger().log(levelOf(level), spdlog::string_view_t(line));
}

}  // namespace nova::kit
