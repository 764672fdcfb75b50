// scan() with ScanRequest::follow: the tail of topics under a scan's bounds. Partitions without a leader, refused ones
// and those of topics that are made meanwhile are read as soon as they can be. Thread: the caller's; blocks.
#pragma once

#include "app/engine/traffic/scan_plan.h"

namespace nova::engine {

struct ScanShared;

// Reads on from the plan's places until a bound or the caller ends it; `shared` has a cursor for each of its entries.
void follow(const ReadSession& session, const ScanPlan& plan, ScanShared& shared);

}  // namespace nova::engine
