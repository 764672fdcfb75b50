// Any bytes as the payload of a topic that is not Nova's, with Protobuf types that a user gave: whatever decoder takes
// them, the answer is JSON, the same each time, and a filter finds in it what stands there. The first byte: 1 the
// header names the type, 2 the topic does, 4 the content type says Protobuf, 8 the bytes are another topic's.
#include <nlohmann/json.hpp>

#include "app/engine/traffic/decode.h"
#include "app/engine/traffic/filter.h"
#include "tests/fuzz/fuzz.h"

using namespace nova::engine;
using nova::fuzz::Input;
using nova::fuzz::require;
using Json = nlohmann::ordered_json;

namespace {

Event recordOf(Input input) {
    Event event;
    const auto flags = input.byte();
    nova::kit::kafka::HeaderList headers;
    if ((flags & 1) != 0) headers.emplace_back("message-type", "shop.Order");
    if ((flags & 4) != 0) headers.emplace_back("content-type", "application/x-protobuf");
    event.topic = Names::topic((flags & 8) != 0 ? "__consumer_offsets" : (flags & 2) != 0 ? "shop.payment" : "events");
    event.headerBlob = packHeaders(headers);
    if ((flags & 8) != 0) event.key = input.take(input.byte());
    event.hasKey = (flags & 8) != 0;
    event.value = input.rest();
    readParts(event, {});
    return event;
}

// Names down to the first value that is no object, through lists.
bool pathTo(const Json& json, QStringList& names, int depth) {
    if (depth > 20) return false;
    if (json.is_array()) return !json.empty() && pathTo(json.front(), names, depth + 1);
    if (!json.is_object()) return !json.is_null() && !names.isEmpty();
    for (const auto& [name, value] : json.items()) {
        names << QString::fromStdString(name);
        // A name that is no UTF-8 cannot be written in a filter.
        if (names.back().toStdString() == name && pathTo(value, names, depth + 1)) return true;
        names.removeLast();
    }
    return false;
}

void findAgain(const Event& event, const Json& payload) {
    QStringList names;
    if (!pathTo(payload, names, 0)) return;
    QString text = QStringLiteral("payload");
    for (const auto& name : names) {
        auto quoted = name;
        quoted.replace(u'\\', QStringLiteral("\\\\")).replace(u'"', QStringLiteral("\\\""));
        text += QStringLiteral(".\"%1\"").arg(quoted);
    }
    auto compiled = Filter::compile(text + QStringLiteral(":*"));
    if (std::holds_alternative<FilterError>(compiled)) {
        require(text.toUtf8().size() > 4'000, "a path is a filter");
        return;
    }
    require(std::get<Filter>(compiled).matches(event), "what stands there is there");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const bool ready = [] {
        require(useDescriptors({QStringLiteral(NOVA_FUZZ_TYPES)}).has_value(), "the types load");
        return true;
    }();
    static auto search = std::get<Filter>(Filter::compile(QStringLiteral("not golden payload.id:x")));
    require(ready, "ready");
    const auto event = recordOf(Input(data, size));
    const auto decoded = decode(event);
    require(decoded.ok == isDecodable(event), "decodable or not");
    require(decoded.ok == (event.value.empty() ? decoded.ok : !event.undecodable), "the flag says so");
    require(decoded.ok == decoded.faults.empty(), "a reason, or none");
    const auto payload = decodePayload(event);
    require(payload.has_value() == decoded.ok, "a payload, or none");
    static_cast<void>(search.matches(event));
    if (!decoded.ok) return 0;
    require(Json::accept(decoded.json), "a payload of JSON");
    findAgain(event, *payload);
    return 0;
}
