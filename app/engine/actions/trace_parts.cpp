#include "app/engine/actions/trace_parts.h"

#include <algorithm>

#include "app/engine/stack/catalogue.h"
#include "contract/topics.h"

namespace nova::engine {
namespace {

constexpr std::int64_t mostNs = std::int64_t{1} << 62;  // of a time, as of a span's

int numberOr(std::string_view text, int otherwise) {
    const std::string digits(text);
    char* end = nullptr;
    const long value = std::strtol(digits.c_str(), &end, 10);
    return digits.empty() || *end != '\0' ? otherwise : static_cast<int>(value);
}

// Of two versions of a span under one id the one that ended later stays, whichever came first.
bool isFuller(const SpanRecord& a, const SpanRecord& b) {
    return std::tie(a.endNs, a.startNs, a.name, a.attributes) > std::tie(b.endNs, b.startNs, b.name, b.attributes);
}

}  // namespace

EventFact factOf(const Event& event) {
    namespace header = contract::header;
    const auto headers = event.headers();
    EventFact fact;
    fact.eventId = event.eventId;
    fact.type = Names::typeName(event.type);
    fact.topic = Names::topicName(event.topic);
    const std::string source(kit::kafka::header(headers, header::source));
    fact.source = source.substr(source.rfind('/') + 1);
    fact.user = event.user;
    fact.partition = event.partition;
    fact.offset = event.offset;
    fact.timestampMs = soundMs(event.timestampMs);
    fact.ceTimeUs = std::clamp<std::int64_t>(event.ceTimeUs, 0, mostNs / 1'000);
    fact.deadLetterGroup = kit::kafka::header(headers, header::dlqGroup);
    if (!fact.deadLetterGroup.empty()) {
        fact.topic = kit::kafka::header(headers, header::dlqTopic);
        fact.partition = numberOr(kit::kafka::header(headers, header::dlqPartition), -1);
        fact.offset = numberOr(kit::kafka::header(headers, header::dlqOffset), -1);
    }
    return fact;
}

bool TraceParts::add(SpanRecord&& span, std::int64_t arrivedMs) {
    const auto known = spans.find(span.spanId);
    if (known != spans.end()) {
        if (!isFuller(span, known->second)) return false;
        known->second = std::move(span);
    } else if (spans.size() == maxSpans) {
        ++left;
        return false;
    } else {
        spans.emplace(span.spanId, std::move(span));
    }
    lastArrivalMs = std::max(lastArrivalMs, arrivedMs);
    return true;
}

bool TraceParts::add(EventFact&& event, std::int64_t arrivedMs) {
    RecordKey key{event.topic, event.partition, event.offset, event.deadLetterGroup};
    if (events.contains(key)) return false;
    if (events.size() == maxEvents) {
        ++left;
        return false;
    }
    events.emplace(std::move(key), std::move(event));
    lastArrivalMs = std::max(lastArrivalMs, arrivedMs);
    return true;
}

Subscriptions catalogueSubscriptions() {
    Subscriptions groups;
    for (const auto& part : stack::Catalogue::builtIn().parts()) {
        for (const auto& topic : part.consumes) groups[topic] << part.name;
    }
    return groups;
}

}  // namespace nova::engine
