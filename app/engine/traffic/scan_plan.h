// What a scan will read: partitions and offsets, looked up once before it starts. Thread: any; blocks.
#pragma once

#include "app/engine/traffic/scan.h"

namespace nova::engine {

struct ScanPlan {
    struct Entry {
        ScanRange range;
        std::int64_t high = 0;  // the log's end when it was planned; −1: not known
    };
    std::vector<Entry> entries;                  // sorted by topic and partition; those with trouble are not read
    [[nodiscard]] std::int64_t offsets() const;  // to be read
};

// The trouble of a partition whose log ends before what was to be read next.
std::string madeAnew(std::int64_t end, std::int64_t next);

// Errors as scan(). Where Kafka does not answer, `stop` ends it within half a second.
kit::Result<ScanPlan> planScan(const ReadSession& session, rd_kafka_t* handle, const ScanRequest& request,
                               const std::atomic<bool>& stop);

}  // namespace nova::engine
