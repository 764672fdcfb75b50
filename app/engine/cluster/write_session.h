// The right to write to a cluster, apart from the right to read. A local Nova grants it; nothing else does yet. Thread:
// any.
#pragma once

#include <memory>
#include <string>

#include "app/engine/cluster/session.h"

namespace nova::kit::trace {
class Exporter;
}
namespace nova::kit::kafka {
struct OutRecord;
struct Delivery;
}  // namespace nova::kit::kafka

namespace nova::engine {

class WriteSession {
public:
    // Of a run file's Nova, which is the caller's own.
    static WriteSession ofLocal(const RunFile& run) { return WriteSession(run.kafka.toStdString(), run.redis); }
    // Publishes the console's own spans to otlp_spans.
    std::unique_ptr<kit::trace::Exporter> spanExporter() const;
    // Appends records as they are, in order; blocks until the broker has confirmed each. Error: the first that it has
    // not.
    kit::Result<std::vector<kit::kafka::Delivery>> produce(const std::vector<kit::kafka::OutRecord>& records) const;
    // FLUSHALL.
    kit::Result<void> flushRedis() const;

private:
    WriteSession(std::string bootstrap, QString redis) : m_bootstrap(std::move(bootstrap)), m_redis(std::move(redis)) {}
    std::string m_bootstrap;
    QString m_redis;
};

}  // namespace nova::engine
