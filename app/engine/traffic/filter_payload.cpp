#include "app/engine/traffic/filter_payload.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/stubs/logging.h>

#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/engine/traffic/decode.h"
#include "app/engine/traffic/filter_message.h"
#include "contract/topics.h"

namespace nova::engine::filter {
namespace {

using google::protobuf::Message;
using Json = nlohmann::ordered_json;

std::string_view schemaOf(const Event& event) {
    if (Names::topicName(event.topic) == contract::topic::spans)
        return "opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest";
    std::string_view rest = event.headerBlob, name, value, schema;
    while (nextHeader(rest, name, value)) {
        if (name == contract::header::dataSchema) schema = value;
    }
    return schema;
}

bool visitJson(const Json& json, std::span<const std::string> path, const std::function<bool(const Json&)>& visit) {
    if (json.is_array()) {
        for (const auto& element : json) {
            if (visitJson(element, path, visit)) return true;
        }
        return false;
    }
    if (path.empty()) return visit(json);
    if (!json.is_object()) return false;
    const auto found = json.find(path.front());
    return found != json.end() && visitJson(*found, path.subspan(1), visit);
}

bool visitScalar(const Json& json, const std::function<bool(const Scalar&)>& visit) {
    Scalar scalar;
    switch (json.type()) {
        case Json::value_t::string:
            scalar.text = json.get_ref<const std::string&>();
            break;
        case Json::value_t::boolean:
            scalar.kind = Scalar::Kind::boolean;
            scalar.boolean = json.get<bool>();
            break;
        case Json::value_t::number_integer:
            scalar.kind = Scalar::Kind::integer;
            scalar.integer = json.get<std::int64_t>();
            break;
        case Json::value_t::number_unsigned:
            scalar.kind = Scalar::Kind::unsignedInteger;
            scalar.unsignedInteger = json.get<std::uint64_t>();
            break;
        case Json::value_t::number_float:
            scalar.kind = Scalar::Kind::real;
            scalar.real = json.get<double>();
            break;
        default:
            return false;
    }
    return visit(scalar);
}

// JSON without escapes in its strings.
void appendText(const Json& json, std::string& text) {
    if (json.is_object()) {
        text += '{';
        for (const auto& [name, value] : json.items()) {
            if (text.back() != '{') text += ',';
            text.append(1, '"').append(name).append("\":");
            appendText(value, text);
        }
        text += '}';
    } else if (json.is_array()) {
        text += '[';
        for (const auto& value : json) {
            if (text.back() != '[') text += ',';
            appendText(value, text);
        }
        text += ']';
    } else if (json.is_string()) {
        text.append(1, '"').append(json.get_ref<const std::string&>()).append(1, '"');
    } else {
        text += json.dump(-1, ' ', false, Json::error_handler_t::replace);
    }
}

}  // namespace

struct PayloadReader::Impl {
    enum class Asked { no, message, json, failed };
    const Event* event = nullptr;
    Asked asked = Asked::no;
    std::map<std::string, std::unique_ptr<Message>, std::less<>> messages;  // bound: the schemas that are built in
    Message* message = nullptr;
    std::optional<google::protobuf::LogSilencer> silence;  // what does not parse is counted, not printed
    Json json;
    std::string text;
    bool textMade = false;

    Message* messageOf(std::string_view schema) {
        if (const auto known = messages.find(schema); known != messages.end()) return known->second.get();
        const auto* descriptor =
            google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(std::string(schema));
        if (!descriptor) return nullptr;
        auto* fresh = google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor)->New();
        return messages.emplace(schema, fresh).first->second.get();
    }

    void read() {
        if (asked != Asked::no) return;
        asked = Asked::failed;
        if (event->isCut()) return;
        if (!silence) silence.emplace();
        const auto schema = schemaOf(*event);
        message = schema.empty() ? nullptr : messageOf(schema);
        if (message && event->value.size() <= std::numeric_limits<int>::max() &&
            message->ParseFromArray(event->value.data(), static_cast<int>(event->value.size()))) {
            asked = Asked::message;
            return;
        }
        if (message) return;
        auto payload = decodePayload(*event);
        if (!payload) return;
        json = std::move(*payload);
        asked = Asked::json;
    }
};

PayloadReader::PayloadReader() : m_impl(std::make_unique<Impl>()) {}
PayloadReader::PayloadReader(const PayloadReader&) : PayloadReader() {}
PayloadReader& PayloadReader::operator=(const PayloadReader&) {
    m_impl = std::make_unique<Impl>();
    return *this;
}
PayloadReader::~PayloadReader() = default;

void PayloadReader::begin(const Event& event) {
    m_impl->event = &event;
    m_impl->asked = Impl::Asked::no;
    m_impl->textMade = false;
}

PayloadReader::State PayloadReader::state() {
    if (m_impl->event->tombstone) return State::absent;
    m_impl->read();
    return m_impl->asked == Impl::Asked::failed ? State::unreadable : State::readable;
}

bool PayloadReader::any(const Path& path, const std::function<bool(const Scalar&)>& visit) {
    if (state() != State::readable) return false;
    if (m_impl->asked == Impl::Asked::message) return visitMessage(*m_impl->message, path.names, visit);
    return visitJson(m_impl->json, path.names, [&](const Json& json) { return visitScalar(json, visit); });
}

bool PayloadReader::has(const Path& path) {
    if (state() != State::readable) return false;
    if (m_impl->asked == Impl::Asked::message) return hasInMessage(*m_impl->message, path.names);
    return visitJson(m_impl->json, path.names, [](const Json& json) { return !json.is_null(); });
}

std::string_view PayloadReader::text() {
    if (state() != State::readable) return {};
    if (!m_impl->textMade) {
        m_impl->text.clear();
        if (m_impl->asked == Impl::Asked::message)
            appendMessage(*m_impl->message, m_impl->text);
        else
            appendText(m_impl->json, m_impl->text);
        m_impl->textMade = true;
    }
    return m_impl->text;
}

}  // namespace nova::engine::filter
