// A bounded read of topics: from a place until a place, in offset order per partition, each record once; or from a
// place on and on. Large reads are split over two clients. Says exactly what was searched, why it ended, and where to
// go on. Thread: the caller's; scan() blocks.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/engine/cluster/session.h"
#include "app/engine/traffic/event.h"

namespace nova::engine {

class Filter;
class FilterHandles;
class SeenEvents;

// A place in a partition: `earliest`, `now`, an offset, a time (RFC 3339), or so long ago (`-5m`; us ms s m h d).
struct Place {
    enum class Kind { earliest, now, offset, time } kind = Kind::now;
    std::int64_t value = 0;  // offset, or Unix ms
    static kit::Result<Place> parse(const std::string& text, std::int64_t nowMs);
};

// Offsets [next, until) of one partition are still to be searched, [from, next) have been. Offsets are not records:
// compaction and transaction markers leave gaps.
struct ScanRange {
    std::string topic;
    int partition = 0;
    std::int64_t from = 0, next = 0, until = 0;
    std::string trouble;  // why it could not be read (to its end); empty: nothing is wrong
    [[nodiscard]] bool isDone() const { return next >= until; }
};

struct ScanRequest {
    std::vector<std::string> topics;  // names, or patterns with `*`; empty: all but otlp_spans and __*
    Place from;
    std::optional<Place> until;  // none: the ends at the start
    std::int64_t limit = 0;      // records handed over; 0: all, as for the bounds below
    std::int64_t maxRecords = 0;
    std::int64_t maxBytes = 0;  // of keys and values, a record more at most
    double maxSeconds = 0;
    // Never ends by itself, unless by a bound; what of the topics cannot be read, or is not there, at the start is read
    // once it can be (see follow.h).
    bool follow = false;
    // Where not empty, [next, until) of these is read, and topics, from and until do not count: to go on, give
    // ScanReport::ranges.
    std::vector<ScanRange> ranges;
};

enum class ScanEnd {
    running,     // not yet: a report of progress
    reachedEnd,  // all was searched
    limit,       // so many were found
    maxRecords,
    maxBytes,
    maxSeconds,
    stopped,      // by the caller
    unavailable,  // some partition could not be read, see its trouble; the others were searched
};

struct ScanReport {
    std::int64_t records = 0;       // searched
    std::int64_t matched = 0;       // handed over
    std::int64_t bytes = 0;         // of keys and values searched
    std::int64_t filterErrors = 0;  // records whose payload the filter could not look into
    double seconds = 0;
    ScanEnd end = ScanEnd::running;
    bool limited = false;               // a bound ended it, there was more
    std::vector<ScanRange> ranges;      // all partitions asked for, those with nothing to read too; sorted
    [[nodiscard]] double done() const;  // 0…1 of the offsets
};

// Decides which records are handed over. One for each reader thread.
class ScanJudge {
public:
    virtual ~ScanJudge() = default;
    virtual bool matches(const rd_kafka_message_t& message) = 0;
    [[nodiscard]] virtual std::int64_t errors() const { return 0; }
};
// By the filter language: of a record only what the filter needs is decoded. `seen` and `handles`: what the filter's
// context asks about duplicates and users, told of each record where the filter needs it. None for a filter that
// matches everything.
std::function<std::unique_ptr<ScanJudge>()> judgeOf(const Filter& filter, std::shared_ptr<SeenEvents> seen = {},
                                                    std::shared_ptr<FilterHandles> handles = {});

struct ScanHooks {
    std::function<bool(const rd_kafka_message_t&)>
        record;                                         // one at a time, on any reader's thread; false ends the scan
    std::function<std::unique_ptr<ScanJudge>()> judge;  // none: all match
    std::function<void(const ScanReport&)> progress;    // ≤ 10 Hz, on a reader's thread, not at once with `record`
    // So far all partitions have been read, Unix ms: what is handed over from now on is not older, but where a clock
    // ran back. ≤ 50 Hz, as `progress`.
    std::function<void(std::int64_t)> reached;
    // Of a scan that follows, instead of the two above: what is wrong now ("orders 3: it has no leader"), when that
    // changes, on the reader's thread; and whether it goes on, asked about each 20 ms on the caller's.
    std::function<void(const std::vector<std::string>&)> troubles;
    std::function<bool()> goesOn;
};

// A pattern of `*` and other characters against a whole topic name.
bool matchesTopic(const std::string& pattern, const std::string& topic);

// Errors: transient (broker away), badInput (no such topic, names those that there are).
kit::Result<ScanReport> scan(const ReadSession& session, const ScanRequest& request, const ScanHooks& hooks,
                             const std::atomic<bool>& stop);
// All records, each until `record` returns false.
kit::Result<ScanReport> scan(const ReadSession& session, const ScanRequest& request,
                             const std::function<bool(const rd_kafka_message_t&)>& record,
                             const std::atomic<bool>& stop);
// One record, whole; notFound where there is none at that offset (compacted, a transaction marker, gone, or not yet
// written): at once. `stop` ends the waiting for a Kafka that does not answer, with a transient error.
kit::Result<Event> readEvent(const ReadSession& session, const std::string& topic, int partition, std::int64_t offset,
                             const std::atomic<bool>& stop);
kit::Result<Event> readEvent(const ReadSession& session, const std::string& topic, int partition, std::int64_t offset);

}  // namespace nova::engine
