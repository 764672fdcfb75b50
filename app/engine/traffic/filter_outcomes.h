// What is:stale asks in a terminal: which events some group skipped as stale, read from the consume spans of
// otlp_spans. The window hears spans as they come; a scan has only those that are there. Bound: 200,000 records; and
// spans of at most so many seconds of reading. Thread: isStale() any, after readFrom().
#pragma once

#include <atomic>
#include <set>
#include <tuple>

#include "app/engine/cluster/session.h"
#include "app/engine/traffic/event.h"
#include "app/engine/traffic/scan.h"

namespace nova::engine {

class FilterOutcomes {
public:
    static constexpr double mostSeconds = 15;
    // Until the ends at the start. Blocks. Errors: as scan(); badInput: no spans are there. The report says whether all
    // was read.
    kit::Result<ScanReport> readFrom(const ReadSession& session, const Place& from, const std::atomic<bool>& stop);
    void note(const Event& spans);  // a record of otlp_spans
    [[nodiscard]] bool isStale(const Event& event) const {
        return m_stale.contains({event.topic, event.partition, event.offset});
    }

private:
    std::set<std::tuple<std::uint16_t, int, std::int64_t>> m_stale;  // topic, partition, offset
};

}  // namespace nova::engine
