// The CloudEvents headers of an event (contract §2): as the outbox row keeps them (JSON) and as the record carries
// them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "kit/kafka/producer.h"
#include "kit/outbox/outbox.h"
#include "kit/trace/span.h"

namespace nova::kit::envelope {

// What the row's column `headers` keeps: ce_source, ce_type, ce_time, ce_subject, ce_dataschema, traceparent (when
// `context` is valid).
std::string toJson(const OutEvent& event, const std::string& service, const trace::Context& context);

struct Stored {
    std::string source, type, time, subject, dataSchema;
    trace::Context context;  // invalid when the event was emitted outside of a trace
};
// Throws on text that toJson() did not write.
Stored fromJson(const std::string& json);

// All headers of the record. `context` is the publish span's.
kafka::HeaderList headers(const Stored& stored, const std::string& eventId, std::int64_t version,
                          const trace::Context& context);

// The records of one event: its older forms, then its own.
using OlderForms = std::multimap<std::string, OlderForm>;  // by the event's own ce_dataschema
std::vector<kafka::OutRecord> records(const kafka::OutRecord& own, const OlderForms& forms);

}  // namespace nova::kit::envelope
