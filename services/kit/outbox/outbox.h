// The transactional outbox (contract §3). A handler changes its aggregate first, then calls emit() with the version that the change
// returned, in the same transaction; the relay publishes after the commit. Loss, reordering and ghosts are then impossible; a crash
// between delivery and delete repeats records, which consumers drop by version or key.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "kit/postgres/pool.h"
#include "kit/runtime/ids.h"

namespace nova::kit {

class Metrics;
struct ServiceConfig;

struct OutEvent {
    std::string topic;          // contract::topic
    std::string key;            // Kafka key (column part_key)
    std::string aggType;        // "post", "like", "follow", "user"
    std::string aggId;          // UNIQUE (topic, agg_type, agg_id, agg_version)
    std::int64_t version = 0;   // from RETURNING
    std::string type;           // ce_type, "PostCreated"
    std::string dataSchema;     // ce_dataschema, "nova.events.v1.PostCreated"
    std::string payload;        // Protobuf bytes, ≤ 900,000
    WallTime time;              // event_time, becomes ce_time
};

// An older form of an event that some consumers still read.
struct OlderForm {
    std::string dataSchema;                                         // "nova.events.v1.PostCreated"
    std::function<std::string(const std::string& payload)> payload; // of the event's own payload
};

class Outbox {
public:
    Outbox(const ServiceConfig& config, PostgresPool& pool, Metrics& metrics);
    ~Outbox();                                          // stops the relay: finishes the batch in hand, 5 s at most
    // Inserts the row (current trace context in its headers) and wakes the relay after the commit. Returns the event id.
    // Throws like Transaction::exec. With publish=direct: waits for the broker after the commit instead (≤ 5 s).
    std::string emit(Transaction& t, const OutEvent& event);
    // From here on each event of `dataSchema` is published in the older form too: two adjacent records under one ce_id, the older first.
    // Before start().
    void publishAlsoAs(const std::string& dataSchema, OlderForm form);
    void start();
    void stop();
    // SQL of the tables outbox and outbox_sent, to be put first in each schema's migrations by migrate().
    static const char* schemaSql();
private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::kit
