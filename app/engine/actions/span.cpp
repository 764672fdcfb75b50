#include "app/engine/actions/span.h"

#include <cstdlib>

#include "contract/topics.h"
#include "opentelemetry/proto/collector/trace/v1/trace_service.pb.h"

namespace nova::engine {
namespace {

namespace otlp = opentelemetry::proto;

std::string hex(const std::string& bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const unsigned char c : bytes) {
        text += digits[c >> 4];
        text += digits[c & 15];
    }
    return text;
}

std::string text(const otlp::common::v1::AnyValue& value) {
    if (value.has_string_value()) return value.string_value();
    if (value.has_int_value()) return std::to_string(value.int_value());
    if (value.has_bool_value()) return value.bool_value() ? "true" : "false";
    if (value.has_double_value()) return std::to_string(value.double_value());
    return {};
}

SpanRecord spanFrom(const otlp::trace::v1::Span& in, const std::string& service, const std::string& instance) {
    SpanRecord span;
    span.traceId = hex(in.trace_id());
    span.spanId = hex(in.span_id());
    span.parentId = hex(in.parent_span_id());
    span.name = in.name();
    span.service = service;
    span.instance = instance;
    span.kind = in.kind();
    span.startNs = static_cast<std::int64_t>(in.start_time_unix_nano());
    span.endNs = static_cast<std::int64_t>(in.end_time_unix_nano());
    span.failed = in.status().code() == otlp::trace::v1::Status::STATUS_CODE_ERROR;
    span.error = in.status().message();
    for (const auto& attribute : in.attributes()) span.attributes[attribute.key()] = text(attribute.value());
    span.hopKind = span.attribute(contract::attr::kind);
    return span;
}

}  // namespace

std::string_view SpanRecord::attribute(std::string_view attributeName) const {
    const auto found = attributes.find(attributeName);
    return found == attributes.end() ? std::string_view() : found->second;
}

std::optional<std::int64_t> SpanRecord::number(std::string_view attributeName) const {
    const auto value = attribute(attributeName);
    if (value.empty()) return std::nullopt;
    return std::strtoll(std::string(value).c_str(), nullptr, 10);
}

std::optional<std::vector<SpanRecord>> decodeSpans(std::string_view bytes) {
    otlp::collector::trace::v1::ExportTraceServiceRequest request;
    if (!request.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
    std::vector<SpanRecord> spans;
    for (const auto& resource : request.resource_spans()) {
        std::string service, instance;
        for (const auto& attribute : resource.resource().attributes()) {
            if (attribute.key() == "service.name") service = text(attribute.value());
            if (attribute.key() == "service.instance.id") instance = text(attribute.value());
        }
        for (const auto& scope : resource.scope_spans()) {
            for (const auto& span : scope.spans()) spans.push_back(spanFrom(span, service, instance));
        }
    }
    return spans;
}

}  // namespace nova::engine
