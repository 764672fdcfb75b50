// Times between PostgreSQL (Unix microseconds), Redis (Unix milliseconds), Protobuf and WallTime. Thread: any.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <cstdint>

#include "kit/runtime/ids.h"

namespace nova::kit {

inline WallTime fromMicros(std::int64_t micros) {
    return WallTime{std::chrono::microseconds{micros}};
}
inline std::int64_t micros(WallTime t) {
    return std::chrono::duration_cast<std::chrono::microseconds>(t.time_since_epoch()).count();
}
inline void setTime(google::protobuf::Timestamp* to, WallTime t) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(t);
    to->set_seconds(seconds.time_since_epoch().count());
    to->set_nanos(static_cast<std::int32_t>((t - seconds).count()));
}
// What does not fit a WallTime (years 1678–2261) becomes its first or last second.
inline WallTime timeOf(const google::protobuf::Timestamp& t) {
    constexpr std::int64_t most = 9'223'372'034;
    return WallTime{std::chrono::seconds{std::clamp(t.seconds(), -most, most)} + std::chrono::nanoseconds{t.nanos()}};
}

}  // namespace nova::kit
