// The right to write to a cluster, apart from the right to read. A local Nova grants it; nothing else does yet. Thread:
// any.
#pragma once

#include <memory>
#include <string>

#include "app/engine/cluster/session.h"

namespace nova::kit::trace {
class Exporter;
}

namespace nova::engine {

class WriteSession {
public:
    // Of a run file's Nova, which is the caller's own.
    static WriteSession ofLocal(const RunFile& run) { return WriteSession(run.kafka.toStdString()); }
    // Publishes the console's own spans to otlp_spans.
    std::unique_ptr<kit::trace::Exporter> spanExporter() const;

private:
    explicit WriteSession(std::string bootstrap) : m_bootstrap(std::move(bootstrap)) {}
    std::string m_bootstrap;
};

}  // namespace nova::engine
