// What a consumer writes: a handler of batches. The loop (consume/loop.h) brings decoded envelopes, claims keys, retries, dead-letters,
// traces, stores offsets. Thread: the loop's one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kit/kafka/handles.h"
#include "kit/runtime/error.h"
#include "kit/runtime/ids.h"
#include "kit/trace/span.h"

namespace nova::kit {

struct Record {
    std::string topic, key, value;
    int partition = 0;
    std::int64_t offset = 0;
    WallTime appended;                 // the record's timestamp (LogAppendTime, ms)
    kafka::HeaderList headers;
    // From the headers, checked: an event without ce_id, ce_type or ce_dataschema never reaches a handler.
    std::string eventId, type, dataSchema;
    std::string subject;
    std::optional<std::int64_t> version;   // nova-version
    bool replayed = false;
    trace::Context trace;              // of this record's consume span: child of `time in Kafka`
};

enum class Outcome { done, duplicate, stale, skipped, failed };
const char* name(Outcome outcome);

struct Handled {
    Outcome outcome = Outcome::done;
    Error error;                       // with Outcome::failed: transient → the batch is retried in place; badInput: undecodable,
                                       // to the dead letters at once; else counted as a try
    static Handled of(Outcome o) { return {o, {}}; }
    static Handled failure(Error e) { return {Outcome::failed, std::move(e)}; }
    static Handled undecodable(std::string what) { return failure(badInput("undecodable: " + std::move(what))); }
};

class RecordHandler {
public:
    virtual ~RecordHandler() = default;
    // True for types (ce_dataschema) this handler knows; others are outcome `skipped`.
    virtual bool knows(const Record& record) const = 0;
    // All effects of the batch, durable on return; one answer a record, same order. Records of one key come in log order.
    // A failed record must not stop later ones of other keys; later ones of its own key are handed in again with it.
    virtual std::vector<Handled> handle(const std::vector<Record*>& batch) = 0;
    // True for a record that may go before others' of its batch (a premium author's); the order of a key stays.
    virtual bool goesFirst(const Record&) const { return false; }
    // The partitions changed hands: forget what is cached per partition.
    virtual void reassigned() {}
};

}  // namespace nova::kit
