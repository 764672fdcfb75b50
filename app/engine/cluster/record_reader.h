// Reads single records where they lie, without a group: the time of the record at an offset, and the record itself
// where asked. A few partitions at a time, by assignment; nothing is committed. Where that offset was compacted away or
// is a transaction's marker, the next record after it counts. Thread: one; calls block until their timeout.
#pragma once

#include <QString>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "app/engine/cluster/group_reader.h"
#include "app/engine/cluster/session.h"

namespace nova::engine {

struct RecordTime {
    std::optional<qint64> ms;   // Unix ms: ce_time where the record has one, else the record's own time
    bool fromEvent = false;     // of ce_time
    QString reason;             // why there is none, in the broker's words
    bool nothingThere = false;  // … and why it stays so until the log goes on: no record, or none with a time
};

class RecordReader {
public:
    static kit::Result<RecordReader> make(const ReadSession& session);
    // One offset a partition; all asked for are in the answer. `each` sees every record found, as long as the call
    // lasts.
    std::map<PartitionKey, RecordTime> timesAt(const std::map<PartitionKey, std::int64_t>& offsets, int timeoutMs,
                                               const std::function<void(const rd_kafka_message_t&)>& each = {}) const;

private:
    explicit RecordReader(kit::kafka::Handle handle) : m_handle(std::move(handle)) {}
    kit::kafka::Handle m_handle;
};

// Of one record, as above; none: it has neither.
RecordTime timeOf(const rd_kafka_message_t& message);

}  // namespace nova::engine
