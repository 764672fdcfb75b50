#include "app/engine/traffic/decode.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/engine/traffic/decoders.h"
#include "app/engine/traffic/proto_json.h"
#include "contract/topics.h"
#include "kit/runtime/ids.h"

namespace nova::engine {
namespace {

using Json = nlohmann::ordered_json;

bool isUtf8(const std::string& bytes) {
    // nlohmann's strict dump is the judge: what it prints is what a reader gets.
    try {
        static_cast<void>(Json(bytes).dump());
        return true;
    } catch (const Json::exception&) {
        return false;
    }
}

void putBytes(Json& into, const std::string& name, const std::string& bytes) {
    if (isUtf8(bytes))
        into[name] = bytes;
    else
        into[name + "_base64"] = base64(bytes);
}

// The payload as JSON, or null with the reasons.
Json payloadOf(const Event& event, std::string& schema, std::vector<DecodeFault>& faults) {
    const auto task = taskOf(event);
    std::string named;  // what the record says that it is, and is not
    for (const auto& decoder : decoders()) {
        auto attempt = decoder.attempt(task);
        if (!attempt.mine) continue;
        const bool fits = named.empty() && (!task.isProtobuf || attempt.schema.starts_with("Protobuf "));
        if (attempt.payload && fits) {
            faults.clear();
            schema = attempt.schema;
            return std::move(*attempt.payload);
        }
        if (attempt.payload)
            attempt.error = "it can be read so, but the record says that it is " + (named.empty() ? "Protobuf" : named);
        if (attempt.binding) named = attempt.schema;
        faults.push_back({decoder.name, std::move(attempt.error)});
    }
    return nullptr;
}

// At most so many bytes, and no half of a character.
void cut(std::string& text, std::size_t most) {
    if (text.size() <= most) return;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
    text.resize(most);
}

std::string lowered(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
    return lower;
}

std::string isoMs(std::int64_t ms) {
    // A broker passes on whatever a producer set; not all of it lies in a calendar.
    const auto text = timestampText(ms / 1'000, static_cast<std::int32_t>(ms % 1'000) * 1'000'000);  // …:03.123456Z
    return text.ends_with('Z') ? text.substr(0, text.size() - 4) + "Z" : text;
}

}  // namespace

Decoded decode(const Event& event, std::size_t most) {
    Decoded decoded;
    decoded.cut = event.isCut();
    if (event.tombstone || decoded.cut) return decoded;
    const Json payload = payloadOf(event, decoded.schema, decoded.faults);
    decoded.ok = decoded.faults.empty();
    if (!decoded.ok || most == 0) return decoded;
    decoded.json = payload.dump(-1, ' ', false, Json::error_handler_t::replace);
    decoded.pretty = payload.dump(2, ' ', false, Json::error_handler_t::replace);
    decoded.prettyBytes = decoded.pretty.size();
    cut(decoded.json, most);
    cut(decoded.pretty, most);
    return decoded;
}

std::optional<Json> decodePayload(const Event& event) {
    if (event.tombstone || event.isCut()) return std::nullopt;
    std::string schema;
    std::vector<DecodeFault> faults;
    auto payload = payloadOf(event, schema, faults);
    return faults.empty() ? std::optional(std::move(payload)) : std::nullopt;
}

Json toJson(const Event& event) {
    Json line;
    line["topic"] = Names::topicName(event.topic);
    line["partition"] = event.partition;
    line["offset"] = event.offset;
    line["time"] = event.timestampMs < 0 ? Json(nullptr) : Json(isoMs(event.timestampMs));
    if (event.hasKey)
        putBytes(line, "key", event.key);
    else
        line["key"] = nullptr;
    if (!line.contains("key")) line["key"] = nullptr;
    line["headers"] = Json::object();
    line["header_list"] = Json::array();
    for (const auto& [name, value] : event.headers()) {
        line["headers"].erase(name);
        line["headers"].erase(name + "_base64");
        putBytes(line["headers"], name, value);
        Json entry = Json::object();
        putBytes(entry, "name", name);
        putBytes(entry, "value", value);
        line["header_list"].push_back(std::move(entry));
    }
    const auto orNull = [](const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); };
    line["type"] = orNull(Names::typeName(event.type));
    line["event_id"] = orNull(event.eventId);
    line["trace_id"] = orNull(event.traceId);
    line["size"] = event.valueBytes();
    if (event.tombstone) {
        line["payload"] = nullptr;
        line["tombstone"] = true;
        return line;
    }
    if (event.isCut()) {
        line["payload"] = nullptr;
        line["cut"] = event.value.size();  // bytes held, of `size`
        return line;
    }
    std::string schema;
    std::vector<DecodeFault> faults;
    line["payload"] = payloadOf(event, schema, faults);
    if (!faults.empty()) {
        line["undecodable"] = Json::array();
        for (const auto& fault : faults)
            line["undecodable"].push_back({{"decoder", fault.decoder}, {"error", fault.error}});
    }
    return line;
}

bool containsText(const Event& event, std::string_view lower) {
    if (lower.empty()) return true;
    const auto in = [&](std::string_view text) { return lowered(text).find(lower) != std::string::npos; };
    if (in(event.key) || in(Names::typeName(event.type)) || in(event.user)) return true;
    for (const auto& [name, value] : event.headers()) {
        if (in(value)) return true;
    }
    if (lowered(event.value).find(lower) != std::string::npos)
        return true;  // strings of Protobuf lie in the bytes as they are
    const auto decoded = decode(event);
    return decoded.ok && in(decoded.json);
}

}  // namespace nova::engine
