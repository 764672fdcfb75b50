#include "app/engine/traffic/filter_outcomes.h"

#include "contract/topics.h"
#include "opentelemetry/proto/collector/trace/v1/trace_service.pb.h"

namespace nova::engine {
namespace {

constexpr std::size_t most = 200'000;

using opentelemetry::proto::common::v1::AnyValue;

const AnyValue& attribute(const opentelemetry::proto::trace::v1::Span& span, std::string_view key) {
    for (const auto& each : span.attributes()) {
        if (each.key() == key) return each.value();
    }
    return AnyValue::default_instance();
}

}  // namespace

kit::Result<ScanReport> FilterOutcomes::readFrom(const ReadSession& session, const Place& from,
                                                 const std::atomic<bool>& stop) {
    ScanRequest request;
    request.topics = {std::string(contract::topic::spans)};
    // Offsets of other topics say nothing here, and a group may be late.
    request.from = from.kind == Place::Kind::time ? from : Place{Place::Kind::earliest, 0};
    request.maxSeconds = mostSeconds;
    return scan(
        session, request,
        [this](const rd_kafka_message_t& message) {
            note(eventFrom(&message));
            return true;
        },
        stop);
}

void FilterOutcomes::note(const Event& spans) {
    opentelemetry::proto::collector::trace::v1::ExportTraceServiceRequest request;
    if (!request.ParseFromString(spans.value)) return;
    for (const auto& resource : request.resource_spans()) {
        for (const auto& scope : resource.scope_spans()) {
            for (const auto& span : scope.spans()) {
                namespace attr = contract::attr;
                if (attribute(span, attr::outcome).string_value() != "stale" || m_stale.size() >= most) continue;
                m_stale.emplace(Names::topic(attribute(span, attr::topicName).string_value()),
                                static_cast<int>(attribute(span, attr::partition).int_value()),
                                attribute(span, attr::offset).int_value());
            }
        }
    }
}

}  // namespace nova::engine
