// A bounded read of topics: from a place until a place, in offset order per partition, each record once; or from a
// place on and on. Thread: the caller's; run() blocks.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/engine/cluster/session.h"

namespace nova::engine {

// A place in a partition: `earliest`, `now`, an offset, a time (RFC 3339), or so long ago (`-5m`; us ms s m h d).
struct Place {
    enum class Kind { earliest, now, offset, time } kind = Kind::now;
    std::int64_t value = 0;  // offset, or Unix ms
    static kit::Result<Place> parse(const std::string& text, std::int64_t nowMs);
};

struct ScanRequest {
    std::vector<std::string> topics;  // names, or patterns with `*`; empty: all but otlp_spans and __*
    Place from;
    std::optional<Place> until;  // none: the ends at the start
    std::int64_t limit = 0;      // records; 0: all
    bool follow = false;         // never ends by itself, unless by limit
};

struct ScanReport {
    std::int64_t records = 0;
    bool limited = false;  // the limit ended it, there was more
};

// A pattern of `*` and other characters against a whole topic name.
bool matchesTopic(const std::string& pattern, const std::string& topic);

// Calls `record` for each until it returns false. Errors: transient (broker away), badInput (no such topic, names those
// that there are).
kit::Result<ScanReport> scan(const ReadSession& session, const ScanRequest& request,
                             const std::function<bool(const rd_kafka_message_t&)>& record,
                             const std::atomic<bool>& stop);

}  // namespace nova::engine
