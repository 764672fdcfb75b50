// Time lag, measured: the age of the record at the committed offset. At most 20 records are read a second, all groups
// together, and each (partition, committed offset) once; where no record lies, again when the log has grown; a group at
// the end is 0 without a read. Rows in alarm come first, then those never read, then reads that failed. Bound: what the
// latest look asked for. Thread: one.
#pragma once

#include <map>

#include "app/engine/cluster/record_reader.h"
#include "app/engine/lag/lag_types.h"

namespace nova::engine {

class TimeLag {
public:
    static constexpr int readsPerSecond = 20;
    using Read = std::function<std::map<PartitionKey, RecordTime>(const std::map<PartitionKey, std::int64_t>&)>;
    explicit TimeLag(Read read) : m_read(std::move(read)) {}

    static constexpr const char* waiting = "budget";
    // Sets lagSeconds or secondsReason of each row; those not `wanted` are not read. What goes beyond the rate waits
    // for the next look, with the reason `waiting`.
    void measure(QVector<LagRow>& rows, const std::vector<bool>& wanted, qint64 nowMs);
    [[nodiscard]] qint64 reads() const { return m_reads; }

private:
    using Place = std::pair<PartitionKey, std::int64_t>;
    struct Known {
        RecordTime time;
        std::optional<qint64> logEnd;  // when it was read
        qint64 readAtMs = 0;
    };
    struct Missing {
        Place place;
        int rank = 0;         // those in alarm first, then those never read, then those read in vain
        qint64 readAtMs = 0;  // 0: never
        std::optional<qint64> logEnd;
    };
    static bool isFinal(const Known& known, const LagRow& row);
    std::vector<Missing> missing(const QVector<LagRow>& rows, const std::vector<bool>& wanted);
    void fill(std::vector<Missing> places, qint64 nowMs);

    Read m_read;
    std::map<Place, Known> m_known;
    double m_credit = readsPerSecond;
    qint64 m_creditAtMs = 0, m_reads = 0;
};

}  // namespace nova::engine
