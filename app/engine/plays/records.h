// Records of this run's events, as they lie in the log, to be appended once more. Thread: main.
#pragma once

#include <optional>

#include "app/engine/plays/stage.h"
#include "kit/kafka/producer.h"

namespace nova::engine {

// The record of the first event of that trace, in the topic; waits until the traffic has shown it.
std::optional<Event> recordOf(Stage& stage, const QString& traceId);
// The same bytes for the same partition. `newId` empty: the same event again, else an event of its own.
kit::kafka::OutRecord copyOf(const Event& event, const std::string& newId);

}  // namespace nova::engine
