// nova_consumer_lag{topic,partition} of one consumer: cached high watermark minus the next offset to handle, set before
// each scrape. No call to the broker. Thread: any; the handle passed to attach() must live until attach(nullptr).
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "kit/consume/batch.h"
#include "kit/kafka/handles.h"

namespace nova::kit::consume {

class LagProbe {
public:
    explicit LagProbe(Metrics& metrics) : m_metrics(metrics) {}
    void attach(rd_kafka_t* handle);
    void seen(const Position& position, std::int64_t offset);  // first record of a partition: all from it on is due
    void done(const Position& position, std::int64_t next);
    void clear();  // the partitions changed hands: their gauges go to 0
    void collect();

private:
    void set(const Position& position, std::int64_t lag) const;
    Metrics& m_metrics;
    std::mutex m_mutex;
    rd_kafka_t* m_handle = nullptr;  // guarded by m_mutex, as m_next
    Positions m_next;
};

}  // namespace nova::kit::consume
