// The consumer loop (contract §4, reliability §3.2): subscribe in the group, take what is already fetched (≤ 500), decode envelopes,
// claim `processed:{group}:{event_id}` for all in one pipeline, hand the unclaimed to the handler, complete the claims in one pipeline,
// store the highest offset below which all is durable. Auto-commit each 200 ms. Transient failures: in place, backoff ≤ 1 s, without
// limit, abandoned at once by rebalance or stop. Permanent: 5 tries, then `<topic>.dlq`, confirmed before the offset is stored.
// Members are static (group.instance.id = <service>-<replica>): a replica killed and restarted has its partitions back at once; those of
// one that stays away go to the others when its session ends, 10 s later. A replica that is stopped leaves the group: its partitions go to
// the others with their next heartbeat (1 s).
//
// Metrics, beside nova_rpc_seconds and nova_outbox_depth, nova_outbox_oldest_seconds of the outbox:
//   nova_consumer_lag{topic,partition}                 records not handled yet
//   nova_consumer_assigned_partitions{topic}           0: an idle replica
//   nova_consumer_progress_timestamp_seconds           Unix time when a record was last finished or none was waiting;
//                                                      "no progress": lag > 0 and this long ago
//   nova_consume_seconds{topic}                        histogram, from the poll to the end of a record's handling
//   nova_outcomes_total{topic,outcome}                 done duplicate stale skipped retried dead-lettered
//   nova_dead_letters_total{topic}                     from the start on 0
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kit/consume/handler.h"
#include "kit/consume/parking.h"

namespace nova::kit {

class Metrics;
class RedisClient;
struct ServiceConfig;

// What a test makes smaller.
struct ConsumerLimits {
    std::size_t backlog = 20'000;                 // records kept while a batch is retried in place, beside that batch
    std::chrono::milliseconds serveEvery{200};    // then: between two polls, each of which may bring a record
    std::chrono::milliseconds session{10'000};    // a member that sends no heartbeats for so long is out of the group
    std::chrono::milliseconds pollInterval{300'000};  // and one that does not poll; not below `session`
};

class ConsumerLoop {
public:
    // `redis` may be null: no idempotency keys then (the handler's effects carry their own unique keys). Without `parking` no key is
    // ever parked.
    ConsumerLoop(const ServiceConfig& config, std::vector<std::string> topics, std::shared_ptr<RecordHandler> handler,
                 RedisClient* redis, Metrics& metrics, std::unique_ptr<consume::Parking> parking = {},
                 const ConsumerLimits& limits = {});
    ~ConsumerLoop();
    void start();
    void stop();              // finishes the batch in hand, commits, closes; 15 s at most
    // "" when it has been assigned partitions (or idles beyond them) and polled in the last 10 s; else what is missing.
    std::string readiness() const;
    // "idle: …" when the group has more members than partitions, else "".
    std::string note() const;
private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::kit
