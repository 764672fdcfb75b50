// Where a search of `traffic` ended, in a file: what was searched, why it ended, and from where it can go on. One JSON
// object: {"end","records","matched","bytes","seconds","filter_errors","ranges":[{"topic","partition","from","next",
// "until","trouble"}]}; offsets [from, next) were searched, [next, until) were not. Thread: main.
#pragma once

#include <QString>
#include <vector>

#include "app/engine/traffic/scan.h"

namespace nova::commands {

// `end`: "all", "limit", "records", "bytes", "time", "stopped" or "unavailable".
const char* endName(engine::ScanEnd end);
// By a rename. Errors: permanent, with the system's own text.
kit::Result<void> writePositions(const QString& file, const engine::ScanReport& report);
// The ranges to give to a ScanRequest. badInput: not such a file; notFound.
kit::Result<std::vector<engine::ScanRange>> readPositions(const QString& file);

}  // namespace nova::commands
