#include "kit/trace/exporter.h"
#include "opentelemetry/proto/collector/trace/v1/trace_service.pb.h"

namespace nova::kit::trace {
namespace {

namespace otlp = opentelemetry::proto;

template <std::size_t N>
std::string bytes(const std::array<std::uint8_t, N>& id) {
    return {id.begin(), id.end()};
}

void addText(google::protobuf::RepeatedPtrField<otlp::common::v1::KeyValue>& into, const std::string& key,
             const std::string& value) {
    auto* attribute = into.Add();
    attribute->set_key(key);
    attribute->mutable_value()->set_string_value(value);
}

void addNumber(google::protobuf::RepeatedPtrField<otlp::common::v1::KeyValue>& into, const std::string& key,
               std::int64_t value) {
    auto* attribute = into.Add();
    attribute->set_key(key);
    attribute->mutable_value()->set_int_value(value);
}

void fill(otlp::trace::v1::Span& out, const SpanData& span) {
    out.set_trace_id(bytes(span.context.traceId));
    out.set_span_id(bytes(span.context.spanId));
    if (span.parentId != std::array<std::uint8_t, 8>{}) out.set_parent_span_id(bytes(span.parentId));
    out.set_flags(span.context.sampled ? 1 : 0);
    out.set_name(span.name);
    out.set_kind(static_cast<otlp::trace::v1::Span::SpanKind>(static_cast<int>(span.kind)));
    const auto start = span.start.time_since_epoch().count();
    out.set_start_time_unix_nano(static_cast<std::uint64_t>(start));
    out.set_end_time_unix_nano(static_cast<std::uint64_t>(start + span.duration.count()));
    for (const auto& [key, value] : span.text) addText(*out.mutable_attributes(), key, value);
    for (const auto& [key, value] : span.numbers) addNumber(*out.mutable_attributes(), key, value);
    for (const Context& other : span.links) {
        auto* link = out.add_links();
        link->set_trace_id(bytes(other.traceId));
        link->set_span_id(bytes(other.spanId));
        link->set_flags(other.sampled ? 1 : 0);
    }
    if (span.failed) {
        out.mutable_status()->set_code(otlp::trace::v1::Status::STATUS_CODE_ERROR);
        out.mutable_status()->set_message(span.error);
    }
}

}  // namespace

std::string encodeOtlp(const std::string& service, const std::string& instance, const std::vector<SpanData>& spans) {
    otlp::collector::trace::v1::ExportTraceServiceRequest request;
    auto* resource = request.add_resource_spans();
    addText(*resource->mutable_resource()->mutable_attributes(), "service.name", service);
    addText(*resource->mutable_resource()->mutable_attributes(), "service.instance.id", instance);
    auto* scope = resource->add_scope_spans();
    scope->mutable_scope()->set_name("nova");
    for (const SpanData& span : spans) fill(*scope->add_spans(), span);
    return request.SerializeAsString();
}

}  // namespace nova::kit::trace
