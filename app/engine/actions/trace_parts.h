// All that is known of one trace, in an order of its own: whatever order it came in, the same parts make the same
// action. Bound: 2,000 spans and 1,000 event records a trace; what is over is counted. Values; thread: any.
#pragma once

#include <QMap>
#include <QString>
#include <QStringList>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "app/engine/actions/span.h"
#include "app/engine/traffic/event.h"

namespace nova::engine {

// What an action needs of an event's record.
struct EventFact {
    std::string eventId, type, topic, source, user;  // source: "content-service"
    std::string deadLetterGroup;  // of a dead letter: whose; topic, partition and offset are then the original's
    int partition = -1;
    std::int64_t offset = -1;
    std::int64_t timestampMs = 0, ceTimeUs = 0;
};
EventFact factOf(const Event& event);

struct TraceParts {
    static constexpr std::size_t maxSpans = 2'000, maxEvents = 1'000;
    using RecordKey =
        std::tuple<std::string, int, std::int64_t, std::string>;  // topic, partition, offset, dead letter's group

    std::map<std::string, SpanRecord> spans;  // by span id
    std::map<RecordKey, EventFact> events;
    std::map<std::pair<std::string, std::string>, std::string> keyStates;  // (event id, group) → done leased absent
    std::int64_t lastArrivalMs = 0;
    std::uint64_t left = 0;  // spans and events over the bound

    // True when they tell something new.
    bool add(SpanRecord&& span, std::int64_t arrivedMs);
    bool add(EventFact&& event, std::int64_t arrivedMs);
};

using Subscriptions = QMap<QString, QStringList>;  // topic → groups
// Those of the catalogue's parts.
Subscriptions catalogueSubscriptions();

}  // namespace nova::engine
