#include "kit/outbox/spans.h"

#include "contract/topics.h"

namespace nova::kit::outbox {

namespace attr = contract::attr;

trace::Context recordWait(const trace::Context& parent, const std::string& topic, const std::string& eventId,
                          WallTime created, WallTime read) {
    if (!parent.valid()) return {};
    trace::SpanData span;
    span.context = parent.child();
    if (!parent.sampled) return span.context;
    span.parentId = parent.spanId;
    span.name = "outbox wait";
    span.start = created;
    span.duration = std::max(read - created, std::chrono::nanoseconds{0});
    span.text = {{std::string(attr::kind), "outbox"},
                 {std::string(attr::topicName), topic},
                 {std::string(attr::eventId), eventId}};
    return trace::record(std::move(span));
}

void recordPublish(const trace::Context& own, const trace::Context& parent, const kafka::OutRecord& record,
                   const std::string& eventId, const kafka::Delivery& delivery) {
    if (!own.valid() || !own.sampled) return;
    trace::SpanData span;
    span.context = own;
    span.parentId = parent.spanId;
    span.name = "publish " + record.topic;
    span.kind = trace::SpanKind::producer;
    span.start = WallTime{std::chrono::nanoseconds{delivery.sentNs}};
    span.duration = std::chrono::nanoseconds{std::max<std::int64_t>(0, delivery.ackedNs - delivery.sentNs)};
    span.failed = !delivery.ok;
    span.error = delivery.error;
    span.text = {{std::string(attr::kind), "produce"},
                 {std::string(attr::topicName), record.topic},
                 {std::string(attr::eventId), eventId}};
    if (delivery.ok) {
        span.numbers = {{std::string(attr::partition), delivery.partition},
                        {std::string(attr::offset), delivery.offset}};
    }
    trace::record(std::move(span));
}

}  // namespace nova::kit::outbox
