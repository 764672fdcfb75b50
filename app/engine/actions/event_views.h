// The events of one trace and what became of each in every group that is subscribed to it.
#pragma once

#include <QString>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/engine/actions/trace_parts.h"

namespace nova::engine {

struct GroupOutcome {
    QString group;
    QString outcome;      // of the contract; "pending" when nothing is known
    bool final = false;   // nothing better can follow
    bool bySpan = false;  // false: by key, by dead letter, or not known
};

struct EventView {
    std::string id, type, topic;
    const EventFact* record = nullptr;  // its first record, where it was read
    int records = 0;
    const SpanRecord* outbox = nullptr;  // each: the first by start
    const SpanRecord* produce = nullptr;
    std::vector<GroupOutcome> groups;  // in the order of the subscriptions

    QString name() const { return QString::fromStdString(type.empty() ? topic : type); }
};

// By event id. `parts` must outlive the views.
std::map<std::string, EventView> eventViews(const TraceParts& parts, const Subscriptions& subscriptions);

// "http" … of a span; of one that is not Nova's by what OpenTelemetry says.
std::string hopKindOf(const SpanRecord& span);

}  // namespace nova::engine
