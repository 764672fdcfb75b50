// Many records at once for benches of reading, and the bare loop they are measured against. Thread: any.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "kit/kafka/handles.h"

namespace nova::bench {

struct BulkRecord {
    std::string key, value;
    kit::kafka::HeaderList headers;
};

// lz4, linger 50 ms, round robin over the partitions; confirmed on return. Ends the process where it fails.
void sendBulk(const std::string& bootstrap, const std::string& topic, int partitions, int count,
              const std::function<void(int i, BulkRecord& record)>& make);

struct BareResult {
    std::int64_t records = 0, headerBytes = 0;
    double seconds = 0;  // from the assignment to the last record
};
// The loop that a C program would write: one consumer, assigned to all partitions from their beginnings, batches of
// `rd_kafka_consume_batch_queue`, until `count` records came. `settings` on top of librdkafka's own.
BareResult bareLoop(const std::string& bootstrap, const std::string& topic, int partitions, std::int64_t count,
                    bool headers, const kit::kafka::Settings& settings = {});

}  // namespace nova::bench
