#include "app/engine/actions/action_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "kit/runtime/ids.h"

namespace nova::engine {
namespace {

using Json = nlohmann::ordered_json;

Json ms(double value) {
    return std::round(value * 1'000.0) / 1'000.0;
}
Json ms(const std::optional<double>& value) {
    return value ? ms(*value) : Json(nullptr);
}
Json textOrNull(const QString& text) {
    return text.isEmpty() ? Json(nullptr) : Json(text.toStdString());
}
template <typename T>
Json atLeast(T least, T value) {
    return value < least ? Json(nullptr) : Json(value);
}

Json hopJson(const Hop& hop) {
    Json json;
    json["id"] = hop.id.toStdString();
    json["parent"] = textOrNull(hop.parent);
    json["name"] = hop.name.toStdString();
    json["service"] = hop.service.toStdString();
    json["kind"] = hop.kind.toStdString();
    json["start_ms"] = ms(hop.startMs);
    json["duration_ms"] = hop.pending ? Json(nullptr) : ms(hop.durationMs);
    json["budget_ms"] = ms(hop.budgetMs);
    json["topic"] = textOrNull(hop.topic);
    json["partition"] = atLeast(0, hop.partition);
    json["offset"] = atLeast<qint64>(0, hop.offset);
    json["event_id"] = textOrNull(hop.eventId);
    json["group"] = textOrNull(hop.group);
    json["outcome"] = textOrNull(hop.outcome);
    if (!hop.replica.isEmpty()) json["replica"] = hop.replica.toStdString();
    if (hop.client) json["client"] = true;
    if (hop.budgetMs && hop.budgetFromMs < hop.startMs) json["budget_from_ms"] = ms(hop.budgetFromMs);
    if (!hop.effect.isEmpty()) json["effect"] = hop.effect.toStdString();
    if (hop.recipients >= 0) json["recipients"] = hop.recipients;
    if (hop.statements >= 0) json["statements"] = hop.statements;
    if (hop.tries > 1) json["tries"] = hop.tries;
    if (!hop.error.isEmpty()) json["error"] = hop.error.toStdString();
    if (hop.pending) json["missing"] = true;
    return json;
}

}  // namespace

Json toJson(const Action& action) {
    Json json;
    json["trace_id"] = action.traceId.toStdString();
    json["action"] = textOrNull(action.action);
    json["user"] = textOrNull(action.user);
    json["started"] = kit::rfc3339(kit::WallTime(std::chrono::microseconds(action.startedUs)));
    json["ack_ms"] = ms(action.ackMs);
    json["client_ack_ms"] = ms(action.clientAckMs);
    json["first_visible_ms"] = ms(action.firstVisibleMs);
    json["visible_ms"] = ms(action.visibleMs);
    json["complete"] = action.complete;
    json["critical_path_ms"] = nullptr;
    json["hops"] = Json::array();
    for (const auto& hop : action.hops) json["hops"].push_back(hopJson(hop));
    json["notes"] = Json::array();
    for (const auto& note : action.notes) json["notes"].push_back(note.toStdString());
    json["sources"] = Json::array();
    for (const auto& source : action.sources) {
        json["sources"].push_back({{"name", source.name.toStdString()},
                                   {"state", source.state.toStdString()},
                                   {"detail", source.detail.toStdString()}});
    }
    json["failed"] = action.failed;
    if (action.repeated) json["repeated"] = true;
    if (action.sync) json["mode"] = "sync";
    return json;
}

}  // namespace nova::engine
