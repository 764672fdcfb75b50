#include "app/engine/traffic/read_ahead.h"

#include <algorithm>
#include <cstring>

namespace nova::engine {

bool hasBudget(const ReadSession& session) {
    return session.budget() && session.budget()->bytesPerSecond() > 0;
}

kit::kafka::Settings readAhead(const ReadSession& session, Ahead ahead) {
    kit::kafka::Settings settings{{"fetch.wait.max.ms", "100"}};
    if (hasBudget(session)) {
        const auto bytes = std::clamp<std::int64_t>(session.budget()->bytesPerSecond() / 8, 64 << 10, 16 << 20);
        settings["queued.max.messages.kbytes"] = std::to_string(bytes >> 10);
        settings["fetch.message.max.bytes"] = "262144";
        settings["fetch.max.bytes"] = "1048576";
    } else if (ahead != Ahead::little) {
        settings["queued.min.messages"] = "1000000";
        settings["queued.max.messages.kbytes"] = ahead == Ahead::muchOfTwo ? "32768" : "65536";
    }
    return settings;
}

std::int64_t fetchedBytes(const rd_kafka_message_t& message) {
    constexpr std::int64_t overhead = 12;
    auto sum = static_cast<std::int64_t>(message.len + message.key_len) + overhead;
    rd_kafka_headers_t* headers = nullptr;
    if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return sum;
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    for (std::size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; ++i)
        sum += static_cast<std::int64_t>(std::strlen(name) + size + 2);
    return sum;
}

}  // namespace nova::engine
