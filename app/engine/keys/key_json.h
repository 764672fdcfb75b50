// A report as the contract writes it (`keys ID --json`), and the keys of a scan as JSON lines. Pure; thread: any.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "app/engine/keys/key_report.h"
#include "app/engine/keys/key_scan.h"

namespace nova::engine {

nlohmann::ordered_json toJson(const KeyReport& report);
nlohmann::ordered_json toJson(const KeyState& state);
nlohmann::ordered_json toJson(const VersionState& state);
// The last line of a scan: how far it came and what it found.
nlohmann::ordered_json summaryOf(const KeyScan& scan);

}  // namespace nova::engine
