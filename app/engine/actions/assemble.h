// Pure assembly: whatever is known of one trace → its Action. The same parts in any order of arrival give the same result. Thread: any.
#pragma once

#include <QHash>
#include <map>
#include <string>
#include <vector>

#include "app/engine/actions/action.h"
#include "app/engine/actions/span.h"

namespace nova::engine {

struct KnownEvent {
    std::string topic, type;
    int partition = -1;
    std::int64_t offset = -1;
    std::int64_t ceTimeUs = 0, appendedMs = 0;
};

struct TraceParts {
    std::map<std::string, SpanRecord> spans;         // by span id: a span that came twice counts once
    std::map<std::string, KnownEvent> events;        // by event id
    std::int64_t lastArrivalMs = 0;                  // Unix ms of the newest part
    int overflow = 0;                                // spans beyond the bound
};

// Topic → groups that subscribe to it, from the catalogue.
using Subscriptions = QHash<QString, QStringList>;
Subscriptions catalogueSubscriptions();

inline constexpr std::int64_t giveUpAfterMs = 30'000;

Action assemble(const QString& traceId, const TraceParts& parts, const Subscriptions& subscriptions, std::int64_t nowMs);
// True when the trace is a user's action: it has a root that names one, or events whose root is missing.
bool isUserAction(const TraceParts& parts);

}  // namespace nova::engine
