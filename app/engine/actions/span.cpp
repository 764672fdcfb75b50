#include "app/engine/actions/span.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "contract/topics.h"
#include "opentelemetry/proto/collector/trace/v1/trace_service.pb.h"

namespace nova::engine {
namespace {

namespace otlp = opentelemetry::proto;
constexpr int maxNesting = 4;  // of attribute values, when written as text
constexpr std::size_t traceIdBytes = 16, spanIdBytes = 8;

std::string hex(const std::string& bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        const auto b = static_cast<unsigned char>(c);
        out += digits[b >> 4];
        out += digits[b & 15];
    }
    return out;
}

// Whatever the locale: a point, and no more digits than are needed.
std::string numberText(double value) {
    std::array<char, 32> text{};
    return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

std::string textOf(const otlp::common::v1::AnyValue& value, int depth = 0) {
    switch (value.value_case()) {
        case otlp::common::v1::AnyValue::kStringValue:
            return value.string_value();
        case otlp::common::v1::AnyValue::kIntValue:
            return std::to_string(value.int_value());
        case otlp::common::v1::AnyValue::kBoolValue:
            return value.bool_value() ? "true" : "false";
        case otlp::common::v1::AnyValue::kDoubleValue:
            return numberText(value.double_value());
        case otlp::common::v1::AnyValue::kBytesValue:
            return hex(value.bytes_value());
        case otlp::common::v1::AnyValue::kArrayValue: {
            std::string list;
            if (depth == maxNesting) return list;
            for (const auto& item : value.array_value().values())
                list += (list.empty() ? "" : ", ") + textOf(item, depth + 1);
            return list;
        }
        default:
            return {};
    }
}

// Names of former versions of the conventions that are still sent.
std::string_view currentName(std::string_view name) {
    if (name == "messaging.kafka.consumer.group") return contract::attr::group;
    if (name == "messaging.kafka.destination.partition") return contract::attr::partition;
    if (name == "messaging.kafka.message.offset") return contract::attr::offset;
    return name;
}

std::string resourceText(const otlp::resource::v1::Resource& resource, std::string_view name) {
    for (const auto& attribute : resource.attributes()) {
        if (attribute.key() == name) return textOf(attribute.value());
    }
    return {};
}

// Beyond 2116 nobody's clock is; what claims to be counts as that year, so that differences of times stay numbers.
std::int64_t unixNs(std::uint64_t told) {
    return static_cast<std::int64_t>(std::min(told, std::uint64_t{1} << 62));
}

SpanRecord spanOf(const otlp::trace::v1::Span& in) {
    SpanRecord span;
    span.traceId = hex(in.trace_id());
    span.spanId = hex(in.span_id());
    span.parentId = hex(in.parent_span_id());
    span.name = in.name();
    span.kind = in.kind();
    span.startNs = unixNs(in.start_time_unix_nano());
    span.endNs = unixNs(in.end_time_unix_nano());
    span.failed = in.status().code() == otlp::trace::v1::Status::STATUS_CODE_ERROR;
    span.error = in.status().message();
    for (const auto& attribute : in.attributes()) {
        span.attributes.insert_or_assign(std::string(currentName(attribute.key())), textOf(attribute.value()));
    }
    span.hopKind = span.attribute(contract::attr::kind);
    for (const auto& link : in.links()) span.links.emplace_back(hex(link.trace_id()), hex(link.span_id()));
    return span;
}

}  // namespace

std::string_view SpanRecord::attribute(std::string_view attributeName) const {
    const auto found = attributes.find(attributeName);
    return found == attributes.end() ? std::string_view{} : std::string_view(found->second);
}

std::optional<std::int64_t> SpanRecord::number(std::string_view attributeName) const {
    const auto text = attribute(attributeName);
    std::int64_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<std::vector<SpanRecord>> decodeSpans(std::string_view bytes) {
    otlp::collector::trace::v1::ExportTraceServiceRequest request;
    if (!request.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
    std::vector<SpanRecord> spans;
    for (const auto& resource : request.resource_spans()) {
        const auto service = resourceText(resource.resource(), "service.name");
        const auto instance = resourceText(resource.resource(), "service.instance.id");
        for (const auto& scope : resource.scope_spans()) {
            for (const auto& in : scope.spans()) {
                if (in.trace_id().size() != traceIdBytes || in.span_id().size() != spanIdBytes) continue;
                spans.push_back(spanOf(in));
                spans.back().service = service;
                spans.back().instance = instance;
            }
        }
    }
    return spans;
}

}  // namespace nova::engine
