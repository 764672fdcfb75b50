// The Kafka exporter behind trace::install: batches spans of one trace into one ExportTraceServiceRequest record, key =
// trace id (hex). Settings of its producer: contract §2. One background thread. At most 10,000 spans wait; those beyond
// are dropped and counted.
#pragma once

#include <memory>
#include <string>

#include "kit/trace/span.h"

namespace nova::kit {
class Metrics;
}

namespace nova::kit::trace {

// OTLP bytes of spans of one resource (service.name, service.instance.id). Used by the exporter and by the console for
// its own spans.
std::string encodeOtlp(const std::string& service, const std::string& instance, const std::vector<SpanData>& spans);

class Exporter {
public:
    Exporter(const std::string& bootstrap, std::string service, std::string instance, Metrics* metrics);
    ~Exporter();                 // flushes for at most 1 s
    void push(SpanData&& span);  // never blocks
    void flush(std::chrono::milliseconds limit);
    // Asks a broker for its metadata: "" when one answers in time, else why not. Thread: any but a hot one; blocks up
    // to `limit`.
    std::string askBroker(std::chrono::milliseconds limit);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::kit::trace
