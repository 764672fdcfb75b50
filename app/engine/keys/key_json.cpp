#include "app/engine/keys/key_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "app/engine/traffic/decode.h"
#include "kit/runtime/ids.h"

namespace nova::engine {
namespace {

using Json = nlohmann::ordered_json;

Json text(const QString& value) {
    return value.toStdString();
}
Json textOrNull(const QString& value) {
    return value.isEmpty() ? Json(nullptr) : text(value);
}
template <typename T>
Json orNull(const std::optional<T>& value) {
    return value ? Json(*value) : Json(nullptr);
}
// RFC 3339, UTC, as everywhere in the contract.
Json timeUs(qint64 unixUs) {
    return unixUs == 0 ? Json(nullptr) : Json(kit::rfc3339(kit::WallTime(std::chrono::microseconds(unixUs))));
}

Json toJson(const ConsumerState& state) {
    Json json;
    json["group"] = textOrNull(state.group);
    json["lag_at_event"] = orNull(state.lagAtEvent);
    json["outcome"] = text(state.outcome);
    json["committed"] = orNull(state.committed);
    json["passed"] = state.committed ? Json(state.passed) : Json(nullptr);
    json["member"] = textOrNull(state.member);
    json["tries"] = state.tries > 0 ? Json(state.tries) : Json(nullptr);
    if (!state.error.isEmpty()) json["error"] = text(state.error);
    if (!state.lagAtEvent) json["lag_unknown"] = text(state.lagWhy);
    return json;
}

Json toJson(const Delivery& delivery) {
    Json json;
    json["time"] = timeUs(delivery.startUs);
    json["group"] = text(delivery.group);
    json["event_id"] = text(delivery.eventId);
    json["outcome"] = text(delivery.outcome);
    json["member"] = textOrNull(delivery.member);
    json["topic"] = text(delivery.topic);
    json["partition"] = delivery.partition;
    json["offset"] = delivery.offset;
    json["tries"] = delivery.tries;
    json["duration_ms"] = static_cast<double>(delivery.endUs - delivery.startUs) / 1'000;
    if (!delivery.effect.isEmpty()) json["effect"] = text(delivery.effect);
    if (!delivery.error.isEmpty()) json["error"] = text(delivery.error);
    if (delivery.replayed) json["replayed"] = true;
    return json;
}

Json toJson(const RelatedEvent& event) {
    Json json;
    json["event_id"] = text(event.eventId);
    json["type"] = textOrNull(event.type);
    json["topic"] = text(event.topic);
    json["partition"] = event.partition;
    json["offset"] = event.offset;
    json["time"] = timeUs(event.timeMs * 1'000);
    json["version"] = event.version < 0 ? Json(nullptr) : Json(event.version);
    json["trace_id"] = textOrNull(event.traceId);
    return json;
}

Json toJson(const SearchReach& reach) {
    Json json{{"from", timeUs(reach.fromMs * 1'000)},
              {"until", timeUs(reach.untilMs * 1'000)},
              {"records", reach.records},
              {"limited", reach.limited}};
    if (reach.gapFromMs > 0)
        json["gap"] = {{"from", timeUs(reach.gapFromMs * 1'000)}, {"until", timeUs(reach.gapUntilMs * 1'000)}};
    return json;
}

Json toJson(const QVector<Source>& sources) {
    Json list = Json::array();
    for (const auto& source : sources)
        list.push_back({{"name", text(source.name)}, {"state", text(source.state)}, {"detail", text(source.detail)}});
    return list;
}

Json toJson(const EffectState& state) {
    return {{"kind", text(state.kind)},
            {"where", text(state.where)},
            {"detail", text(state.detail)},
            {"state", text(state.state)}};
}

template <typename T>
Json listOf(const QVector<T>& values) {
    Json list = Json::array();
    for (const auto& value : values) list.push_back(toJson(value));
    return list;
}

}  // namespace

nlohmann::ordered_json toJson(const KeyState& state) {
    Json json;
    json["key"] = text(state.key);
    json["group"] = text(state.group);
    json["state"] = text(state.state);
    json["ttl_s"] = state.ttlSeconds ? Json(std::round(*state.ttlSeconds * 1'000) / 1'000) : Json(nullptr);
    json["event_id"] = textOrNull(state.eventId);
    json["template"] = text(state.keyTemplate);
    json["set_by"] = textOrNull(state.setBy);
    json["set_at"] = textOrNull(state.setAt);
    json["duplicates"] = orNull(state.duplicates);
    json["stale"] = orNull(state.staleSkips);
    if (state.atLeast) json["at_least"] = true;
    json["other_payload"] = state.payloadsCompared ? Json(state.otherPayload) : Json(nullptr);
    if (!state.why.isEmpty()) json["why"] = text(state.why);
    return json;
}

nlohmann::ordered_json toJson(const VersionState& state) {
    return {{"source", text(state.source)},
            {"key", text(state.key)},
            {"version", orNull(state.version)},
            {"drift", text(state.drift)},
            {"durable", orNull(state.durable)}};
}

nlohmann::ordered_json toJson(const KeyReport& report) {
    Json json;
    json["id"] = text(report.asked);
    json["kind"] = text(report.kind);
    json["event"] = report.event ? toJson(*report.event) : Json::object();
    json["keys"] = listOf(report.keys);
    json["versions"] = listOf(report.versions);
    json["effects"] = listOf(report.effects);
    json["consumers"] = listOf(report.consumers);
    json["deliveries"] = listOf(report.deliveries);
    json["records"] = listOf(report.records);
    json["related"] = listOf(report.related);
    json["caused"] = Json::array();
    for (const auto& id : report.causedEvents) json["caused"].push_back(text(id));
    json["trace_id"] = textOrNull(report.traceId);
    json["user"] = textOrNull(report.user);
    json["searched"] = {{"events", toJson(report.events)}, {"spans", toJson(report.spans)}};
    json["notes"] = Json::array();
    for (const auto& note : report.notes) json["notes"].push_back(text(note));
    json["sources"] = toJson(report.sources);
    return json;
}

nlohmann::ordered_json summaryOf(const KeyScan& scan) {
    Json json;
    json["pattern"] = text(scan.pattern);
    json["walked"] = scan.walked;
    json["matched"] = scan.matched;
    json["complete"] = scan.complete;
    json["templates"] = Json::object();
    for (auto it = scan.templates.begin(); it != scan.templates.end(); ++it)
        json["templates"][it.key().isEmpty() ? "other" : it.key().toStdString()] = it.value();
    json["sources"] = toJson(scan.sources);
    return json;
}

}  // namespace nova::engine
