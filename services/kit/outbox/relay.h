// The relay of one process: publishes committed outbox rows of the shards it holds, in id order, and deletes what the
// broker confirmed (reliability: at least once, per-key order kept). One thread, one database connection, one producer;
// a lost connection or a fatal producer error starts all of it over. Polls each 50 ms; wake() only makes it faster.
// Thread: wake() from any.
#pragma once

#include <memory>
#include <string>

namespace nova::kit {
class Metrics;
class PostgresPool;
struct OlderForm;
}  // namespace nova::kit

namespace nova::kit::outbox {

struct RelayOptions {
    std::string service, bootstrap, clientId;
};

class Relay {
public:
    Relay(RelayOptions options, PostgresPool& pool, Metrics& metrics);
    ~Relay();
    void publishAlsoAs(const std::string& dataSchema, OlderForm form);  // before start()
    void start();
    void stop();           // finishes the batch in hand, 5 s at most
    void wake(int shard);  // a row of that shard was committed by this process
private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::kit::outbox
