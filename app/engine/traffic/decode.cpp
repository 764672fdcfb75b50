#include "app/engine/traffic/decode.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>

#include <algorithm>
#include <nlohmann/json.hpp>

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

std::string schemaOf(const Event& event) {
    if (Names::topicName(event.topic) == contract::topic::spans)
        return "opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest";
    const auto headers = event.headers();
    return std::string(kit::kafka::header(headers, contract::header::dataSchema));
}

// The payload as JSON, or null with the reasons.
Json payloadOf(const Event& event, std::string& schema, std::vector<DecodeFault>& faults) {
    schema = schemaOf(event);
    if (schema.empty()) {
        faults.push_back({"protobuf", "the record has no header ce_dataschema"});
        return nullptr;
    }
    const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(schema);
    if (!descriptor) {
        faults.push_back({"protobuf", "no schema known by the name " + schema});
        return nullptr;
    }
    const std::unique_ptr<google::protobuf::Message> message(
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
    if (!message->ParseFromString(event.value)) {
        faults.push_back({"protobuf", "the " + std::to_string(event.value.size()) + " bytes are no " + schema});
        return nullptr;
    }
    return protoToJson(*message);
}

std::string lowered(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
    return lower;
}

std::string isoMs(std::int64_t ms) {
    const auto text = kit::rfc3339(kit::WallTime(std::chrono::milliseconds(ms)));  // …:03.123456Z
    return text.substr(0, text.size() - 4) + "Z";
}

}  // namespace

Decoded decode(const Event& event) {
    Decoded decoded;
    if (event.tombstone) return decoded;
    std::string schema;
    const Json payload = payloadOf(event, schema, decoded.faults);
    decoded.ok = decoded.faults.empty();
    if (!decoded.ok) return decoded;
    decoded.schema = "Protobuf " + schema;
    decoded.json = payload.dump(-1, ' ', false, Json::error_handler_t::replace);
    decoded.pretty = payload.dump(2, ' ', false, Json::error_handler_t::replace);
    return decoded;
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
        Json entry{{"name", name}};
        putBytes(entry, "value", value);
        line["header_list"].push_back(std::move(entry));
    }
    const auto orNull = [](const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); };
    line["type"] = orNull(Names::typeName(event.type));
    line["event_id"] = orNull(event.eventId);
    line["trace_id"] = orNull(event.traceId);
    line["size"] = event.value.size();
    if (event.tombstone) {
        line["payload"] = nullptr;
        line["tombstone"] = true;
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
