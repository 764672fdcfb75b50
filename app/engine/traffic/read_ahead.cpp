#include "app/engine/traffic/read_ahead.h"

#include <algorithm>

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

}  // namespace nova::engine
