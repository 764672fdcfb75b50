#include "app/engine/plays/records.h"

#include "contract/topics.h"

namespace nova::engine {

std::optional<Event> recordOf(Stage& stage, const QString& traceId) {
    const std::string trace = traceId.toStdString();
    std::optional<Event> found;
    stage.until([&] {
        const auto rows = stage.traffic().ring().snapshot();
        for (auto at = rows.first(); at < rows.last() && !found; ++at) {
            const auto* event = rows.at(at);
            if (event && event->traceId == trace) found = *event;
        }
        return found.has_value();
    });
    return found;
}

kit::kafka::OutRecord copyOf(const Event& event, const std::string& newId) {
    kit::kafka::OutRecord record{Names::topicName(event.topic), event.key, event.value, {}, event.partition};
    for (const auto& [name, value] : event.headers())
        record.headers.emplace_back(name, !newId.empty() && name == contract::header::id ? newId : value);
    return record;
}

}  // namespace nova::engine
