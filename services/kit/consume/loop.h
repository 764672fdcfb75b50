// The consumer loop (contract §4, reliability §3.2): subscribe in the group, take what is already fetched (≤ 500), decode envelopes,
// claim `processed:{group}:{event_id}` for all in one pipeline, hand the unclaimed to the handler, complete the claims in one pipeline,
// store the highest offset below which all is durable. Auto-commit each 200 ms. Transient failures: in place, backoff ≤ 1 s, without
// limit, abandoned at once by rebalance or stop. Permanent: 5 tries, then `<topic>.dlq`, confirmed before the offset is stored.
// Members are static (group.instance.id = <service>-<replica>): a restarted replica has its partitions back at once; those of one that
// stays away go to the others when its session ends, 10 s later.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kit/consume/handler.h"

namespace nova::kit {

class Metrics;
class RedisClient;
struct ServiceConfig;

class ConsumerLoop {
public:
    // `redis` may be null: no idempotency keys then (the handler's effects carry their own unique keys).
    ConsumerLoop(const ServiceConfig& config, std::vector<std::string> topics, std::shared_ptr<RecordHandler> handler,
                 RedisClient* redis, Metrics& metrics);
    ~ConsumerLoop();
    void start();
    void stop();              // finishes the batch in hand, commits, closes; 15 s at most
    // "" when it has been assigned partitions (or idles beyond them) and polled in the last 10 s; else what is missing.
    std::string readiness() const;
private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::kit
